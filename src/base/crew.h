/* SPDX-License-Identifier: MIT */
/* Threads that share the items of a piece of work with the caller, and sleep between two pieces:
 *
 *     crew_share:  [0][1][2][3][4][5] ...     each item is taken by whoever is free next
 *                   │  │  └─ caller
 *                   │  └──── thread 1
 *                   └─────── caller
 *
 * To wake a thread takes long: the caller wakes one, which wakes the next, and so on while items
 * are left. One that wakes up when all are taken is not waited for. */
#ifndef PFL_BASE_CREW_H
#define PFL_BASE_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CREW_THREADS 8

typedef void crew_item(void *context, size_t number);

/* Zero-initialise to begin. */
struct crew {
    pthread_t threads[CREW_THREADS];
    unsigned thread_count; /* 0: there is no crew, the caller does all */
    pthread_mutex_t lock;
    pthread_cond_t given, left;
    /* By the lock: */
    uint64_t work;    /* pieces given so far */
    bool open, ended; /* items may be left; there will be no more work */
    crew_item *item;
    void *context;
    size_t count;
    atomic_size_t next;
    atomic_uint at_work; /* threads that may be doing an item; raised by the lock alone */
};

/* Begins so many threads beside the caller, or as many as are to be had and of use. */
void crew_begin(struct crew *crew, unsigned threads);

/* Ends the threads; does nothing if there are none. */
void crew_end(struct crew *crew);

/* Does all items below `count`, each once, in any order; what they did can be seen when it returns.
 * Two items may be done at the same time. */
void crew_share(struct crew *crew, crew_item *item, void *context, size_t count);

#endif
