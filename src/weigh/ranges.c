/* SPDX-License-Identifier: MIT */
#include "weigh/ranges.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

void ranges_done(struct ranges *ranges)
{
    mem_free(ranges->list);
    *ranges = (struct ranges){0};
}

/* The first range that ends behind `address`. */
static size_t ranges_search(const struct ranges *ranges, uint64_t address)
{
    size_t low = 0, high = ranges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->list[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int ranges_insert(struct ranges *ranges, size_t at, const struct range *range)
{
    if (ranges->count >= LIMIT_SPACE_MAPS ||
        mem_grow(&ranges->list, &ranges->capacity, ranges->count + 1, sizeof *ranges->list) < 0)
        return -1;
    memmove(ranges->list + at + 1, ranges->list + at, (ranges->count - at) * sizeof *ranges->list);
    ranges->list[at] = *range;
    ranges->count++;
    return 0;
}

static void ranges_remove(struct ranges *ranges, size_t at)
{
    ranges->count--;
    memmove(ranges->list + at, ranges->list + at + 1, (ranges->count - at) * sizeof *ranges->list);
}

int ranges_add(struct ranges *ranges, const struct range *range)
{
    return ranges_insert(ranges, ranges_search(ranges, range->start), range);
}

int ranges_take(struct ranges *ranges, uint64_t start, uint64_t end, uint64_t before,
                int (*taken)(void *context, const struct range *piece, int grow), void *context,
                uint64_t *ret_found)
{
    *ret_found = 0;
    size_t at = ranges_search(ranges, start);
    while (at < ranges->count && ranges->list[at].start < end) {
        struct range whole = ranges->list[at], piece = whole;
        if (whole.time > before) {
            at++;
            continue;
        }
        piece.start = whole.start > start ? whole.start : start;
        piece.end = whole.end < end ? whole.end : end;
        *ret_found += piece.end - piece.start;
        int grow = (piece.start > whole.start) + (piece.end < whole.end) - 1;
        if (taken(context, &piece, grow) < 0)
            return -1;
        if (piece.start > whole.start && piece.end < whole.end) {
            ranges->list[at].end = piece.start;
            whole.start = piece.end;
            return ranges_insert(ranges, at + 1, &whole);
        }
        if (piece.start > whole.start)
            ranges->list[at++].end = piece.start;
        else if (piece.end < whole.end)
            ranges->list[at++].start = piece.end;
        else
            ranges_remove(ranges, at);
    }
    return 0;
}
