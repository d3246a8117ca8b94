/* SPDX-License-Identifier: MIT */
/* Memory that is mapped, in pieces: munmap and mremap may take any part of what mmap gave.
 *
 *     list:   [0x7000 ── 0x8000) row    [0x4000 ── 0x6000) row     never overlapping
 *                                       taking out the middle leaves two
 *
 * The highest is first: Linux maps downwards, so that what is mapped comes last, where nothing must
 * make room for it, and what was mapped last, and often goes first, is there too. */
#ifndef PFL_WEIGH_RANGES_H
#define PFL_WEIGH_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
    uint64_t start, end, time;
    uint32_t row; /* ROW_NONE: not chosen */
    bool waiting; /* not old enough to count */
};

/* Zero-initialise to begin. */
struct ranges {
    struct range *list;
    size_t count, capacity;
};

void ranges_done(struct ranges *ranges);

/* Takes [start, end) out of what was mapped before `before`, and tells of each piece, and by how
 * many the ranges grow for it: -1 (all of one went), 0, or 1 (its middle); the bytes that were
 * there go to *ret_found. Returns 0, or -1 without memory or beyond LIMIT_SPACE_MAPS (then a piece
 * may be lost). */
int ranges_take(struct ranges *ranges, uint64_t start, uint64_t end, uint64_t before,
                int (*taken)(void *context, const struct range *piece, int grow), void *context,
                uint64_t *ret_found);

/* Adds a range where nothing is. Returns 0, or -1. */
int ranges_add(struct ranges *ranges, const struct range *range);

#endif
