/* SPDX-License-Identifier: MIT */
/* Time off the CPU: from the switch that takes a thread off to the one that brings it back.
 *
 *     sched_switch   prev=A state=S ──────── wakeup A ───── next=A
 *                    └ off-cpu (blocked) ────┘└ runqueue ───┘      at the row of A's stack
 *
 * System wide the same event tells of both ends; of one task, PERF_RECORD_SWITCH tells of the
 * second. The weights are kept here and given at the end, because only then it is known whether
 * second ends were recorded at all. The idle task (0) waits for nothing. */
#ifndef PFL_WEIGH_WAITS_H
#define PFL_WEIGH_WAITS_H

#include "base/index.h"
#include "weigh/columns.h"
#include "weigh/judge.h"
#include "weigh/role.h"

enum wait_state { WAIT_NONE, WAIT_BLOCKED, WAIT_RUNNABLE, WAIT_STATES };

struct wait {
    uint32_t tid, row, cpu;
    enum wait_state state;
    uint64_t start;
    uint64_t exit; /* its thread's, if that was told meanwhile */
};

struct wait_time {
    int64_t blocked, runnable;
    uint64_t blocked_times, runnable_times;
};

/* What is to be told. */
struct wait_counts {
    uint64_t still; /* waits open at the end */
    uint64_t lost;  /* ended by another switch-out: the switch-in was lost */
};

struct wait_cpu {
    uint64_t last; /* time of its last sample */
    uint32_t next; /* thread that came with its last switch; 0: none told */
};

/* Zero-initialise to begin. */
struct waits {
    struct columns *columns;
    const struct judge *judge;
    uint32_t off_cpu, runqueue; /* columns, or COLUMN_NONE */
    struct wait *list;          /* by thread */
    size_t count, capacity;
    struct index by_tid;
    struct wait_time *rows;
    size_t row_capacity;
    struct wait_cpu *cpus;
    size_t cpu_capacity;
    uint64_t followed, broken; /* switches of the thread that came with the one before, or not */
    bool of_command;           /* switches of one command alone were asked for */
    int64_t recorded[WAIT_STATES];
    bool sampled;  /* not every switch is: those of the idle task tell of no other's */
    bool seen_ins; /* switch-ins are recorded */
    struct wait_counts counts;
};

void waits_done(struct waits *waits);

/* SWITCH and WAKEUP. Errors: MEMORY, the host's. */
int waits_sample(struct waits *waits, const struct role *role, const struct perf_record *record,
                 uint32_t *row, struct pfl_error *err);

/* SWITCH, SWITCH_CPU_WIDE, EXIT. */
int waits_record(struct waits *waits, const struct perf_record *record, struct pfl_error *err);

/* Any sample, so that it is known how far each CPU's recording goes. Returns 0, or -1. */
int waits_see(struct waits *waits, const struct perf_record *record);

/* Gives the weights to their columns, if switch-ins were recorded. */
int waits_finish(struct waits *waits, struct pfl_error *err);

#endif
