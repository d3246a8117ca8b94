/* SPDX-License-Identifier: MIT */
/* The sources of symbols that a person named: whether there is anything to be had from them. A path
 * with a slip of the pen in it would otherwise look like symbols that are missing. */
#ifndef PFL_RESOLVE_GIVEN_H
#define PFL_RESOLVE_GIVEN_H

#include <stdint.h>

#include "resolve/resolver.h"

/* One that is of no use. */
struct given_fault {
    const char *option; /* "--symfs" */
    const char *path;
    const char *why; /* in a few words */
};

/* Looks at the sources from number *at on, and sets *at behind the next one that is of no use. A
 * device is none, for /dev/null is how one says: nothing. Returns 1, 0 if there are no more, or -1
 * without memory. */
int given_next(const struct resolve_options *options, uint32_t *at, struct given_fault *ret_fault);

#endif
