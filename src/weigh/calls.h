/* SPDX-License-Identifier: MIT */
/* Calls of allocators that have not returned yet, per thread, latest on top:
 *
 *     tid ─▶ [realloc p, 800] [malloc 800] [mmap 4096]
 *             outermost       nested: of the same family
 *
 * A return ends the latest call of its function; calls above it never returned (an exception, a
 * longjmp, a lost record). */
#ifndef PFL_WEIGH_CALLS_H
#define PFL_WEIGH_CALLS_H

#include "base/index.h"
#include "weigh/role.h"

#define CALLS_MOST 16 /* of one thread; the oldest is forgotten */

struct call {
    enum role_function function;
    enum family family;
    uint32_t pair;
    uint64_t address; /* of the function; 0 for a system call */
    uint64_t pointer, size, old_size, time;
    uint32_t row; /* of captured stacks: known at entry */
    bool chosen, nested, overflow;
};

struct call_thread {
    uint32_t tid, count;
    uint32_t epoch; /* calls from before the latest loss are forgotten */
    uint64_t freed; /* the pointer freed last, because delete calls free */
    struct call calls[CALLS_MOST];
};

/* Zero-initialise to begin. */
struct calls {
    struct call_thread **threads;
    size_t count, capacity;
    struct index index;
    uint32_t epoch;
};

void calls_done(struct calls *calls);

/* The thread, made if it is new; NULL without memory. Valid as long as the calls. */
struct call_thread *calls_thread(struct calls *calls, uint32_t tid);

/* Forgets the calls of a thread, if any are known: its number is another's now. */
void calls_forget_thread(struct calls *calls, uint32_t tid);

/* Forgets the calls of all threads: a return may have been lost. */
void calls_forget(struct calls *calls);

/* Returns how many calls are thought to be abandoned. */
uint32_t calls_push(struct call_thread *thread, const struct call *call);

/* Takes the call that this return ends: true, or false if there is none. *ret_abandoned is as
 * above. */
bool calls_pop(struct call_thread *thread, const struct role *role, uint64_t address,
               struct call *ret_call, uint32_t *ret_abandoned);

/* True if the thread is inside a call of the family. */
bool calls_inside(const struct call_thread *thread, enum family family);

#endif
