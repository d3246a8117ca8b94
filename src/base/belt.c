/* SPDX-License-Identifier: MIT */
#include "base/belt.h"

#include "base/mem.h"
#include "base/thread.h"

/* Waits until there is enough to take; the number of items, or 0 at the end. By the lock. */
static size_t belt_wait(struct belt *belt)
{
    if (belt->full == belt->taken)
        while (!belt->ended && belt->full - belt->taken < BELT_BATCHES / 2)
            pthread_cond_wait(&belt->changed, &belt->lock);
    if (belt->full == belt->taken)
        return 0;
    return belt->ended && belt->full == belt->taken + 1 ? belt->last : belt->most;
}

static void *belt_run(void *context)
{
    struct belt *belt = context;
    size_t count;
    bool failed = false;
    pthread_mutex_lock(&belt->lock);
    while ((count = belt_wait(belt)) > 0) {
        uint8_t *items =
            belt->items + (size_t)(belt->taken % BELT_BATCHES) * belt->most * belt->item_size;
        pthread_mutex_unlock(&belt->lock);
        failed = failed || belt->take(belt->context, items, count) < 0;
        pthread_mutex_lock(&belt->lock);
        belt->taken++;
        if (belt->caller_waits && belt->full - belt->taken <= BELT_BATCHES / 2)
            pthread_cond_broadcast(&belt->changed);
    }
    belt->failed = failed;
    pthread_mutex_unlock(&belt->lock);
    return NULL;
}

bool belt_begin(struct belt *belt, size_t item_size, size_t most, belt_take *take, void *context)
{
    *belt = (struct belt){
        .take = take,
        .context = context,
        .item_size = item_size,
        .most = most,
        .items = mem_alloc(BELT_BATCHES * most * item_size),
    };
    pthread_mutex_init(&belt->lock, NULL); /* with default attributes Linux has no failure */
    pthread_cond_init(&belt->changed, NULL);
    belt->begun = belt->items && thread_begin(&belt->thread, belt_run, belt);
    if (!belt->begun)
        mem_free(MEM_TAKE(belt->items));
    return belt->begun;
}

void belt_hand(struct belt *belt)
{
    pthread_mutex_lock(&belt->lock);
    belt->full++;
    belt->count = 0;
    if (belt->full - belt->taken == BELT_BATCHES / 2)
        pthread_cond_broadcast(&belt->changed);
    belt->caller_waits = belt->full - belt->taken == BELT_BATCHES;
    while (belt->caller_waits) {
        pthread_cond_wait(&belt->changed, &belt->lock);
        belt->caller_waits = belt->full - belt->taken > BELT_BATCHES / 2;
    }
    pthread_mutex_unlock(&belt->lock);
}

int belt_end(struct belt *belt)
{
    if (!belt->begun)
        return 0;
    pthread_mutex_lock(&belt->lock);
    belt->last = belt->count ? belt->count : belt->most;
    belt->full += belt->count > 0;
    belt->ended = true;
    pthread_cond_broadcast(&belt->changed);
    pthread_mutex_unlock(&belt->lock);
    pthread_join(belt->thread, NULL);
    pthread_cond_destroy(&belt->changed);
    pthread_mutex_destroy(&belt->lock);
    mem_free(belt->items);
    int r = belt->failed ? -1 : 0;
    *belt = (struct belt){.begun = false};
    return r;
}
