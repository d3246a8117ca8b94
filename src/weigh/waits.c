/* SPDX-License-Identifier: MIT */
#include "weigh/waits.h"

#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"

/* The states that sched_switch reports (TASK_REPORT of linux/sched.h): none of the low bits is
 * runnable; a dead thread does not come back. */
#define STATE_BITS 0xffu
#define STATE_DEAD (0x10u | 0x20u)

/* More CPUs than any machine has; what lies beyond shares a last time. */
#define CPUS_MOST 65536u

/* Where the record's CPU has its times. */
static uint32_t cpu_slot(const struct perf_record *record)
{
    return record->has_cpu && record->cpu < CPUS_MOST ? record->cpu : CPUS_MOST;
}

void waits_done(struct waits *waits)
{
    mem_free(waits->list);
    mem_free(waits->rows);
    mem_free(waits->cpus);
    index_done(&waits->by_tid);
}

/* The thread's entry, made if it is new; NULL without memory. */
static struct wait *waits_of(struct waits *waits, uint32_t tid)
{
    struct index_probe probe = index_probe(&waits->by_tid, hash_pair(tid, 0));
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (waits->list[id].tid == tid)
            return &waits->list[id];
    size_t number = waits->count;
    if (number >= LIMIT_PROCESSES ||
        mem_grow(&waits->list, &waits->capacity, number + 1, sizeof *waits->list) < 0 ||
        index_add(&waits->by_tid, hash_pair(tid, 0), (uint32_t)number) < 0)
        return NULL;
    waits->list[number] = (struct wait){.tid = tid, .row = ROW_NONE};
    waits->count++;
    return &waits->list[number];
}

static struct wait_time *waits_row(struct waits *waits, uint32_t row)
{
    size_t old = waits->row_capacity;
    if (mem_grow(&waits->rows, &waits->row_capacity, (size_t)row + 1, sizeof *waits->rows) < 0)
        return NULL;
    memset(waits->rows + old, 0, (waits->row_capacity - old) * sizeof *waits->rows);
    return &waits->rows[row];
}

/* A wait was in `state` until `time`; the part of it inside the window counts. */
static int waits_count(struct waits *waits, const struct wait *wait, uint64_t time, uint32_t row)
{
    const struct filter_window *window = &waits->judge->window;
    if (time <= wait->start)
        return 0;
    waits->recorded[wait->state] =
        weight_add(waits->recorded[wait->state], weight_of(time - wait->start));
    uint64_t start = wait->start > window->start ? wait->start : window->start;
    uint64_t end = time < window->end ? time : window->end;
    if (row == ROW_NONE || end <= start)
        return 0;
    struct wait_time *at = waits_row(waits, row);
    if (!at)
        return -1;
    int64_t *sum = wait->state == WAIT_BLOCKED ? &at->blocked : &at->runnable;
    *sum = weight_add(*sum, weight_of(end - start));
    ++*(wait->state == WAIT_BLOCKED ? &at->blocked_times : &at->runnable_times);
    return 0;
}

static int waits_end(struct waits *waits, uint32_t tid, uint64_t time)
{
    struct wait *wait = waits_of(waits, tid);
    if (!wait)
        return -1;
    int r = wait->state == WAIT_NONE ? 0 : waits_count(waits, wait, time, wait->row);
    wait->state = WAIT_NONE;
    return r;
}

static int waits_wake(struct waits *waits, uint32_t tid, uint64_t time)
{
    struct wait *wait = waits_of(waits, tid);
    if (!wait)
        return -1;
    if (wait->state != WAIT_BLOCKED)
        return 0;
    int r = waits_count(waits, wait, time, wait->row);
    wait->state = WAIT_RUNNABLE;
    wait->start = time;
    return r;
}

/* A wait that is cut by the end of its thread, or of the recording. */
static int waits_leave(struct waits *waits, struct wait *wait, uint64_t time, struct pfl_error *err)
{
    uint32_t row = wait->row;
    if (wait->state == WAIT_NONE)
        return 0;
    if (row != ROW_NONE) {
        const struct weigher_host *host = waits->judge->host;
        int r = host->still_waiting(host->context, row, &row, err);
        if (r < 0)
            return r;
    }
    waits->counts.still++;
    int r = waits_count(waits, wait, time, row);
    wait->state = WAIT_NONE;
    return r < 0 ? error_memory(err) : 0;
}

/* `tid` is what the event says: a thread that is nearly gone has no number of its own any more. */
static int waits_begin(struct waits *waits, const struct perf_record *record, uint32_t tid,
                       uint64_t state, uint32_t *row, struct pfl_error *err)
{
    struct wait *wait = waits_of(waits, tid);
    if (!wait)
        return error_memory(err);
    /* Its last switch-in was lost, but not when it ended. */
    if ((state & STATE_DEAD) && wait->exit > wait->start)
        return waits_leave(waits, wait, wait->exit, err);
    waits->counts.lost += wait->state != WAIT_NONE;
    wait->state = WAIT_NONE;
    if (state & STATE_DEAD)
        return 0;
    uint32_t at = ROW_NONE;
    if (judge_accepts_anytime(waits->judge, record)) {
        const struct weigher_host *host = waits->judge->host;
        int r = *row == ROW_NONE ? host->row(host->context, record, 0, row, err) : 0;
        if (r < 0)
            return r;
        at = *row;
    }
    *wait = (struct wait){.tid = tid,
                          .row = at,
                          .cpu = cpu_slot(record),
                          .state = state & STATE_BITS ? WAIT_BLOCKED : WAIT_RUNNABLE,
                          .start = record->time};
    return 0;
}

/* System wide, who goes is who came with the CPU's switch before. */
static void waits_follow(struct waits *waits, const struct perf_record *record, uint32_t previous,
                         uint32_t next)
{
    uint32_t cpu = cpu_slot(record);
    if (cpu >= waits->cpu_capacity)
        return;
    if (waits->cpus[cpu].next)
        ++*(waits->cpus[cpu].next == previous ? &waits->followed : &waits->broken);
    waits->cpus[cpu].next = next;
}

int waits_sample(struct waits *waits, const struct role *role, const struct perf_record *record,
                 uint32_t *row, struct pfl_error *err)
{
    const struct perf_sample *sample = &record->sample;
    uint64_t previous = 0, next = 0, state = 0;
    if (!field_read(&role->next, sample->raw, sample->raw_size, &next))
        return 0;
    if (role->kind == ROLE_WAKEUP)
        return waits_wake(waits, (uint32_t)next, record->time) < 0 ? error_memory(err) : 0;
    if (!field_read(&role->previous, sample->raw, sample->raw_size, &previous) ||
        !field_read(&role->state, sample->raw, sample->raw_size, &state))
        return 0;
    waits_follow(waits, record, (uint32_t)previous, (uint32_t)next);
    if (next && waits_end(waits, (uint32_t)next, record->time) < 0)
        return error_memory(err);
    /* Of one task, the switches of no other are recorded: least of all those of the idle one. */
    if (!previous)
        waits->seen_ins |= !waits->sampled;
    else
        return waits_begin(waits, record, (uint32_t)previous, state, row, err);
    return 0;
}

int waits_record(struct waits *waits, const struct perf_record *record, struct pfl_error *err)
{
    if (!record->has_time)
        return 0;
    if (record->type == PERF_RECORD_SWITCH || record->type == PERF_RECORD_SWITCH_CPU_WIDE) {
        waits->seen_ins = true;
        if (!record->switched.out && record->tid)
            return waits_end(waits, record->tid, record->time) < 0 ? error_memory(err) : 0;
    } else if (record->type == PERF_RECORD_EXIT) {
        /* Not the end of it yet: a thread may be preempted as it exits, and an exec in another
         * thread takes over the number. */
        struct wait *wait = waits_of(waits, record->tid);
        if (!wait)
            return error_memory(err);
        wait->exit = record->time;
    }
    return 0;
}

int waits_see(struct waits *waits, const struct perf_record *record)
{
    uint32_t cpu = cpu_slot(record);
    size_t old = waits->cpu_capacity;
    if (cpu >= old) {
        if (mem_grow(&waits->cpus, &waits->cpu_capacity, (size_t)cpu + 1, sizeof *waits->cpus) < 0)
            return -1;
        memset(waits->cpus + old, 0, (waits->cpu_capacity - old) * sizeof *waits->cpus);
    }
    waits->cpus[cpu].last = record->time;
    return 0;
}

static int waits_give(struct waits *waits, uint32_t column, uint32_t row, int64_t amount,
                      uint64_t times)
{
    if (!times || columns_add(waits->columns, column, row, amount) < 0)
        return times ? -1 : 0;
    if (column != COLUMN_NONE)
        waits->columns->list[column].samples += times - 1;
    return 0;
}

int waits_finish(struct waits *waits, struct pfl_error *err)
{
    for (size_t i = 0; i < waits->count; i++) {
        struct wait *wait = &waits->list[i];
        uint64_t end = wait->cpu < waits->cpu_capacity ? waits->cpus[wait->cpu].last : 0;
        int r = waits_leave(waits, wait, wait->exit > wait->start ? wait->exit : end, err);
        if (r < 0)
            return r;
    }
    /* A machine that is never idle: its switches hang together, but for a few that were lost. */
    if (!waits->of_command && !waits->sampled && waits->followed > 9 * waits->broken)
        waits->seen_ins = true;
    if (!waits->seen_ins)
        return 0;
    columns_record(waits->columns, waits->off_cpu, waits->recorded[WAIT_BLOCKED]);
    columns_record(waits->columns, waits->runqueue, waits->recorded[WAIT_RUNNABLE]);
    for (uint32_t row = 0; row < waits->row_capacity; row++) {
        const struct wait_time *at = &waits->rows[row];
        if (waits_give(waits, waits->off_cpu, row, at->blocked, at->blocked_times) < 0 ||
            waits_give(waits, waits->runqueue, row, at->runnable, at->runnable_times) < 0)
            return error_memory(err);
    }
    return 0;
}
