/* SPDX-License-Identifier: MIT */
/* The memory in which records stand, whatever file or stream they came from.
 *
 *     file:     ...│ rec │ rec │ re│c │ rec │ ...
 *     block 0:  [ rec │ rec │ re ]
 *     block 1:                 [ rec │ rec ... ]   begins with the record that block 0 cuts
 *
 * Whoever wants a record later holds its block, and a block that nobody holds is filled anew.
 * Where more is held than LIMIT_RESIDENT_BYTES, the bytes of some blocks are given up; a record of
 * theirs is read again when its turn comes, from where it came, or, if that cannot seek, from a
 * spool to which it was written. */
#ifndef PFL_PERF_BLOCKS_H
#define PFL_PERF_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/source.h"
#include "perf/decode.h"
#include "perf/stack_gap.h"
#include "perf/pieces.h"

#define BLOCKS_NONE UINT32_MAX

/* A piece of a home, read again. Records of several CPUs come by turns, each from a place of its
 * own, so there are several. */
struct block_window {
    struct piece *piece; /* NULL: not used yet */
    const struct source *home;
    uint64_t at;
    size_t size;
    uint64_t used; /* when, to find the one not used for longest */
};

struct block {
    struct piece *piece; /* NULL: given up, or never filled */
    uint64_t base;       /* where its first byte stands in its file or stream */
    bool inflated;       /* base is that of the record that holds the bytes compressed */
    uint32_t size;       /* bytes that were there */
    uint32_t holds;
    uint32_t next_free;
    bool pinned;               /* being filled */
    uint32_t stack_head;       /* read of large samples (perf/stack_gap.h); 0: all of them was */
    struct gap_home *gaps;     /* where the rest of them is */
    const struct source *home; /* where the bytes can be read again; NULL: nowhere yet */
    uint64_t home_at;          /* of the first byte */
    uint32_t window;           /* through which it was looked at last */
};

struct blocks {
    struct block *list;
    size_t count, capacity;
    uint32_t block_size;
    uint32_t free;     /* first of the blocks that nobody holds */
    uint32_t resident; /* blocks that have a piece */
    uint32_t resident_most;
    uint32_t hand; /* where to look next for one whose bytes can be given up */
    bool swap;     /* records are of the other byte order */
    bool leads;    /* whoever reads is far ahead of whoever takes: it has time */
    struct source spool;
    bool has_spool;
    struct pieces large, small; /* for blocks, for windows */
    struct block_window *windows;
    size_t window_count, window_capacity;
    size_t windows_most; /* what blocks_expect allows */
    uint32_t window_read;
    uint64_t looks; /* at windows, so far */
};

/* Where a record is to be found again. */
struct block_place {
    uint32_t block, at;
};

/* `block_size` is more than a record can have. Not to be moved once a block was taken. */
void blocks_init(struct blocks *blocks, uint32_t block_size, bool swap);
void blocks_done(struct blocks *blocks);

/* A block with memory, empty, held once and pinned. Errors: MEMORY, IO (of the spool). */
int blocks_take(struct blocks *blocks, uint32_t *ret_block, struct pfl_error *err);

/* Records will be viewed by turns from so many places of the file: as many windows as that, and
 * some for what is done with, are kept, and the more there are the less each holds. */
void blocks_expect(struct blocks *blocks, size_t places);

static inline void blocks_hold(struct blocks *blocks, uint32_t block)
{
    blocks->list[block].holds++;
}
void blocks_release(struct blocks *blocks, uint32_t block);

/* The record at a place whose block has a piece. */
static inline struct raw_record blocks_raw(const struct blocks *blocks, const struct block *block,
                                           uint32_t at)
{
    struct cursor c = cursor_of(block->piece->bytes + at, RECORD_HEADER_SIZE, blocks->swap);
    struct raw_record raw = {.bytes = c.data,
                             .piece = block->piece,
                             .offset = block->base + (block->inflated ? 0 : at),
                             .swap = blocks->swap};
    raw.type = cursor_u32(&c);
    raw.misc = cursor_u16(&c);
    raw.size = cursor_u16(&c);
    if (block->stack_head && (raw.gap = stack_gap_begin(raw.type, raw.size, block->stack_head))) {
        raw.home = block->gaps;
        raw.home_at = block->home_at + at;
    }
    return raw;
}

/* What blocks_view does where the block's bytes were given up. */
int blocks_view_again(struct blocks *blocks, struct block_place place, struct raw_record *ret_raw,
                      struct pfl_error *err);

/* The record at a place whose block is held: 1, or an error (IO, MEMORY, FORMAT: the file changed
 * meanwhile). Its bytes live until the next call, or as long as its piece is held. */
static inline int blocks_view(struct blocks *blocks, struct block_place place,
                              struct raw_record *ret_raw, struct pfl_error *err)
{
    const struct block *block = &blocks->list[place.block];
    if (!block->piece)
        return blocks_view_again(blocks, place, ret_raw, err);
    *ret_raw = blocks_raw(blocks, block, place.at);
    return 1;
}

#endif
