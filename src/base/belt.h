/* SPDX-License-Identifier: MIT */
/* Items that are handed to another thread, which takes them in their order:
 *
 *     caller ──▶ [item 4: being filled] [3: full] [2: full] [1: being taken] ──▶ taker
 *
 * To wake a thread takes long: an item is best a batch of work, the taker is woken when there are
 * half as many as there is room for, and the caller, if it had to wait, when half of it is free. */
#ifndef PFL_BASE_BELT_H
#define PFL_BASE_BELT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BELT_ITEMS 8u

/* Takes an item, and may write to it; returns 0, or -1 if what follows need not be taken any more.
 */
typedef int belt_take(void *context, void *item);

/* Zero-initialise to begin. */
struct belt {
    pthread_t thread;
    bool begun;
    belt_take *take;
    void *context;
    uint8_t *items; /* BELT_ITEMS */
    size_t item_size;
    bool filling; /* an item */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* By the lock: */
    uint64_t full, taken;
    bool caller_waits, ended, failed;
};

/* Begins a thread that takes items of a size. False where no thread or no memory is to be had. */
bool belt_begin(struct belt *belt, size_t item_size, belt_take *take, void *context);

/* Room for the next item, to be filled before the next call; waits until some is free. */
void *belt_put(struct belt *belt);

/* Waits until all was taken, and ends the thread; does nothing if there is none. Returns 0, or -1
 * if the taker failed. */
int belt_end(struct belt *belt);

#endif
