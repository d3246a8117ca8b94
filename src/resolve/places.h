/* SPDX-License-Identifier: MIT */
/* Addresses become places: through a cache, because samples repeat their addresses. */
#ifndef PFL_RESOLVE_PLACES_H
#define PFL_RESOLVE_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
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

/* Where the cache keeps an address. */
static inline struct place_slot *places_slot(const struct places *places, uint32_t version,
                                             uint64_t address)
{
    uint64_t hash = hash_mix(address ^ 0x9e3779b97f4a7c15u, version | UINT64_C(1) << 40);
    return &places->slots[hash & (places->slot_count - 1)];
}

/* The place of an address that the cache does not know; as places_at. */
uint32_t places_miss(struct places *places, const struct space *space, uint64_t address);

/* The place of an address in a space, PLACES_NONE, or STACKS_FAILED without memory. Inline: it is
 * asked for each word of each call chain. */
static inline uint32_t places_at(struct places *places, const struct space *space, uint64_t address)
{
    if (!space)
        return PLACES_NONE;
    const struct place_slot *slot = places_slot(places, space->version, address);
    if (slot->address == address && slot->version == space->version)
        return slot->place;
    return places_miss(places, space, address);
}

#endif
