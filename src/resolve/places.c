/* SPDX-License-Identifier: MIT */
#include "resolve/places.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define SLOTS 65536u

int places_init(struct places *places, struct stacks *stacks, bool data_too)
{
    *places = (struct places){.stacks = stacks, .data_too = data_too};
    places->slots = mem_alloc(SLOTS * sizeof *places->slots);
    if (!places->slots)
        return -1;
    /* Filled by writing, so that no page is first read and then faulted again. */
    memset(places->slots, 0, SLOTS * sizeof *places->slots);
    return 0;
}

void places_done(struct places *places)
{
    mem_free(places->slots);
    *places = (struct places){0};
}

/* What is not mapped is not remembered: it may be, later, in the same version. */
static uint32_t places_miss(struct places *places, struct place_slot *slot,
                            const struct space *space, uint64_t address)
{
    const struct space_map *map = space_find(space, address);
    if (!map || !(map->code || places->data_too))
        return PLACES_NONE;
    uint32_t place = stacks_place(places->stacks, map->object, address - map->start + map->offset);
    if (place == STACKS_FAILED)
        return place;
    *slot = (struct place_slot){address, space->version, place};
    return place;
}

uint32_t places_at(struct places *places, const struct space *space, uint64_t address)
{
    if (!space)
        return PLACES_NONE;
    uint64_t hash = hash_mix(address ^ 0x9e3779b97f4a7c15u, space->version | UINT64_C(1) << 40);
    struct place_slot *slot = &places->slots[hash % SLOTS];
    if (slot->address == address && slot->version == space->version)
        return slot->place;
    return places_miss(places, slot, space, address);
}
