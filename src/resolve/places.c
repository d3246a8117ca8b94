/* SPDX-License-Identifier: MIT */
#include "resolve/places.h"

#include <string.h>

#include "base/mem.h"

/* A short recording fills few: each page that is cleared for nothing is a fault. */
#define SLOTS_LEAST 2048u
#define SLOTS_MOST  65536u

/* Makes room for `count` places. */
static int places_grow(struct places *places, uint32_t count)
{
    struct place_slot *old = places->slots;
    uint32_t old_count = places->slot_count;
    struct place_slot *slots = mem_alloc(count * sizeof *slots);
    if (!slots)
        return -1;
    /* Filled by writing, so that no page is first read and then faulted again. */
    memset(slots, 0, count * sizeof *slots);
    places->slots = slots;
    places->slot_count = count;
    for (uint32_t i = 0; i < old_count; i++)
        if (old[i].version)
            *places_slot(places, old[i].version, old[i].address) = old[i];
    mem_free(old);
    return 0;
}

int places_init(struct places *places, struct stacks *stacks, bool data_too)
{
    *places = (struct places){.stacks = stacks, .data_too = data_too};
    return places_grow(places, SLOTS_LEAST);
}

void places_done(struct places *places)
{
    mem_free(places->slots);
    *places = (struct places){0};
}

/* What is not mapped is not remembered: it may be, later, in the same version. */
uint32_t places_miss(struct places *places, const struct space *space, uint64_t address)
{
    const struct space_map *map = space_find(space, address);
    if (!map || !(map->code || places->data_too))
        return PLACES_NONE;
    uint32_t place = stacks_place(places->stacks, map->object, address - map->start + map->offset);
    bool full = places->used > places->slot_count / 2 && places->slot_count < SLOTS_MOST;
    if (place == STACKS_FAILED || (full && places_grow(places, 4 * places->slot_count) < 0))
        return STACKS_FAILED;
    struct place_slot *slot = places_slot(places, space->version, address);
    places->used += slot->version == 0;
    *slot = (struct place_slot){address, space->version, place};
    return place;
}
