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

/* A small one grows in few steps, as in each all are placed anew. */
static uint32_t bigger_size(uint32_t size)
{
    const uint32_t small = 16384, least = 64;
    return size == 0 ? least : size < small ? size * 4 : size * 2;
}

static int index_grow(struct index *index)
{
    uint32_t old_size = index->slots ? index->mask + 1 : 0;
    if (old_size >= UINT32_C(1) << 31)
        return -1;
    struct index bigger = {.mask = bigger_size(old_size) - 1, .count = index->count};
    size_t bytes = ((size_t)bigger.mask + 1) * sizeof *bigger.slots;
    bigger.slots = mem_alloc(bytes);
    if (!bigger.slots)
        return -1;
    /* All of it will be used; a page that is read before it is written is made twice. */
    memset(bigger.slots, 0, bytes);
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

/* Moves back what stands behind the gap, unless it would come to stand before its home. */
static void index_close_gap(struct index *index, uint32_t gap)
{
    for (uint32_t at = (gap + 1) & index->mask; index->slots[at].id_plus_one;
         at = (at + 1) & index->mask) {
        uint32_t home = index->slots[at].tag & index->mask;
        if (((at - home) & index->mask) < ((at - gap) & index->mask))
            continue;
        index->slots[gap] = index->slots[at];
        gap = at;
    }
    index->slots[gap] = (struct index_slot){0};
}

void index_remove(struct index *index, uint64_t hash, uint32_t id)
{
    if (!index->slots)
        return;
    uint32_t tag = index_tag(hash);
    for (uint32_t at = tag & index->mask; index->slots[at].id_plus_one; at = (at + 1) & index->mask)
        if (index->slots[at].tag == tag && index->slots[at].id_plus_one == id + 1) {
            index_close_gap(index, at);
            index->count--;
            return;
        }
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
