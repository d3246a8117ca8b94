/* SPDX-License-Identifier: MIT */
/* One frame up: the registers of a frame and its rule become the registers of its caller. */
#ifndef PFL_RESOLVE_UNWIND_STEP_H
#define PFL_RESOLVE_UNWIND_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perf/record.h"
#include "resolve/unwind/unwind.h"

/* The captured bytes: [start, start + size) of the stack. */
struct unwind_memory {
    const uint8_t *bytes;
    uint64_t start, size;
    struct gap gap; /* in them */
    bool swap;
    bool full;             /* as much was captured as was asked for */
    uint64_t out_of_reach; /* the address that was last asked for in vain */
};

struct unwind_state {
    const struct unwind_machine *machine;
    struct unwind_memory memory;
    bool exact;     /* pc was interrupted there; otherwise a call lies before it */
    uint64_t known; /* bits: which registers have a value */
    uint64_t registers[CFI_REGISTERS]; /* by DWARF's numbers */
};

/* False if the sample has no pc or no stack pointer. */
bool unwind_state_init(struct unwind_state *state, const struct unwind_machine *machine,
                       const struct perf_sample *sample, uint64_t mask);

/* Steps to the caller; false (and why) where there is none, or none that can be found. */
bool unwind_step(struct unwind_state *state, const struct unwind_object *object,
                 const struct cfi_rule *rule, enum unwind_end *ret_end);

/* Of a state at the entry of a function: the address that it returns to, and the stack pointer that
 * its caller has then. False if they were not captured. */
bool unwind_entered(struct unwind_state *state, uint64_t *ret_stack, uint64_t *ret_address);

/* Puts another address in the place of a caller's, whose frame it is all the same. */
void unwind_resume(struct unwind_state *state, uint64_t address);

#endif
