/* SPDX-License-Identifier: MIT */
/* Which processes a recording's samples are of, for `info`. */
#ifndef PFL_LIB_PROCESSES_H
#define PFL_LIB_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/index.h"
#include "base/mem.h"

#define PROCESS_NAME_SIZE 32

struct process {
    uint32_t pid;
    char name[PROCESS_NAME_SIZE];
    uint64_t samples;
    int64_t weight; /* of the event that is shown first */
};

/* Zero-initialise to begin. */
struct processes {
    struct process *list;
    size_t count, capacity;
    struct index index;
    uint32_t last; /* found last */
};

void processes_done(struct processes *processes);

/* Counts a sample. NULL without memory. Its name is to be set where process_wants_name says so:
 * it may change, and is asked for less and less often. */
struct process *processes_add(struct processes *processes, uint32_t pid, int64_t weight);

static inline bool process_wants_name(const struct process *process)
{
    return (process->samples & (process->samples - 1)) == 0;
}

/* Forgets all weights, so that they can be another event's. */
void processes_forget_weights(struct processes *processes);

/* Puts the heaviest first. */
void processes_sort(struct processes *processes);

#endif
