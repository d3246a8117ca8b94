/* SPDX-License-Identifier: MIT */
/* Blocks that are alive, found by where they are.
 *
 *     (space, pointer) ─▶ block: size, time, row
 *     space's first ─▶ block ─▶ block ─▶ ...       so that exec ends them all
 *     eldest waiting ─▶ block ─▶ block ─▶ ...      those that do not count yet, in order of time
 *
 * Memory grows with the blocks alive at once: numbers of ended ones are used again. */
#ifndef PFL_WEIGH_LIVE_H
#define PFL_WEIGH_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/index.h"

#define LIVE_NONE UINT32_MAX

struct live_block {
    uint64_t pointer, size, time;
    uint32_t row;   /* ROW_NONE: not chosen */
    uint32_t space; /* LIVE_NONE: the number is free, and next leads to another */
    uint32_t next, previous;
    uint32_t younger, elder; /* of those that wait; of others elder is their own number */
};

/* Call live_init to begin. */
struct live {
    struct index index;
    struct live_block *blocks;
    size_t count, capacity;
    uint32_t free;
    uint32_t *first; /* of each space */
    size_t first_capacity;
    uint32_t eldest, youngest; /* of those that wait */
    uint64_t alive, most;
};

void live_init(struct live *live);
void live_done(struct live *live);

/* The block that begins there, or LIVE_NONE. */
uint32_t live_find(const struct live *live, uint32_t space, uint64_t pointer);

/* Adds a block that is not there yet; its number, or LIVE_NONE without memory or beyond
 * LIMIT_LIVE_BLOCKS. */
uint32_t live_add(struct live *live, const struct live_block *block);
void live_remove(struct live *live, uint32_t block);

static inline bool live_waits(const struct live_block *block, uint32_t number)
{
    return block->elder != number;
}

/* A block that was just added waits; and waits no more. */
void live_wait(struct live *live, uint32_t block);
void live_count(struct live *live, uint32_t block);

/* Any block of a space, or LIVE_NONE. */
static inline uint32_t live_first(const struct live *live, uint32_t space)
{
    return space < live->first_capacity ? live->first[space] : LIVE_NONE;
}

#endif
