/* SPDX-License-Identifier: MIT */
/* Finds out at once what many names take: which symbols and inlined functions, by several threads.
 */
#ifndef PFL_RESOLVE_PREPARING_H
#define PFL_RESOLVE_PREPARING_H

#include "resolve/names.h"

/* Asks for the inlined functions of an object's places, those that came since the last time.
 * Returns 0, or -1 without memory. */
int names_expand(struct names *names, uint32_t object);

/* Begins to unpack the debug information of objects that have many places by now, with so many
 * threads at most, this one among them, while more places may come. Returns 0, or -1 without
 * memory. */
int names_foresee(struct names *names, unsigned threads);

/* Reads what naming the places known by now takes, with so many threads at most, this one among
 * them; of a `brief` recording, only where an object takes long. Returns 0, or -1 without memory.
 */
int names_prepare(struct names *names, unsigned threads, bool brief);

#endif
