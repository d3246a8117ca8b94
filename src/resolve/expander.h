/* SPDX-License-Identifier: MIT */
/* The inlined functions of objects, looked for by other threads while the first one reads the
 * symbols of further objects, and by all of them when that is done.
 *
 *     names_load(1) ─▶ names_load(2) ─▶ names_load(3) ─▶ ...
 *         │                │                │
 *         ▼                ▼                ▼
 *       order 1 ───────▶ order 2 ───────▶ order 3 ─▶ ...     each is taken by whoever is free
 *         │ found          │ found          │ found
 *         ▼                ▼                ▼
 *     expander_end takes what was found, in the order of the orders: that is the same for any
 *     number of threads.
 *
 * Of objects that will be ordered, debug information can be unpacked before: while the recording is
 * read, when there is a thread to spare. What was not begun by the time of the order is not begun
 * any more. */
#ifndef PFL_RESOLVE_EXPANDER_H
#define PFL_RESOLVE_EXPANDER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve/dwarf/places.h"

#define EXPANDER_THREADS 8

enum expander_foreseen_state { FORESEEN_WAITING, FORESEEN_BEGUN, FORESEEN_DONE };

/* An object whose places will be expanded. */
struct expander_foreseen {
    struct expander_foreseen *next;
    uint32_t object;
    char *program, *debug;
    enum expander_foreseen_state state; /* by the lock */
    struct dwarf_file *file;            /* NULL: it has none, or it was taken */
};

/* An object whose places are to be expanded. */
struct expander_order {
    struct expander_order *next;
    struct expander_foreseen *foreseen; /* that was begun; or NULL */
    char *texts[3];                     /* of `files`, which lead here; NULL where there is none */
    struct dwarf_files files;
    const uint32_t *places;
    size_t place_count;
    struct dwarf_found found;
    int result; /* 0, or -1 without memory */
};

/* Zero-initialise to begin. */
struct expander {
    struct dwarf_places *places;
    pthread_t threads[EXPANDER_THREADS];
    unsigned thread_count; /* 0: it is not at work */
    pthread_mutex_t lock;
    pthread_cond_t given;
    pthread_cond_t opened;
    /* By the lock: */
    struct expander_order *first, *last, *todo;
    struct expander_foreseen *foreseen;
    bool closed; /* no more will be given */
};

/* Begins so many threads, or as many as are to be had and of use; what they find is for `places`,
 * which must stay as it is until expander_end. */
void expander_begin(struct expander *expander, struct dwarf_places *places, unsigned threads);

/* Foresees an order of this object. Returns 0, or -1 without memory. */
int expander_foresee(struct expander *expander, uint32_t object, const char *program,
                     const char *debug);

/* No more will be foreseen; what was not begun is not begun any more. */
void expander_hurry(struct expander *expander);

/* Gives an order; files' texts are copied, `numbers` must stay where they are until expander_end.
 * Returns 0, or -1 without memory. */
int expander_give(struct expander *expander, uint32_t object, const uint32_t *numbers, size_t count,
                  const struct dwarf_files *files);

/* Does what is left to do, waits for the threads, and puts into `places` what was found; does
 * nothing if it is not at work. Returns 0, or -1 without memory. */
int expander_end(struct expander *expander);

#endif
