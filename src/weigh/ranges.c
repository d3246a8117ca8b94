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

/* The first range, from above, that begins below `address`. */
static size_t ranges_search(const struct ranges *ranges, uint64_t address)
{
    size_t low = 0, high = ranges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->list[middle].start >= address)
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

static void ranges_remove(struct ranges *ranges, size_t from, size_t to)
{
    memmove(ranges->list + from, ranges->list + to, (ranges->count - to) * sizeof *ranges->list);
    ranges->count -= to - from;
}

int ranges_add(struct ranges *ranges, const struct range *range)
{
    return ranges_insert(ranges, ranges_search(ranges, range->start), range);
}

int ranges_take(struct ranges *ranges, uint64_t start, uint64_t end, uint64_t before,
                int (*taken)(void *context, const struct range *piece, int grow), void *context,
                uint64_t *ret_found)
{
    int r = 0;
    *ret_found = 0;
    size_t at = ranges_search(ranges, end), kept = at;
    for (; r == 0 && at < ranges->count && ranges->list[at].end > start; at++) {
        struct range *whole = &ranges->list[at], piece = *whole, rest = *whole;
        if (whole->time > before) {
            ranges->list[kept++] = rest;
            continue;
        }
        piece.start = whole->start > start ? whole->start : start;
        piece.end = whole->end < end ? whole->end : end;
        *ret_found += piece.end - piece.start;
        int grow = (piece.start > whole->start) + (piece.end < whole->end) - 1;
        r = taken(context, &piece, grow);
        if (grow > 0) { /* all that is taken is inside of it */
            whole->start = piece.end;
            rest.end = piece.start;
            return r < 0 ? r : ranges_insert(ranges, at + 1, &rest);
        }
        if (piece.start > rest.start)
            rest.end = piece.start;
        else
            rest.start = piece.end;
        if (grow == 0)
            ranges->list[kept++] = rest;
    }
    ranges_remove(ranges, kept, at);
    return r;
}
