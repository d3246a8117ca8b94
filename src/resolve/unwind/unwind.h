/* SPDX-License-Identifier: MIT */
/* From the registers and the stack bytes of a sample to its user part.
 *
 *     captured:  [sp ───────────────── sp + size)     bytes of the stack as it was
 *     frame:     pc ─▶ mapping ─▶ (object, offset) ─▶ slot: place, rule ─▶ caller's pc, sp, ...
 *
 *     an object:  slots: [offset|place|rule] [ free ] [offset|place|rule] ...
 *                 open addressing; filled once per program counter, used by all processes
 *     rules:      [free] [rule 1] [rule 2] ...
 *                 a few hundred for tens of thousands of slots, which stay small by it
 *
 * Nothing is read but the captured bytes, and no caller is guessed but by the frame pointer where
 * there is no CFI, which is told. */
#ifndef PFL_RESOLVE_UNWIND_UNWIND_H
#define PFL_RESOLVE_UNWIND_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/index.h"
#include "perf/session.h"
#include "resolve/names.h"
#include "resolve/unwind/cfi_rule.h"
#include "resolve/unwind/returns.h"
#include "resolve/unwind/trampoline.h"
#include "resolve/spaces.h"
#include "stacks/stacks.h"

enum unwind_end {
    UNWIND_ROOT = 0,  /* nobody called the outermost frame */
    UNWIND_TRUNCATED, /* the stack goes on behind what was captured */
    UNWIND_LOST,      /* the caller could not be found */
    UNWIND_NOWHERE,   /* the leaf lies in no mapping */
};

struct unwind_slot {
    uint64_t offset; /* in the object, as places count it */
    uint32_t place;
    uint32_t rule; /* its number; 0: the slot is free */
};

struct unwind_rules {
    struct cfi_rule *items;
    size_t count, capacity;
    struct index index;
};

struct unwind_object {
    bool opened;
    struct cfi *cfi; /* NULL without */
    struct unwind_slot *slots;
    uint32_t mask, count; /* slots - 1, or 0 while there are none; those in use */
    struct cfi_row *rows; /* those that no rule covers */
    size_t row_count, row_capacity;
    struct trampolines trampolines; /* sought where an address has no CFI */
};

struct unwinder {
    struct names *names; /* knows where files are */
    struct stacks *stacks;
    bool compat;
    const struct perf_session *session;
    const char *arch;
    struct unwind_object *objects; /* by number */
    size_t count, capacity;
    struct unwind_rules rules; /* of all objects */
    struct returns returns;
    uint32_t trampoline; /* path of the page that return probes return to, in the objects' paths */
};

/* The caller's array for the places of a stack, leaf first. */
struct unwind_result {
    uint32_t *places;
    size_t count, capacity;
    enum unwind_end end;
    bool guessed; /* a caller was found by the frame pointer for want of CFI */
};

void unwinder_init(struct unwinder *unwinder, struct names *names, struct stacks *stacks,
                   bool compat);
void unwinder_done(struct unwinder *unwinder);

/* The session must stay until its last sample. */
void unwinder_begin(struct unwinder *unwinder, const struct perf_session *session);

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

#endif
