/* SPDX-License-Identifier: MIT */
/* A sample's call chain, taken apart into its kernel part and its user part, which may come from
 * a captured stack instead (unwind.h):
 *
 *     KERNEL k0 k1 k2 USER u0 u1 u2 u3
 *            └──────┘      └─────────┘
 *     k0, u0: where control was; the others: return addresses, one behind the call. */
#ifndef PFL_RESOLVE_CHAIN_H
#define PFL_RESOLVE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perf/record.h"
#include "resolve/memo.h"
#include "resolve/places.h"
#include "resolve/unwind/unwind.h"

struct chain_places {
    uint32_t *places; /* leaf first */
    size_t count, capacity;
};

/* The maker of parts; its arrays are used again for every sample. */
struct chain {
    struct places *places;
    struct unwinder *unwinder;         /* for captured stacks; NULL: they are left alone */
    bool compat;                       /* raw addresses, garbage kept: as perf script shows it */
    uint32_t unknown, guest;           /* places */
    const struct space *kernel, *user; /* of the sample */
    uint32_t tid;                      /* its thread */
    uint32_t kernel_object;            /* that of kernel addresses in no known mapping */
    struct chain_places kernel_places, user_places;
    struct unwind_result unwound;
    struct memo memo;
    uint64_t function;               /* has returned to the leaf and is to stand on it; 0: none */
    uint32_t kernel_part, user_part; /* numbers in the stacks; 0: empty */
    bool unwinds;                    /* the user part comes from the captured stack */
    bool broken;                     /* the user part ends in garbage */
    bool truncated;                  /* more of the stack was there than was captured */
    bool guessed; /* a caller was found by the frame pointer for want of better */
};

/* Makes the two places that every chain may need. Returns 0, or -1 without memory. */
int chain_init(struct chain *chain, struct places *places, bool compat);
void chain_done(struct chain *chain);

/* Fills the parts from a sample; `mode` is its enum perf_cpumode. Returns 0, or -1 without
 * memory. Beyond LIMIT_STACK_FRAMES the rest is left out. */
int chain_read(struct chain *chain, const struct perf_sample *sample, unsigned mode);

#endif
