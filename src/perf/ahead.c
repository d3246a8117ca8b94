/* SPDX-License-Identifier: MIT */
#include "perf/ahead.h"

#include <signal.h>
#include <string.h>

#include "base/mem.h"
#include "perf/session_data.h"

#define RECORDS 2048u

/* A record has at most 64 KiB, and so has its call chain, to which one as long may be joined. */
#define BYTES_MOST (1024u * 1024)
#define BYTES_ROOM (256u * 1024)

const uint8_t *ahead_keep(struct ahead_batch *batch, const uint8_t *bytes, size_t size)
{
    uint8_t *copy = batch->bytes + batch->used;
    memcpy(copy, bytes, size);
    batch->used += (size + 7) & ~(size_t)7;
    return copy;
}

/* Passes a record on: as little of it as there is, for each line goes from one processor's cache to
 * the other's. */
static void record_put(struct perf_record *to, const struct perf_record *record)
{
    bool is_short = record->type == PERF_RECORD_SAMPLE && perf_sample_is_short(&record->sample);
    memcpy(to, record, is_short ? offsetof(struct perf_record, sample.addr) : sizeof *record);
}

static void record_take(struct perf_record *to, const struct perf_record *record)
{
    const size_t first = offsetof(struct perf_record, sample.addr);
    memcpy(to, record, first);
    if (record->type == PERF_RECORD_SAMPLE && perf_sample_is_short(&record->sample))
        memset((char *)to + first, 0, sizeof *to - first);
    else
        memcpy((char *)to + first, (const char *)record + first, sizeof *to - first);
}

static void batch_fill(struct ahead_batch *batch, struct perf_session *session)
{
    struct perf_record record;
    batch->count = 0;
    batch->kept = batch->used = 0;
    session->keep = batch;
    do {
        batch->end = session_next(session, &record, &batch->err);
        if (batch->end > 0)
            record_put(&batch->records[batch->count++], &record);
        batch->kept = batch->used;
    } while (batch->end > 0 && batch->count < RECORDS && batch->kept < BYTES_MOST - BYTES_ROOM);
}

/* Waits for a batch that can be filled; NULL if no more are wanted. */
static struct ahead_batch *ahead_wait_free(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    while (!ahead->stop && ahead->filled - ahead->given == AHEAD_BATCHES)
        pthread_cond_wait(&ahead->changed, &ahead->lock);
    struct ahead_batch *batch = ahead->stop ? NULL : &ahead->batches[ahead->filled % AHEAD_BATCHES];
    pthread_mutex_unlock(&ahead->lock);
    return batch;
}

static void ahead_tell(struct ahead *ahead, uint64_t *counter)
{
    pthread_mutex_lock(&ahead->lock);
    ++*counter;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
}

static void *ahead_run(void *context)
{
    struct ahead *ahead = context;
    struct ahead_batch *batch;
    int end = 1;
    while (end > 0 && (batch = ahead_wait_free(ahead))) {
        batch_fill(batch, ahead->session);
        end = batch->end;
        ahead_tell(ahead, &ahead->filled);
    }
    return NULL;
}

static bool ahead_start(struct ahead *ahead)
{
    /* Signals are for the threads that the program knows of. */
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    bool runs = pthread_create(&ahead->thread, NULL, ahead_run, ahead) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return runs;
}

static void ahead_done(struct ahead *ahead)
{
    for (int i = 0; i < AHEAD_BATCHES; i++) {
        mem_free(ahead->batches[i].records);
        mem_free(ahead->batches[i].bytes);
    }
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
    for (int i = 0; i < AHEAD_BATCHES; i++) {
        struct ahead_batch *batch = &ahead->batches[i];
        batch->records = mem_alloc(RECORDS * sizeof *batch->records);
        batch->bytes = mem_alloc(BYTES_MOST);
        ready = ready && batch->records && batch->bytes;
    }
    if (!ready || !ahead_start(ahead)) {
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

int ahead_next(struct ahead *ahead, struct perf_record *ret_record, struct pfl_error *err)
{
    for (;;) {
        struct ahead_batch *batch = &ahead->batches[ahead->given % AHEAD_BATCHES];
        if (ahead->at == 0) {
            pthread_mutex_lock(&ahead->lock);
            while (ahead->filled == ahead->given)
                pthread_cond_wait(&ahead->changed, &ahead->lock);
            pthread_mutex_unlock(&ahead->lock);
        }
        if (ahead->at < batch->count) {
            record_take(ret_record, &batch->records[ahead->at++]);
            return 1;
        }
        if (batch->end <= 0) {
            if (batch->end < 0 && err)
                *err = batch->err;
            return batch->end;
        }
        ahead->at = 0;
        ahead_tell(ahead, &ahead->given);
    }
}
