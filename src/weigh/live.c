/* SPDX-License-Identifier: MIT */
#include "weigh/live.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"

void live_init(struct live *live)
{
    *live = (struct live){.free = LIVE_NONE, .eldest = LIVE_NONE, .youngest = LIVE_NONE};
}

void live_done(struct live *live)
{
    index_done(&live->index);
    mem_free(live->blocks);
    mem_free(live->first);
    live_init(live);
}

uint32_t live_find(const struct live *live, uint32_t space, uint64_t pointer)
{
    struct index_probe probe = index_probe(&live->index, hash_pair(pointer, space));
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (live->blocks[id].pointer == pointer && live->blocks[id].space == space)
            return id;
    return LIVE_NONE;
}

static int live_reserve_space(struct live *live, uint32_t space)
{
    size_t old = live->first_capacity;
    if (mem_grow(&live->first, &live->first_capacity, (size_t)space + 1, sizeof *live->first) < 0)
        return -1;
    for (size_t i = old; i < live->first_capacity; i++)
        live->first[i] = LIVE_NONE;
    return 0;
}

uint32_t live_add(struct live *live, const struct live_block *block)
{
    uint32_t id = live->free != LIVE_NONE ? live->free : (uint32_t)live->count;
    if (id >= LIMIT_LIVE_BLOCKS || live_reserve_space(live, block->space) < 0 ||
        mem_grow(&live->blocks, &live->capacity, (size_t)id + 1, sizeof *live->blocks) < 0 ||
        index_add(&live->index, hash_pair(block->pointer, block->space), id) < 0)
        return LIVE_NONE;
    if (id == live->count)
        live->count++;
    else
        live->free = live->blocks[id].next;
    uint32_t *first = &live->first[block->space];
    live->blocks[id] = *block;
    live->blocks[id].next = *first;
    live->blocks[id].previous = LIVE_NONE;
    live->blocks[id].elder = id;
    if (*first != LIVE_NONE)
        live->blocks[*first].previous = id;
    *first = id;
    if (++live->alive > live->most)
        live->most = live->alive;
    return id;
}

void live_wait(struct live *live, uint32_t id)
{
    struct live_block *block = &live->blocks[id];
    block->younger = LIVE_NONE;
    block->elder = live->youngest;
    *(block->elder == LIVE_NONE ? &live->eldest : &live->blocks[block->elder].younger) = id;
    live->youngest = id;
}

void live_count(struct live *live, uint32_t id)
{
    struct live_block *block = &live->blocks[id];
    *(block->elder == LIVE_NONE ? &live->eldest : &live->blocks[block->elder].younger) =
        block->younger;
    *(block->younger == LIVE_NONE ? &live->youngest : &live->blocks[block->younger].elder) =
        block->elder;
    block->elder = id;
}

void live_remove(struct live *live, uint32_t id)
{
    struct live_block *block = &live->blocks[id];
    if (live_waits(block, id))
        live_count(live, id);
    index_remove(&live->index, hash_pair(block->pointer, block->space), id);
    if (block->previous != LIVE_NONE)
        live->blocks[block->previous].next = block->next;
    else
        live->first[block->space] = block->next;
    if (block->next != LIVE_NONE)
        live->blocks[block->next].previous = block->previous;
    block->space = LIVE_NONE;
    block->next = live->free;
    live->free = id;
    live->alive--;
}
