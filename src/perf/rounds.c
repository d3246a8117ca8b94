/* SPDX-License-Identifier: MIT */
#include "perf/rounds.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

/* More CPUs than most machines have, and few enough for a heap that stays in the cache. */
#define RUNS_MOST 256

void rounds_done(struct rounds *rounds)
{
    mem_free(rounds->entries);
    mem_free(rounds->merged);
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

static bool head_before(struct rounds_head a, struct rounds_head b)
{
    return a.time != b.time ? a.time < b.time : a.run < b.run;
}

static void heap_sink(struct rounds_head *heap, size_t count, size_t at)
{
    struct rounds_head head = heap[at];
    for (size_t child; (child = at * 2 + 1) < count; at = child) {
        if (child + 1 < count && head_before(heap[child + 1], heap[child]))
            child++;
        if (!head_before(heap[child], head))
            break;
        heap[at] = heap[child];
    }
    heap[at] = head;
}

/* True if the first entry of a run can go. */
static bool run_is_ready(const struct rounds *rounds, uint32_t run)
{
    const struct rounds_run *r = &rounds->runs[run];
    return r->begin < r->end && rounds->entries[r->begin].time <= rounds->limit;
}

/* Moves what is left to the front. */
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
    rounds->gone = 0;
}

/* Two runs that follow each other, or one and nothing, become one of `to`. */
static void runs_join(const struct rounds_entry *from, struct rounds_run a, struct rounds_run b,
                      struct rounds_entry *to)
{
    while (a.begin < a.end && b.begin < b.end)
        *to++ = from[from[b.begin].time < from[a.begin].time ? b.begin++ : a.begin++];
    memcpy(to, from + a.begin, (a.end - a.begin) * sizeof *to);
    memcpy(to + (a.end - a.begin), from + b.begin, (b.end - b.begin) * sizeof *to);
}

/* Joins neighbours until few runs are left. Times in no order at all make a run of every entry. */
static int rounds_join(struct rounds *rounds)
{
    if (rounds->run_count <= RUNS_MOST)
        return 0;
    rounds_compact(rounds);
    while (rounds->run_count > RUNS_MOST) {
        if (mem_grow(&rounds->merged, &rounds->merged_capacity, rounds->count,
                     sizeof *rounds->merged) < 0)
            return -1;
        size_t runs = 0;
        for (size_t i = 0; i < rounds->run_count; i += 2) {
            struct rounds_run a = rounds->runs[i], b = {a.end, a.end};
            if (i + 1 < rounds->run_count)
                b = rounds->runs[i + 1];
            runs_join(rounds->entries, a, b, rounds->merged + a.begin);
            rounds->runs[runs++] = (struct rounds_run){.begin = a.begin, .end = b.end};
        }
        rounds->run_count = runs;
        struct rounds_entry *entries = rounds->entries;
        rounds->entries = rounds->merged;
        rounds->merged = entries;
        size_t capacity = rounds->capacity;
        rounds->capacity = rounds->merged_capacity;
        rounds->merged_capacity = capacity;
    }
    return 0;
}

static int rounds_flush(struct rounds *rounds, uint64_t limit)
{
    rounds->spread = rounds->run_count;
    if (rounds_join(rounds) < 0 || mem_grow(&rounds->heap, &rounds->heap_capacity,
                                            rounds->run_count, sizeof *rounds->heap) < 0)
        return -1;
    if (limit > rounds->limit)
        rounds->limit = limit;
    rounds->heap_count = 0;
    for (size_t run = 0; run < rounds->run_count; run++)
        if (run_is_ready(rounds, (uint32_t)run))
            rounds->heap[rounds->heap_count++] = (struct rounds_head){
                .time = rounds->entries[rounds->runs[run].begin].time, .run = (uint32_t)run};
    for (size_t at = rounds->heap_count / 2; at-- > 0;)
        heap_sink(rounds->heap, rounds->heap_count, at);
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

bool rounds_pop(struct rounds *rounds, struct block_place *ret_place)
{
    if (!rounds_ready(rounds))
        return false;
    struct rounds_head *head = &rounds->heap[0];
    *ret_place = rounds->entries[rounds->runs[head->run].begin++].place;
    if (run_is_ready(rounds, head->run))
        head->time = rounds->entries[rounds->runs[head->run].begin].time;
    else
        *head = rounds->heap[--rounds->heap_count];
    rounds->gone++;
    if (rounds->heap_count)
        heap_sink(rounds->heap, rounds->heap_count, 0);
    else if (rounds->gone >= rounds->count / 2)
        rounds_compact(rounds);
    return true;
}
