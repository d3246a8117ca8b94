/* SPDX-License-Identifier: MIT */
/* What the sources of symbols share. */
#ifndef PFL_RESOLVE_LOADING_H
#define PFL_RESOLVE_LOADING_H

#include <stddef.h>
#include <stdint.h>

#include "resolve/elf/file.h"
#include "resolve/names.h"

/* The text of a list in a regular file, with a NUL behind it; NULL in *ret_text if there is none.
 * Returns 0, or -1 without memory. */
int loading_text(const char *path, char **ret_text, size_t *ret_size);

/* Opens the image of the vdso that was recorded; NULL in *ret_file if it is not at hand. Returns
 * 0, or -1 without memory. */
int loading_vdso(struct names *names, uint32_t object, struct elf_file **ret_file);

#endif
