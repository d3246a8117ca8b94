/* SPDX-License-Identifier: MIT */
/* Bytes in memory of which some were not read yet, because few look there.
 *
 *     bytes:  [ read │ begin ── not read ── end │ read ]
 *                      what lies here says nothing */
#ifndef PFL_BASE_GAP_H
#define PFL_BASE_GAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/source.h"

/* Where gaps can be read, and whether they are, so that whoever leaves them learns how large they
 * should be. */
struct gap_home {
    const struct source *source;
    atomic_uint met;     /* gaps in bytes that somebody began to look at */
    atomic_uint read_on; /* calls for what lies in them */
};

struct gap {
    uint8_t *bytes;        /* the first of all, not of the gap */
    struct gap_home *home; /* where it stands, at home_at */
    uint64_t home_at;
    uint32_t begin, end; /* equal: there is none */
};

/* To be called once by whoever looks at the bytes. */
static inline void gap_meet(const struct gap *gap)
{
    if (gap->begin < gap->end)
        atomic_fetch_add_explicit(&gap->home->met, 1, memory_order_relaxed);
}

/* Reads on at least to `to`, or to the end. */
bool gap_read_on(struct gap *gap, uint64_t to);

/* Sees to it that the bytes before `to` are there. False if the source does not have them any more,
 * or cannot be read. Threads may do so at once, each with gaps of its own. */
static inline bool gap_read(struct gap *gap, uint64_t to)
{
    return to <= gap->begin || gap->begin == gap->end || gap_read_on(gap, to);
}

#endif
