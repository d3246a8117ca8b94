/* SPDX-License-Identifier: MIT */
/* Processes and threads as the recording goes on: their address spaces and their names.
 *
 *     pid ─▶ process ─▶ space          tid ─▶ thread ─▶ comm
 *
 * A process that ended keeps its space for a while: records of its last moments may still come.
 * Its entry stays, so memory grows with the distinct numbers, of which a kernel has few. */
#ifndef PFL_RESOLVE_TASKS_H
#define PFL_RESOLVE_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/index.h"
#include "base/intern.h"
#include "resolve/spaces.h"

struct process {
    uint32_t pid;
    uint32_t threads; /* that have not ended, as far as told */
    struct space *space;
    bool heir;      /* the space is its parent's, and nobody has looked whose code is in it */
    uint64_t began; /* its program, by the recording's clock; 0: before the recording */
};

struct thread {
    uint32_t tid;
    uint32_t comm; /* number in `comms`; 0: not told */
};

/* Ended processes that keep their space, oldest overwritten first. */
#define TASKS_ENDED 256

struct tasks {
    struct spaces spaces;
    struct process *processes;
    size_t process_count, process_capacity;
    struct thread *threads;
    size_t thread_count, thread_capacity;
    struct index by_pid, by_tid;
    struct intern comms;
    uint32_t ended[TASKS_ENDED]; /* pids */
    uint32_t ended_count;        /* ever; the ring's position is its remainder */
};

/* All return 0, or -1 without memory or beyond LIMIT_PROCESSES. */
int tasks_init(struct tasks *tasks);
void tasks_done(struct tasks *tasks);

/* Forgets all tasks, as a new recording begins; versions go on counting. */
void tasks_clear(struct tasks *tasks);

/* The process of a pid, made if it is new; NULL on failure. Valid until the next call. */
struct process *tasks_process(struct tasks *tasks, uint32_t pid);

/* The same; NULL if nothing was told of it. */
struct process *tasks_find(const struct tasks *tasks, uint32_t pid);

/* The space of a pid; NULL if nothing was ever mapped there. */
const struct space *tasks_space(const struct tasks *tasks, uint32_t pid);

int tasks_map(struct tasks *tasks, uint32_t pid, const struct space_map *map);
int tasks_overlay(struct tasks *tasks, uint32_t pid, const struct space_map *map);
int tasks_exec(struct tasks *tasks, uint32_t pid);

/* A new process, or (parent_pid == pid) a new thread. `inherit`: with the parent's mappings. */
int tasks_fork(struct tasks *tasks, uint32_t pid, uint32_t tid, uint32_t parent_pid,
               uint32_t parent_tid, bool inherit);
/* A process has begun a program, or itself. */
int tasks_begin(struct tasks *tasks, uint32_t pid, uint64_t time);
int tasks_exit(struct tasks *tasks, uint32_t pid);

int tasks_name(struct tasks *tasks, uint32_t tid, const char *comm, size_t length);
const char *tasks_comm(const struct tasks *tasks, uint32_t tid);

#endif
