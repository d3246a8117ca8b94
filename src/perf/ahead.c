/* SPDX-License-Identifier: MIT */
#include "perf/ahead.h"

#include "base/mem.h"
#include "base/thread.h"
#include "perf/session_data.h"

/* Who had to wait for a batch to be free goes on when so many are left at most: to be woken for
 * each costs both threads more than the batch. */
#define FULL_ENOUGH (AHEAD_BATCHES / 2)

static void ahead_fill(struct batch *batch, struct perf_session *session, uint64_t number)
{
    batch_begin(batch, number);
    session->keep = batch;
    do {
        batch->end = session_next(session, batch_next(batch), &batch->err);
        if (batch->end > 0)
            batch_add(batch);
    } while (batch->end > 0 && !batch_is_full(batch));
}

static void ahead_wait(struct ahead *ahead, bool *sleeps)
{
    *sleeps = true;
    pthread_cond_wait(&ahead->changed, &ahead->lock);
    *sleeps = false;
}

/* Waits for a batch that can be filled; NULL if no more are wanted. */
static struct batch *ahead_wait_free(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    if (ahead->filled - ahead->freed == AHEAD_BATCHES)
        while (!ahead->stop && ahead->filled - ahead->freed > FULL_ENOUGH)
            ahead_wait(ahead, &ahead->reader_sleeps);
    struct batch *batch = ahead->stop ? NULL : &ahead->batches[ahead->filled % AHEAD_BATCHES];
    ahead->session->blocks.leads = ahead->filled - ahead->freed > AHEAD_BATCHES / 4;
    pthread_mutex_unlock(&ahead->lock);
    return batch;
}

/* Tells the other thread, if it waits for that. */
static void ahead_tell(struct ahead *ahead, uint64_t *counter, uint64_t count)
{
    pthread_mutex_lock(&ahead->lock);
    *counter = count;
    if (ahead->caller_sleeps ||
        (ahead->reader_sleeps && ahead->filled - ahead->freed <= FULL_ENOUGH))
        pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
}

static void *ahead_run(void *context)
{
    struct ahead *ahead = context;
    struct batch *batch;
    uint64_t number = 0;
    int end = 1;
    while (end > 0 && (batch = ahead_wait_free(ahead))) {
        ahead_fill(batch, ahead->session, ++number);
        end = batch->end;
        ahead_tell(ahead, &ahead->filled, number);
    }
    return NULL;
}

static void ahead_done(struct ahead *ahead)
{
    for (int i = 0; i < AHEAD_BATCHES; i++)
        batch_done(&ahead->batches[i]);
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->lock);
    mem_free(ahead);
}

bool ahead_new(struct ahead **ret_ahead, struct perf_session *session)
{
    struct ahead *ahead = mem_zalloc(1, sizeof *ahead);
    if (!ahead)
        return false;
    bool ready = true;
    ahead->session = session;
    pthread_mutex_init(&ahead->lock, NULL); /* with default attributes Linux has no failure */
    pthread_cond_init(&ahead->changed, NULL);
    for (int i = 0; i < AHEAD_BATCHES; i++)
        ready &= batch_init(&ahead->batches[i]) == 0;
    if (!ready || !thread_begin(&ahead->thread, ahead_run, ahead)) {
        ahead_done(ahead);
        return false;
    }
    *ret_ahead = ahead;
    return true;
}

void ahead_free(struct ahead *ahead)
{
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->stop = true;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
    pthread_join(ahead->thread, NULL);
    ahead_done(ahead);
}

bool ahead_is_ready(struct ahead *ahead)
{
    const struct batch *batch = &ahead->batches[ahead->given % AHEAD_BATCHES];
    if (ahead->given_records > 0 && ahead->given_records < batch->count)
        return true;
    pthread_mutex_lock(&ahead->lock);
    bool is_ready = ahead->filled > ahead->given + (ahead->given_records > 0);
    pthread_mutex_unlock(&ahead->lock);
    return is_ready;
}

void ahead_forget(struct ahead *ahead)
{
    ahead_tell(ahead, &ahead->freed, ahead->given);
}

int ahead_next(struct ahead *ahead, struct perf_record *ret_record, struct pfl_error *err)
{
    for (;;) {
        struct batch *batch = &ahead->batches[ahead->given % AHEAD_BATCHES];
        if (ahead->given_records == 0) {
            pthread_mutex_lock(&ahead->lock);
            while (ahead->filled == ahead->given)
                ahead_wait(ahead, &ahead->caller_sleeps);
            pthread_mutex_unlock(&ahead->lock);
        }
        if (ahead->given_records < batch->count) {
            ahead->given_records++;
            ahead->at += batch_get(batch, ahead->at, ret_record);
            if (ahead->given_records < batch->count)
                batch_fetch_chain(batch, ahead->at);
            return 1;
        }
        if (batch->end <= 0) {
            if (batch->end < 0 && err)
                *err = batch->err;
            return batch->end;
        }
        ahead->given_records = 0;
        ahead->at = 0;
        ahead->given++;
        if (!ahead->keeps)
            ahead_forget(ahead);
    }
}
