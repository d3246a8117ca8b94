/* SPDX-License-Identifier: MIT */
/* Symbols of the kernel and of its modules. Another kernel's list would give wrong names, so that
 * everything that is not named by the user must have the build id recorded. */
#ifndef PFL_RESOLVE_KERNEL_H
#define PFL_RESOLVE_KERNEL_H

#include "resolve/names.h"

/* Reads the kernel's symbols. Returns 0, 1 if only a server may have them, or -1 without memory. */
int names_load_kernel(struct names *names, struct object *kernel);

/* Asks debuginfod servers for the image, which they have as the debug information of the kernel's
 * build id. It is larger than all else together, and may use up the time that is given to all: so
 * it is to come last. Returns 0, or -1 without memory. */
int names_fetch_kernel(struct names *names, struct object *kernel);

/* Reads the symbols of a module, of whose kernel they were. Returns 0, or -1 without memory. */
int names_load_module(struct names *names, uint32_t module);

/* True if perf has kept a list of the kernel's symbols: the kernel itself takes long to make one.
 */
bool names_kernel_is_kept(struct names *names, const struct object *kernel);

#endif
