/* SPDX-License-Identifier: MIT */
/* The places of each object, so that a file is asked for all of its own at once.
 *
 *     order:   [places of object 0] [places of object 1] ...     starts: where each begins */
#ifndef PFL_RESOLVE_GROUPS_H
#define PFL_RESOLVE_GROUPS_H

#include <stddef.h>
#include <stdint.h>

#include "stacks/stacks.h"

/* Zero-initialise to begin. */
struct groups {
    uint32_t *order, *starts;
    size_t ordered, objects; /* how many places and objects were put in order */
};

void groups_done(struct groups *groups);

/* Takes in places that came since the last time. Returns 0, or -1 without memory. */
int groups_update(struct groups *groups, const struct stacks *stacks);

/* The places of an object in rising order of their numbers, and how many. */
const uint32_t *groups_of(const struct groups *groups, uint32_t object, size_t *ret_count);

#endif
