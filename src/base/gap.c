/* SPDX-License-Identifier: MIT */
#include "base/gap.h"

/* Read at once, if there is as much: who looks into a gap looks further. */
#define READ_LEAST 4096u

bool gap_read_on(struct gap *gap, uint64_t to)
{
    uint32_t left = gap->end - gap->begin;
    uint64_t wanted = to - gap->begin;
    uint32_t most = wanted < READ_LEAST ? READ_LEAST : wanted < left ? (uint32_t)wanted : left;
    uint32_t size = most < left ? most : left;
    size_t got = 0;
    atomic_fetch_add_explicit(&gap->home->read_on, 1, memory_order_relaxed);
    if (source_read(gap->home->source, gap->home_at + gap->begin, gap->bytes + gap->begin, size,
                    &got, NULL) < 0 ||
        got < size)
        return false;
    gap->begin += size;
    return true;
}
