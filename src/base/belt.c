/* SPDX-License-Identifier: MIT */
#include "base/belt.h"

#include "base/mem.h"
#include "base/thread.h"

static uint8_t *belt_item(const struct belt *belt, uint64_t number)
{
    return belt->items + (size_t)(number % BELT_ITEMS) * belt->item_size;
}

/* Waits until there is enough to take; false at the end. By the lock. */
static bool belt_wait(struct belt *belt)
{
    if (belt->full == belt->taken)
        while (!belt->ended && belt->full - belt->taken < BELT_ITEMS / 2)
            pthread_cond_wait(&belt->changed, &belt->lock);
    return belt->full != belt->taken;
}

static void *belt_run(void *context)
{
    struct belt *belt = context;
    bool failed = false;
    pthread_mutex_lock(&belt->lock);
    while (belt_wait(belt)) {
        uint8_t *item = belt_item(belt, belt->taken);
        pthread_mutex_unlock(&belt->lock);
        failed = failed || belt->take(belt->context, item) < 0;
        pthread_mutex_lock(&belt->lock);
        belt->taken++;
        if (belt->caller_waits && belt->full - belt->taken <= BELT_ITEMS / 2)
            pthread_cond_broadcast(&belt->changed);
    }
    belt->failed = failed;
    pthread_mutex_unlock(&belt->lock);
    return NULL;
}

bool belt_begin(struct belt *belt, size_t item_size, belt_take *take, void *context)
{
    *belt = (struct belt){
        .take = take,
        .context = context,
        .item_size = item_size,
        .items = mem_alloc(BELT_ITEMS * item_size),
    };
    pthread_mutex_init(&belt->lock, NULL); /* with default attributes Linux has no failure */
    pthread_cond_init(&belt->changed, NULL);
    belt->begun = belt->items && thread_begin(&belt->thread, belt_run, belt);
    if (!belt->begun)
        mem_free(MEM_TAKE(belt->items));
    return belt->begun;
}

/* Hands over a full item, and waits until another one is free. */
static void belt_hand(struct belt *belt)
{
    pthread_mutex_lock(&belt->lock);
    belt->full++;
    if (belt->full - belt->taken == BELT_ITEMS / 2)
        pthread_cond_broadcast(&belt->changed);
    belt->caller_waits = belt->full - belt->taken == BELT_ITEMS;
    while (belt->caller_waits) {
        pthread_cond_wait(&belt->changed, &belt->lock);
        belt->caller_waits = belt->full - belt->taken > BELT_ITEMS / 2;
    }
    pthread_mutex_unlock(&belt->lock);
}

void *belt_put(struct belt *belt)
{
    if (belt->filling)
        belt_hand(belt);
    belt->filling = true;
    return belt_item(belt, belt->full);
}

int belt_end(struct belt *belt)
{
    if (!belt->begun)
        return 0;
    pthread_mutex_lock(&belt->lock);
    belt->full += belt->filling;
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
