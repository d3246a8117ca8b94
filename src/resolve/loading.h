/* SPDX-License-Identifier: MIT */
/* Where an object's symbols are found. */
#ifndef PFL_RESOLVE_LOADING_H
#define PFL_RESOLVE_LOADING_H

#include "resolve/files.h"
#include "resolve/names.h"

/* Reads the symbols of an object, if that was not tried before. Returns 0, or -1 without memory. */
int names_load(struct names *names, uint32_t object);

/* Notes where an object's debug information is, with whose files these are. Returns 0, or -1
 * without memory. */
int names_note_files(struct names *names, struct object *object, const struct files *files);

#endif
