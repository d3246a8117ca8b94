/* SPDX-License-Identifier: MIT */
/* Work that another thread does meanwhile; where none may be begun or is to be had, whoever waits
 * for it does it.
 *
 *     CLEANUP(errand_drop) struct errand errand = {0};
 *     errand_begin(&errand, threads > 1, sort_rows, &rows);
 *     ... what does not touch the rows ...
 *     errand_end(&errand); */
#ifndef PFL_BASE_ERRAND_H
#define PFL_BASE_ERRAND_H

#include <pthread.h>
#include <stdbool.h>

/* Zero-initialise to begin. */
struct errand {
    void (*run)(void *context); /* NULL: nothing is to be done */
    void *context;
    pthread_t thread;
    bool away; /* on a thread of its own */
};

void errand_begin(struct errand *errand, bool away, void (*run)(void *context), void *context);

/* Returns when the work is done. */
void errand_end(struct errand *errand);

/* The same for whoever gives up: what was not begun is left. */
void errand_drop(struct errand *errand);

#endif
