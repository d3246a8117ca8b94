/* SPDX-License-Identifier: MIT */
/* The vdso: the kernel's own little library, which stands in no file. Its image is that of this
 * process, or is kept by build id. */
#ifndef PFL_RESOLVE_VDSO_H
#define PFL_RESOLVE_VDSO_H

#include <stdint.h>

#include "resolve/elf/file.h"
#include "resolve/names.h"

/* Opens the image of the vdso that was recorded; NULL in *ret_file if it is not at hand. Returns
 * 0, or -1 without memory. */
int vdso_open(struct names *names, uint32_t object, struct elf_file **ret_file);

#endif
