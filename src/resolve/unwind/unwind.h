/* SPDX-License-Identifier: MIT */
/* From the registers and the stack bytes of a sample to its user part.
 *
 *     captured:  [sp ───────────────── sp + size)     bytes of the stack as it was
 *     frame:     pc ─▶ mapping ─▶ (object, offset) ─▶ slot: place, rule ─▶ caller's pc, sp, ...
 *
 * Nothing is read but the captured bytes, and no caller is guessed but by the frame pointer where
 * there is no CFI, which is told.
 *
 * Stacks that will be asked for can be ordered before, to be unwound by all threads at once. The
 * table stands still meanwhile; what an order has made for it is put there when its stack is asked
 * for, so that places get the numbers that they would have got without:
 *
 *     unwinder_order(1), (2), (3) ... ─▶ unwinder_do_orders ─▶ unwinder_stack(1), (2), (3) ...
 *                                         places, rules made                                   */
#ifndef PFL_RESOLVE_UNWIND_UNWIND_H
#define PFL_RESOLVE_UNWIND_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crew.h"
#include "perf/session.h"
#include "resolve/spaces.h"
#include "resolve/unwind/returns.h"
#include "resolve/unwind/table.h"

enum unwind_end {
    UNWIND_ROOT = 0,  /* nobody called the outermost frame */
    UNWIND_TRUNCATED, /* the stack goes on behind what was captured */
    UNWIND_LOST,      /* the caller could not be found */
    UNWIND_NOWHERE,   /* the leaf lies in no mapping */
};

/* The caller's array for the places of a stack, leaf first. */
struct unwind_result {
    uint32_t *places;
    size_t count, capacity;
    enum unwind_end end;
    bool guessed; /* a caller was found by the frame pointer for want of CFI */
};

/* A rule that was made while the table stood still. */
struct unwind_made {
    struct unwind_point point;
    uint32_t frame; /* of the result, whose place is the point's; UINT32_MAX: none */
    struct cfi_rule rule;
};

/* A stack that will be asked for. */
struct unwind_order {
    const struct perf_sample *sample;
    const struct space *space;
    bool done; /* these are true: */
    struct unwind_result result;
    struct unwind_made *made;
    size_t made_count, made_capacity;
};

struct unwind_orders {
    struct unwind_order *items; /* all below the capacity have memory of their own */
    size_t count, capacity;
    size_t next;      /* that may be asked for */
    uint32_t unknown; /* place of what lies nowhere */
    struct crew crew;
};

struct unwinder {
    struct unwind_table table;
    bool compat;
    const struct perf_session *session;
    const char *arch;
    struct returns returns;
    uint32_t trampoline; /* path of the page that return probes return to, in the objects' paths */
    struct unwind_orders orders;
};

void unwinder_init(struct unwinder *unwinder, struct names *names, struct stacks *stacks,
                   bool compat);
void unwinder_done(struct unwinder *unwinder);

/* The session must stay until its last sample. Returns 0, or -1 without memory. */
int unwinder_begin(struct unwinder *unwinder, const struct perf_session *session);

/* Its last sample was read. */
void unwinder_end(struct unwinder *unwinder);

/* True if the sample holds what it takes to unwind it. */
bool unwinder_wants(const struct unwinder *unwinder, const struct perf_sample *sample);

/* A thread has just entered a function whose return is probed: callers of what it calls find a
 * trampoline in the place of its return address. Returns 0, or -1 without memory. */
int unwinder_enter(struct unwinder *unwinder, const struct perf_sample *sample, uint32_t tid,
                   const struct space *space);

/* Unwinds a thread's stack; `unknown` is the place of what lies nowhere. Returns 0, or -1 without
 * memory. */
int unwinder_stack(struct unwinder *unwinder, const struct perf_sample *sample, uint32_t tid,
                   const struct space *space, uint32_t unknown, struct unwind_result *result);

/* A sample whose stack will be asked for, after those ordered before it. It must stay as it is
 * until then, and so must all address spaces. Returns 0, or -1 without memory. */
int unwinder_order(struct unwinder *unwinder, const struct perf_sample *sample,
                   const struct space *space);

/* Unwinds what was ordered, with so many threads at most, this one among them. */
void unwinder_do_orders(struct unwinder *unwinder, uint32_t unknown, unsigned threads);

/* Nothing that was ordered will be asked for any more. */
void unwinder_forget(struct unwinder *unwinder);

#endif
