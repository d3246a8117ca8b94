/* SPDX-License-Identifier: MIT */
#include "perf/rounds.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

void rounds_done(struct rounds *rounds)
{
    mem_free(rounds->entries);
    mem_free(rounds->runs);
    mem_free(rounds->heap);
    *rounds = (struct rounds){0};
}

int rounds_push(struct rounds *rounds, uint64_t time, struct block_place place)
{
    struct rounds_run *last = rounds->run_count ? &rounds->runs[rounds->run_count - 1] : NULL;
    if (mem_grow(&rounds->entries, &rounds->capacity, rounds->count + 1, sizeof *rounds->entries) <
        0)
        return -1;
    if (last && time >= rounds->entries[last->end - 1].time) {
        last->end++;
    } else {
        if (mem_grow(&rounds->runs, &rounds->run_capacity, rounds->run_count + 1,
                     sizeof *rounds->runs) < 0)
            return -1;
        rounds->runs[rounds->run_count++] =
            (struct rounds_run){.begin = rounds->count, .end = rounds->count + 1};
    }
    rounds->entries[rounds->count++] = (struct rounds_entry){.time = time, .place = place};
    if (time > rounds->newest)
        rounds->newest = time;
    if (time < rounds->limit)
        rounds->late++;
    return ++rounds->since < LIMIT_HELD_RECORDS / 2 ? 0 : rounds_close(rounds);
}

static bool run_before(const struct rounds *rounds, uint32_t a, uint32_t b)
{
    uint64_t time_a = rounds->entries[rounds->runs[a].begin].time;
    uint64_t time_b = rounds->entries[rounds->runs[b].begin].time;
    return time_a != time_b ? time_a < time_b : a < b;
}

static void heap_sink(struct rounds *rounds, size_t at)
{
    uint32_t *heap = rounds->heap;
    uint32_t run = heap[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= rounds->heap_count)
            break;
        if (child + 1 < rounds->heap_count && run_before(rounds, heap[child + 1], heap[child]))
            child++;
        if (!run_before(rounds, heap[child], run))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = run;
}

/* True if the first entry of a run can go. */
static bool run_is_ready(const struct rounds *rounds, uint32_t run)
{
    const struct rounds_run *r = &rounds->runs[run];
    return r->begin < r->end && rounds->entries[r->begin].time <= rounds->limit;
}

static int rounds_flush(struct rounds *rounds, uint64_t limit)
{
    if (mem_grow(&rounds->heap, &rounds->heap_capacity, rounds->run_count, sizeof *rounds->heap) <
        0)
        return -1;
    if (limit > rounds->limit)
        rounds->limit = limit;
    rounds->heap_count = 0;
    for (size_t run = 0; run < rounds->run_count; run++)
        if (run_is_ready(rounds, (uint32_t)run))
            rounds->heap[rounds->heap_count++] = (uint32_t)run;
    for (size_t at = rounds->heap_count / 2; at-- > 0;)
        heap_sink(rounds, at);
    return 0;
}

int rounds_close_at(struct rounds *rounds, uint64_t newest)
{
    uint64_t limit = rounds->round_limit;
    rounds->round_limit = newest;
    rounds->since = 0;
    return rounds_flush(rounds, limit);
}

int rounds_close(struct rounds *rounds)
{
    return rounds_close_at(rounds, rounds->newest);
}

int rounds_end(struct rounds *rounds)
{
    return rounds_flush(rounds, UINT64_MAX);
}

/* Moves what is left to the front. Each entry is left over once at most, because the round after
 * its own lets it go. */
static void rounds_compact(struct rounds *rounds)
{
    size_t count = 0, runs = 0;
    for (size_t i = 0; i < rounds->run_count; i++) {
        struct rounds_run run = rounds->runs[i];
        size_t size = run.end - run.begin;
        if (!size)
            continue;
        memmove(&rounds->entries[count], &rounds->entries[run.begin],
                size * sizeof *rounds->entries);
        rounds->runs[runs++] = (struct rounds_run){.begin = count, .end = count + size};
        count += size;
    }
    rounds->count = count;
    rounds->run_count = runs;
}

bool rounds_pop(struct rounds *rounds, struct block_place *ret_place)
{
    if (!rounds->heap_count)
        return false;
    uint32_t run = rounds->heap[0];
    *ret_place = rounds->entries[rounds->runs[run].begin++].place;
    if (!run_is_ready(rounds, run))
        rounds->heap[0] = rounds->heap[--rounds->heap_count];
    if (rounds->heap_count)
        heap_sink(rounds, 0);
    else
        rounds_compact(rounds);
    return true;
}
