/* SPDX-License-Identifier: MIT */
/* Items that are handed to another thread, which takes them in their order:
 *
 *     caller ──▶ [batch 4: being filled] [3: full] [2: full] [1: being taken] ──▶ taker
 *
 * To wake a thread takes long: the taker is woken when half of the batches are full, and the
 * caller, if it had to wait, when half of them are free. */
#ifndef PFL_BASE_BELT_H
#define PFL_BASE_BELT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BELT_BATCHES 8u

/* Takes items, and may write to them; returns 0, or -1 if what follows need not be taken any more.
 */
typedef int belt_take(void *context, void *items, size_t count);

/* Zero-initialise to begin. */
struct belt {
    pthread_t thread;
    bool begun;
    belt_take *take;
    void *context;
    uint8_t *items; /* BELT_BATCHES times `most` */
    size_t item_size, most, count;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* By the lock: */
    uint64_t full, taken; /* batches */
    size_t last;          /* items in the last one, which alone may have fewer */
    bool caller_waits, ended, failed;
};

/* Begins a thread to which up to `most` items of a size are handed at once. False where no thread
 * or no memory is to be had. */
bool belt_begin(struct belt *belt, size_t item_size, size_t most, belt_take *take, void *context);

/* Hands over a full batch, and waits until another one is free. */
void belt_hand(struct belt *belt);

/* Room for the next item, to be filled before the next call. */
static inline void *belt_put(struct belt *belt)
{
    if (belt->count == belt->most)
        belt_hand(belt);
    size_t batch = (size_t)(belt->full % BELT_BATCHES);
    return belt->items + (batch * belt->most + belt->count++) * belt->item_size;
}

/* Waits until all was taken, and ends the thread; does nothing if there is none. Returns 0, or -1
 * if the taker failed. */
int belt_end(struct belt *belt);

#endif
