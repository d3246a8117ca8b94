/* SPDX-License-Identifier: MIT */
#include "perf/order.h"

#include <string.h>

#include "base/mem.h"

void order_done(struct order *order)
{
    mem_free(order->entries);
    mem_free(order->runs);
    mem_free(order->heap);
    *order = (struct order){0};
}

int order_push(struct order *order, uint64_t time, struct reader_place place)
{
    struct order_run *last = order->run_count ? &order->runs[order->run_count - 1] : NULL;
    if (mem_grow(&order->entries, &order->capacity, order->count + 1, sizeof *order->entries) < 0)
        return -1;
    if (last && time >= order->entries[last->end - 1].time) {
        last->end++;
    } else {
        if (mem_grow(&order->runs, &order->run_capacity, order->run_count + 1,
                     sizeof *order->runs) < 0)
            return -1;
        order->runs[order->run_count++] =
            (struct order_run){.begin = order->count, .end = order->count + 1};
    }
    order->entries[order->count++] = (struct order_entry){.time = time, .place = place};
    if (time > order->newest)
        order->newest = time;
    if (time < order->limit)
        order->late++;
    return 0;
}

static bool run_before(const struct order *order, uint32_t a, uint32_t b)
{
    uint64_t time_a = order->entries[order->runs[a].begin].time;
    uint64_t time_b = order->entries[order->runs[b].begin].time;
    return time_a != time_b ? time_a < time_b : a < b;
}

static void heap_sink(struct order *order, size_t at)
{
    uint32_t *heap = order->heap;
    uint32_t run = heap[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= order->heap_count)
            break;
        if (child + 1 < order->heap_count && run_before(order, heap[child + 1], heap[child]))
            child++;
        if (!run_before(order, heap[child], run))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = run;
}

/* True if the first entry of a run can go. */
static bool run_is_ready(const struct order *order, uint32_t run)
{
    const struct order_run *r = &order->runs[run];
    return r->begin < r->end && order->entries[r->begin].time <= order->limit;
}

static int order_flush(struct order *order, uint64_t limit)
{
    if (mem_grow(&order->heap, &order->heap_capacity, order->run_count, sizeof *order->heap) < 0)
        return -1;
    if (limit > order->limit)
        order->limit = limit;
    order->heap_count = 0;
    for (size_t run = 0; run < order->run_count; run++)
        if (run_is_ready(order, (uint32_t)run))
            order->heap[order->heap_count++] = (uint32_t)run;
    for (size_t at = order->heap_count / 2; at-- > 0;)
        heap_sink(order, at);
    return 0;
}

int order_round(struct order *order)
{
    uint64_t limit = order->round_limit;
    order->round_limit = order->newest;
    return order_flush(order, limit);
}

int order_end(struct order *order)
{
    return order_flush(order, UINT64_MAX);
}

/* Moves what is left to the front. Each entry is left over once at most, because the round after
 * its own lets it go. */
static void order_compact(struct order *order)
{
    size_t count = 0, runs = 0;
    for (size_t i = 0; i < order->run_count; i++) {
        struct order_run run = order->runs[i];
        size_t size = run.end - run.begin;
        if (!size)
            continue;
        memmove(&order->entries[count], &order->entries[run.begin], size * sizeof *order->entries);
        order->runs[runs++] = (struct order_run){.begin = count, .end = count + size};
        count += size;
    }
    order->count = count;
    order->run_count = runs;
}

bool order_pop(struct order *order, struct reader_place *ret_place)
{
    if (!order->heap_count)
        return false;
    uint32_t run = order->heap[0];
    *ret_place = order->entries[order->runs[run].begin++].place;
    if (!run_is_ready(order, run))
        order->heap[0] = order->heap[--order->heap_count];
    if (order->heap_count)
        heap_sink(order, 0);
    else
        order_compact(order);
    return true;
}
