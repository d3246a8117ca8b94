/* SPDX-License-Identifier: MIT */
#include "base/index.h"

#include <string.h>

#include "base/mem.h"

static void index_place(struct index *index, struct index_slot slot)
{
    uint32_t at = slot.tag & index->mask;
    while (index->slots[at].id_plus_one)
        at = (at + 1) & index->mask;
    index->slots[at] = slot;
}

static int index_grow(struct index *index)
{
    uint32_t old_size = index->slots ? index->mask + 1 : 0;
    if (old_size >= UINT32_C(1) << 31)
        return -1;
    struct index bigger = {.mask = old_size ? old_size * 2 - 1 : 63, .count = index->count};
    bigger.slots = mem_zalloc((size_t)bigger.mask + 1, sizeof *bigger.slots);
    if (!bigger.slots)
        return -1;
    for (uint32_t i = 0; i < old_size; i++)
        if (index->slots[i].id_plus_one)
            index_place(&bigger, index->slots[i]);
    mem_free(index->slots);
    *index = bigger;
    return 0;
}

int index_add(struct index *index, uint64_t hash, uint32_t id)
{
    /* At most two thirds full. */
    if (!index->slots || index->count >= index->mask - index->mask / 3)
        if (index_grow(index) < 0)
            return -1;
    index_place(index, (struct index_slot){.tag = index_tag(hash), .id_plus_one = id + 1});
    index->count++;
    return 0;
}

void index_clear(struct index *index)
{
    if (index->slots)
        memset(index->slots, 0, ((size_t)index->mask + 1) * sizeof *index->slots);
    index->count = 0;
}

void index_done(struct index *index)
{
    mem_free(index->slots);
    *index = (struct index){0};
}
