/* SPDX-License-Identifier: MIT */
#include "perf/blocks.h"

#include "base/limits.h"
#include "base/mem.h"

/* Read at once of what was given up, at most: records follow each other, so the next ones as well.
 * As much as a record can have. */
#define WINDOW_SIZE (64 * 1024)

/* Below this a window is not worth its call. */
#define WINDOW_LEAST (8 * 1024)

/* Where there are few windows each holds what it can: a machine of 128 processors took fifteen
 * times as long with 32 windows as with one for each. */
#define WINDOWS_LEAST 32u
#define WINDOWS_MOST  1024u
#define WINDOWS_BYTES (8u * 1024 * 1024)

void blocks_init(struct blocks *blocks, uint32_t block_size, bool swap)
{
    *blocks = (struct blocks){.block_size = block_size,
                              .resident_most = LIMIT_RESIDENT_BYTES / block_size,
                              .free = BLOCKS_NONE,
                              .large = {.size = block_size},
                              .small = {.size = WINDOW_SIZE},
                              .swap = swap};
    blocks_expect(blocks, 0);
}

void blocks_done(struct blocks *blocks)
{
    for (size_t i = 0; i < blocks->count; i++)
        piece_release(blocks->list[i].piece);
    mem_free(blocks->list);
    for (size_t i = 0; i < blocks->window_count; i++)
        piece_release(blocks->windows[i].piece);
    mem_free(blocks->windows);
    pieces_done(&blocks->large);
    pieces_done(&blocks->small);
    if (blocks->has_spool)
        source_close(&blocks->spool);
    *blocks = (struct blocks){.free = BLOCKS_NONE};
}

/* Sees to it that a block's bytes can be read again. */
static int block_keep(struct blocks *blocks, struct block *block, struct pfl_error *err)
{
    if (block->home)
        return 0;
    int r = blocks->has_spool ? 0 : source_spool(&blocks->spool, err);
    if (r < 0)
        return r;
    blocks->has_spool = true;
    uint64_t at = blocks->spool.size;
    if ((r = source_append(&blocks->spool, block->piece->bytes, block->size, err)) < 0)
        return r;
    block->home = &blocks->spool;
    block->home_at = at;
    return 0;
}

/* Takes the memory of a held block that is not being filled; NULL if there is none. */
static int blocks_give_up(struct blocks *blocks, struct piece **ret_piece, struct pfl_error *err)
{
    *ret_piece = NULL;
    for (size_t tried = 0; tried < blocks->count; tried++) {
        struct block *block = &blocks->list[blocks->hand];
        blocks->hand = blocks->hand + 1 < blocks->count ? blocks->hand + 1 : 0;
        if (!block->piece || block->pinned)
            continue;
        int r = block_keep(blocks, block, err);
        if (r == 0)
            *ret_piece = MEM_TAKE(block->piece);
        return r;
    }
    return 0;
}

int blocks_take(struct blocks *blocks, uint32_t *ret_block, struct pfl_error *err)
{
    if (blocks->free == BLOCKS_NONE) {
        if (mem_grow(&blocks->list, &blocks->capacity, blocks->count + 1, sizeof *blocks->list) < 0)
            return error_memory(err);
        blocks->list[blocks->count] = (struct block){.next_free = BLOCKS_NONE};
        blocks->free = (uint32_t)blocks->count++;
    }
    uint32_t number = blocks->free;
    struct piece *piece = MEM_TAKE(blocks->list[number].piece);
    int r = 0;
    bool new = !piece;
    if (!piece && blocks->resident >= blocks->resident_most) {
        r = blocks_give_up(blocks, &piece, err);
        new = !piece;
    }
    if (r < 0)
        return r;
    if (piece_own(&blocks->large, &piece) < 0)
        return error_memory(err);
    blocks->resident += new;
    struct block *block = &blocks->list[number];
    blocks->free = block->next_free;
    *block = (struct block){.piece = piece, .holds = 1, .pinned = true, .next_free = BLOCKS_NONE};
    *ret_block = number;
    return 0;
}

void blocks_release(struct blocks *blocks, uint32_t block)
{
    if (--blocks->list[block].holds)
        return;
    blocks->list[block].next_free = blocks->free;
    blocks->free = block;
}

void blocks_expect(struct blocks *blocks, size_t places)
{
    size_t count = WINDOWS_LEAST + places + places / 4;
    blocks->windows_most = count < WINDOWS_MOST ? count : WINDOWS_MOST;
    size_t each = WINDOWS_BYTES / blocks->windows_most;
    blocks->window_read = each > WINDOW_SIZE    ? WINDOW_SIZE
                          : each > WINDOW_LEAST ? (uint32_t)each
                                                : WINDOW_LEAST;
}

static bool window_holds(const struct block_window *window, const struct source *home, uint64_t at,
                         size_t size)
{
    return window->home == home && at >= window->at && at - window->at <= window->size &&
           size <= window->size - (size_t)(at - window->at);
}

/* True if a window begins a little behind what is wanted: records are being read backwards. */
static bool window_follows(const struct block_window *window, const struct source *home,
                           uint64_t at)
{
    return window->home == home && at < window->at && window->at - at < WINDOW_SIZE;
}

/* The window through which a block was looked at last, or a new one, or else the one not used for
 * longest. NULL without memory. */
static struct block_window *blocks_window(struct blocks *blocks, struct block *block, uint64_t at)
{
    struct block_window *windows = blocks->windows;
    size_t count = blocks->window_count, oldest = 0, i = 0;
    if (block->window < count &&
        (window_holds(&windows[block->window], block->home, at, RECORD_HEADER_SIZE) ||
         window_follows(&windows[block->window], block->home, at)))
        return &windows[block->window];
    for (; i < count && !window_holds(&windows[i], block->home, at, RECORD_HEADER_SIZE); i++)
        if (windows[i].used < windows[oldest].used)
            oldest = i;
    if (i == count && count >= blocks->windows_most)
        i = oldest;
    block->window = (uint32_t)i;
    if (i < count)
        return &windows[i];
    if (mem_grow(&blocks->windows, &blocks->window_capacity, count + 1, sizeof *windows) < 0)
        return NULL;
    blocks->windows[blocks->window_count++] = (struct block_window){.home = NULL};
    return &blocks->windows[i];
}

/* Sees to it that a window holds `size` bytes at `at` of a home, as far as there are. */
static int blocks_look(struct blocks *blocks, struct block_window *window,
                       const struct source *home, uint64_t at, size_t size, struct pfl_error *err)
{
    window->used = ++blocks->looks;
    if (window_holds(window, home, at, size))
        return 0;
    uint64_t back = window_follows(window, home, at) ? WINDOW_SIZE / 2 : 0;
    window->home = NULL;
    if (piece_own(&blocks->small, &window->piece) < 0)
        return error_memory(err);
    uint64_t begin = at > back ? at - back : 0;
    size_t room = back || size > blocks->window_read ? WINDOW_SIZE : blocks->window_read;
    int r = source_read(home, begin, window->piece->bytes, room, &window->size, err);
    if (r < 0)
        return r;
    window->home = home;
    window->at = begin;
    return window_holds(window, home, at, size)
               ? 0
               : error_at(err, PFL_ERROR_FORMAT, at, "the file changed while read");
}

int blocks_view_again(struct blocks *blocks, struct block_place place, struct raw_record *ret_raw,
                      struct pfl_error *err)
{
    struct block *block = &blocks->list[place.block];
    uint64_t at = block->home_at + place.at;
    struct block_window *window = blocks_window(blocks, block, at);
    struct raw_record raw = {.size = RECORD_HEADER_SIZE};
    if (!window)
        return error_memory(err);
    for (int i = 0; i < 2; i++) {
        int r = blocks_look(blocks, window, block->home, at, raw.size, err);
        if (r < 0)
            return r;
        struct block seen = {.piece = window->piece,
                             .base = block->base + (block->inflated ? 0 : place.at) -
                                     (block->inflated ? 0 : at - window->at),
                             .inflated = block->inflated};
        raw = blocks_raw(blocks, &seen, (uint32_t)(at - window->at));
        if (raw.size < RECORD_HEADER_SIZE || raw.size > block->size - place.at)
            return error_at(err, PFL_ERROR_FORMAT, raw.offset, "the file changed while read");
    }
    *ret_raw = raw;
    return 1;
}
