/* SPDX-License-Identifier: MIT */
#include "perf/stack_gap.h"

#include "base/gap.h"
#include "perf/decode.h"
#include "perf/pieces.h"

/* The gap of a record, as counted from byte `from` of it. */
static struct gap record_gap(const struct raw_record *raw, size_t from)
{
    return (struct gap){
        .bytes = raw->piece->bytes + (raw->bytes - raw->piece->bytes) + from,
        .home = raw->home,
        .home_at = raw->home_at + from,
        .begin = raw->gap - (uint32_t)from,
        .end = raw->size - STACK_GAP_TAIL - (uint32_t)from,
    };
}

bool stack_gap_give(const struct raw_record *raw, struct perf_sample *sample)
{
    if (!sample->user_stack)
        return false;
    size_t stack = (size_t)(sample->user_stack - raw->bytes);
    if (stack > raw->gap || raw->size - STACK_GAP_TAIL > stack + sample->user_stack_room)
        return false;
    struct gap gap = record_gap(raw, stack);
    if (gap.begin < sample->user_stack_size)
        sample->user_stack_gap = gap;
    return true;
}

int stack_gap_fill(const struct raw_record *raw, struct pfl_error *err)
{
    struct gap gap = record_gap(raw, 0);
    return gap_read(&gap, gap.end)
               ? 0
               : error_at(err, PFL_ERROR_FORMAT, raw->offset, "the file changed while read");
}
