/* SPDX-License-Identifier: MIT */
/* The inlined functions of objects, looked for by a second thread while the symbols of others are
 * read by the first.
 *
 *     names_load(1) ─▶ names_load(2) ─▶ names_load(3) ─▶ ...  the caller
 *         │                │                │
 *         ▼                ▼                ▼
 *     [orders .....................................]
 *         └─▶ expand 1 ──────────▶ expand 2 ─▶ ...             the thread
 *
 * The orders are carried out one after another, as they were given, so that what comes of them is
 * the same without a thread. Until expander_end the table of results is the thread's alone. */
#ifndef PFL_RESOLVE_EXPANDER_H
#define PFL_RESOLVE_EXPANDER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve/dwarf/places.h"

/* An object whose places are to be expanded. */
struct expander_order {
    char *texts[3]; /* of `files`, which lead here; NULL where there is none */
    struct dwarf_files files;
    const uint32_t *places;
    size_t place_count;
};

/* Zero-initialise to begin. */
struct expander {
    struct dwarf_places *results;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct expander_order *orders; /* with what follows, by the lock */
    size_t count, capacity, next;
    bool closed; /* no more will be given */
    bool runs;   /* there is a thread */
    int result;  /* of the orders carried out: 0, or -1 without memory */
};

/* Begins a thread that fills `results`. False where none is to be had. */
bool expander_begin(struct expander *expander, struct dwarf_places *results);

/* Gives an order; files' texts are copied, `places` must stay where they are until expander_end.
 * Returns 0, or -1 without memory. */
int expander_give(struct expander *expander, const uint32_t *places, size_t count,
                  const struct dwarf_files *files);

/* Waits until all is done, and ends the thread; does nothing where none runs. Returns 0, or -1 if
 * an order ran out of memory. */
int expander_end(struct expander *expander);

#endif
