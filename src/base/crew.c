/* SPDX-License-Identifier: MIT */
#include "base/crew.h"

#include "base/thread.h"

/* How often is looked whether the others have done their last items, before that is slept for: to
 * be woken takes longer than most items do. */
#define LOOKS 10000u

static void crew_take(struct crew *crew)
{
    for (size_t i; (i = atomic_fetch_add(&crew->next, 1)) < crew->count;)
        crew->item(crew->context, i);
}

/* Waits for a piece of work other than the last one; false if there will be none. By the lock. */
static bool crew_wait(struct crew *crew, uint64_t last)
{
    while (!crew->ended && !(crew->open && crew->work != last))
        pthread_cond_wait(&crew->given, &crew->lock);
    return !crew->ended;
}

static void *crew_run(void *context)
{
    struct crew *crew = context;
    uint64_t last = 0;
    pthread_mutex_lock(&crew->lock);
    while (crew_wait(crew, last)) {
        last = crew->work;
        atomic_fetch_add(&crew->at_work, 1);
        pthread_mutex_unlock(&crew->lock);
        if (atomic_load(&crew->next) < crew->count) /* who is awake wakes another */
            pthread_cond_signal(&crew->given);
        crew_take(crew);
        pthread_mutex_lock(&crew->lock);
        if (atomic_fetch_sub(&crew->at_work, 1) == 1)
            pthread_cond_signal(&crew->left);
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

static void crew_done(struct crew *crew)
{
    pthread_cond_destroy(&crew->left);
    pthread_cond_destroy(&crew->given);
    pthread_mutex_destroy(&crew->lock);
    *crew = (struct crew){.thread_count = 0};
}

void crew_begin(struct crew *crew, unsigned threads)
{
    *crew = (struct crew){.thread_count = 0};
    pthread_mutex_init(&crew->lock, NULL); /* with default attributes Linux has no failure */
    pthread_cond_init(&crew->given, NULL);
    pthread_cond_init(&crew->left, NULL);
    while (crew->thread_count < threads && crew->thread_count < CREW_THREADS &&
           thread_begin(&crew->threads[crew->thread_count], crew_run, crew))
        crew->thread_count++;
    if (!crew->thread_count)
        crew_done(crew);
}

void crew_end(struct crew *crew)
{
    if (!crew->thread_count)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->ended = true;
    pthread_cond_broadcast(&crew->given);
    pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->thread_count; i++)
        pthread_join(crew->threads[i], NULL);
    crew_done(crew);
}

void crew_share(struct crew *crew, crew_item *item, void *context, size_t count)
{
    crew->item = item;
    crew->context = context;
    crew->count = count;
    atomic_store(&crew->next, 0);
    if (!crew->thread_count) {
        crew_take(crew);
        return;
    }
    pthread_mutex_lock(&crew->lock);
    crew->work++;
    crew->open = true;
    pthread_cond_signal(&crew->given);
    pthread_mutex_unlock(&crew->lock);
    crew_take(crew);
    pthread_mutex_lock(&crew->lock);
    crew->open = false;
    pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < LOOKS && atomic_load(&crew->at_work); i++)
        ;
    pthread_mutex_lock(&crew->lock);
    while (atomic_load(&crew->at_work))
        pthread_cond_wait(&crew->left, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}
