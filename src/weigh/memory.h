/* SPDX-License-Identifier: MIT */
/* The address spaces of allocations: who has which, and what is mapped in them. Not resolve's
 * spaces, which know of objects alone. */
#ifndef PFL_WEIGH_MEMORY_H
#define PFL_WEIGH_MEMORY_H

#include "weigh/allocs.h"

#define SPACE_KERNEL 0u
#define SPACE_NONE   UINT32_MAX

/* The space of a process, made if it is new; SPACE_NONE without memory. */
uint32_t memory_of(struct allocs *allocs, uint32_t pid);

/* The process has a new space from here on. Returns it, or SPACE_NONE. */
uint32_t memory_renew(struct allocs *allocs, uint32_t pid);

/* [start, end) is no longer what was mapped there before `before`. Returns 0 or -1. */
int memory_unmap(struct allocs *allocs, uint32_t space, uint64_t start, uint64_t end,
                 uint64_t before, uint64_t *ret_found);

/* [start, end) is mapped, over whatever was there. Returns 0 or -1. */
int memory_map(struct allocs *allocs, uint32_t space, const struct range *range);

/* For the peak: ranges that are old enough at `time` count. Returns 0 or -1. */
int memory_age(struct allocs *allocs, uint64_t time);

#endif
