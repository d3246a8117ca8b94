/* SPDX-License-Identifier: MIT */
/* The vdso that 32-bit programs have under the kernel that runs. It stands in no file and is not
 * ours. */
#ifndef PFL_RESOLVE_NARROW_VDSO_H
#define PFL_RESOLVE_NARROW_VDSO_H

#include "base/buffer.h"

/* Appends its image, with bytes behind that are not of it; nothing where the kernel does not give
 * it. Returns 0, or -1 without memory. */
int narrow_vdso_read(struct buffer *image);

#endif
