/* SPDX-License-Identifier: MIT */
/* Records into time rounds.
 *
 * perf record empties the ring of each CPU in turn and then writes FINISHED_ROUND: nothing of a
 * later round is older than the newest record of the round before. So at each mark all that is
 * not newer than the newest of the round before can go.
 *
 *     entries: [t3 t5 t9][t2 t4 t8][t1 t7] ...      as they came
 *     runs:     └ CPU 0 ┘ └ CPU 1 ┘ └ CPU 2          each already in order
 *     heap:    runs by the time of their first entry, equal times by number of the run
 *
 * Runs are merged rather than entries sorted, which keeps equal times in the order of the file.
 * Where there are more runs than CPUs, neighbours are joined before: that goes through memory in
 * order, as a large heap does not. */
#ifndef PFL_PERF_ROUNDS_H
#define PFL_PERF_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perf/blocks.h"

struct rounds_entry {
    uint64_t time;
    struct block_place place;
};

/* Entries begin to end - 1. */
struct rounds_run {
    size_t begin, end;
};

/* The first entry of a run, by its number. */
struct rounds_head {
    uint64_t time;
    uint32_t run;
};

/* Zero-initialise to begin. */
struct rounds {
    struct rounds_entry *entries, *merged; /* merged: where runs are joined */
    size_t count, capacity, merged_capacity;
    size_t gone; /* of the entries, those that stand here still and were given */
    struct rounds_run *runs;
    size_t run_count, run_capacity;
    size_t spread; /* runs there were when records could go last: so many places they come from */
    struct rounds_head *heap;
    size_t heap_count, heap_capacity;
    uint64_t newest;      /* of all so far */
    uint64_t round_limit; /* newest of the rounds that are finished */
    uint64_t limit;       /* what is not newer goes now */
    uint64_t late;        /* records that came after their time had gone */
    size_t since;         /* records since a round was closed */
};

void rounds_done(struct rounds *rounds);

/* Takes note of a record. Not while rounds_pop has something to give. Closes the round where it
 * would grow beyond LIMIT_HELD_RECORDS / 2. 0, or -1 without memory. */
int rounds_push(struct rounds *rounds, uint64_t time, struct block_place place);

/* A round is finished, or all is: makes what can go ready for rounds_pop. */
int rounds_close(struct rounds *rounds);

/* The same, where it is known that nothing older than `newest` will come after the next round. */
int rounds_close_at(struct rounds *rounds, uint64_t newest);
int rounds_end(struct rounds *rounds);

/* True if rounds_pop has something to give. */
static inline bool rounds_ready(const struct rounds *rounds)
{
    return rounds->heap_count > 0;
}

/* The place of the next record; false if nothing is ready. */
bool rounds_pop(struct rounds *rounds, struct block_place *ret_place);

#endif
