/* SPDX-License-Identifier: MIT */
#include "perf/stack_gap.h"

#include "perf/decode.h"
#include "perf/pieces.h"

/* Gaps by which a size is judged. */
#define GAPS_JUDGED 64u

void stack_head_init(struct stack_head *head, const struct source *source)
{
    head->home.source = source;
    head->size = STACK_HEAD_USUAL;
}

/* Halved where fewer than one of `seldom` gaps is read on, doubled where more than one of `often`
 * is: so far apart that a step is seldom undone by the next. */
struct head_bounds {
    uint32_t most;
    unsigned seldom, often;
};

uint32_t stack_head_choose(struct stack_head *head, bool leads)
{
    static const struct head_bounds BOUNDS[2] = {
        [false] = {STACK_HEAD_USUAL, 8, 3}, [true] = {STACK_HEAD_MOST, 64, 16}};
    const struct head_bounds *bounds = &BOUNDS[leads];
    if (atomic_load_explicit(&head->home.met, memory_order_relaxed) < GAPS_JUDGED)
        return head->size;
    unsigned met = atomic_exchange_explicit(&head->home.met, 0, memory_order_relaxed);
    unsigned read_on = atomic_exchange_explicit(&head->home.read_on, 0, memory_order_relaxed);
    bool is_seldom = read_on < met / bounds->seldom;
    bool is_often = read_on > met / bounds->often;
    if (head->size > bounds->most || (is_seldom && head->size > STACK_HEAD_LEAST))
        head->size /= 2;
    else if (is_often && head->size < bounds->most)
        head->size *= 2;
    return head->size;
}

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
