/* SPDX-License-Identifier: MIT */
/* What to tell a person of an object whose places have no names: why, and what would name them. */
#ifndef PFL_RESOLVE_REMEDY_H
#define PFL_RESOLVE_REMEDY_H

#include "base/buffer.h"
#include "resolve/objects.h"

/* Why, in a few words. */
const char *remedy_trouble(const struct object *object);

/* Appends the command, option or file that would name them; nothing where nothing would. `comm`
 * is the name of a process that ran the code, "" if unknown. `asked`: debuginfod servers were. */
void remedy_append(struct buffer *to, const struct object *object, const char *path,
                   const char *comm, bool asked);

#endif
