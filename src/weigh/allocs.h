/* SPDX-License-Identifier: MIT */
/* Allocations: from what the records tell to the books of each family.
 *
 *     entry ─▶ call ─▶ return: malloc gave 800 bytes at p  ┐
 *     kmem:kmalloc: 512 bytes at q                         ├─▶ book of the family
 *     free p, munmap [a, b), exec, fork                    ┘
 *
 * User memory is told apart by address space: fork makes a new one, exec another. A forked
 * process begins with its parent's blocks, which stay its parent's here: what it frees of them is
 * counted apart, and no block is ever in use twice. */
#ifndef PFL_WEIGH_ALLOCS_H
#define PFL_WEIGH_ALLOCS_H

#include "weigh/book.h"
#include "weigh/calls.h"
#include "weigh/judge.h"
#include "weigh/role.h"

enum allocs_at { ALLOCS_AT_END = 0, ALLOCS_AT_TIME, ALLOCS_AT_PEAK };

struct alloc_space {
    struct ranges ranges;
    uint64_t brk;
    bool brk_known, forked;
};

struct alloc_process {
    uint32_t pid, space;
};

/* Call allocs_init to begin. */
struct allocs {
    struct book books[FAMILY_COUNT];
    struct calls calls;
    struct alloc_space *spaces; /* 0 is the kernel's */
    size_t space_count, space_capacity;
    struct alloc_process *processes;
    size_t process_count, process_capacity;
    struct index by_pid;
    const struct judge *judge;
    uint32_t page_size;
    enum allocs_at at;
    uint64_t at_time;       /* of the moment; not before the first sample, which tells when it is */
    uint64_t last_time;     /* of the latest record */
    uint64_t ranges_age_at; /* when the next range is old enough to count */
};

int allocs_init(struct allocs *allocs, struct columns *columns, const struct judge *judge,
                uint32_t page_size);
void allocs_done(struct allocs *allocs);

/* A sample of an event that has a role in a family. *row is ROW_NONE, or its stack's row if it is
 * known; it is set when it becomes known. Errors: MEMORY, LIMIT, or the host's. */
int allocs_sample(struct allocs *allocs, const struct role *role, const struct perf_record *record,
                  uint32_t *row, struct pfl_error *err);

/* FORK, COMM, LOST. Errors: MEMORY. */
int allocs_record(struct allocs *allocs, const struct perf_record *record, struct pfl_error *err);

/* A record that may have told of an end was lost until `time`. */
void allocs_lose(struct allocs *allocs, uint64_t time);

/* The end of the recording. */
int allocs_finish(struct allocs *allocs, struct pfl_error *err);

#endif
