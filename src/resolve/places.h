/* SPDX-License-Identifier: MIT */
/* Addresses become places: through a cache, because samples repeat their addresses. */
#ifndef PFL_RESOLVE_PLACES_H
#define PFL_RESOLVE_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "resolve/spaces.h"
#include "stacks/stacks.h"

/* Nothing is mapped there. */
#define PLACES_NONE (UINT32_MAX - 1)

struct place_slot {
    uint64_t address;
    uint32_t version; /* of the space; 0: free */
    uint32_t place;
};

struct places {
    struct stacks *stacks;
    struct place_slot *slots; /* direct-mapped; as many as a power of two */
    uint32_t slot_count, used;
    bool data_too; /* mappings that are not executable hold places as well, as perf sees it */
};

/* Returns 0, or -1 without memory. */
int places_init(struct places *places, struct stacks *stacks, bool data_too);
void places_done(struct places *places);

/* The place of an address in a space, PLACES_NONE, or STACKS_FAILED without memory. */
uint32_t places_at(struct places *places, const struct space *space, uint64_t address);

#endif
