/* SPDX-License-Identifier: MIT */
#include "perf/ahead.h"

#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "perf/session_data.h"

#define RECORDS 2048u

/* Pieces that a batch holds for the sake of small records: a record of at most COPIED_MOST bytes
 * out of yet another one is copied, as are most where the rings of many processors come by turns.
 * To copy all of them takes the reader a tenth longer. */
#define PIECES_MOST (AHEAD_PIECES - 2)
#define COPIED_MOST 4096u

/* A batch is full with records of so many bytes that stay where they were read, two blocks, or with
 * so many of large ones: captured stacks are to be looked at while they are in the cache, and their
 * memory to be used again soon. */
#define HELD_MOST  (512u * 1024)
#define LARGE_MOST (256u * 1024)

/* Copied records, and call chains that were put together, of two records at most. */
#define BYTES_MOST (1024u * 1024)
#define BYTES_ROOM (256u * 1024)

/* Who had to wait for a batch to be free goes on when so many are left at most: to be woken for
 * each costs both threads more than the batch. */
#define FULL_ENOUGH (AHEAD_BATCHES / 2)

/* How far ahead of what is written memory is asked for, which the caller had last. */
#define WRITTEN_AHEAD 1024u

#define SHORT      offsetof(struct perf_record, sample.cgroup)
#define ROOM_SHORT 128u
#define ROOM_WHOLE 256u
_Static_assert(SHORT <= ROOM_SHORT && sizeof(struct perf_record) <= ROOM_WHOLE, "room for records");

static const uint8_t *batch_copy(struct ahead_batch *batch, const uint8_t *bytes, size_t size)
{
    uint8_t *copy = batch->bytes + batch->bytes_size;
    for (size_t at = 0; at < size; at += MEM_LINE)
        mem_fetch_to_write(copy, WRITTEN_AHEAD + at);
    memcpy(copy, bytes, size);
    batch->bytes_size += (size + 7) & ~(size_t)7;
    return copy;
}

static void batch_hold(struct ahead_batch *batch, struct piece *piece)
{
    if (piece->batch == batch->number)
        return;
    piece->batch = batch->number;
    piece_hold(piece);
    batch->pieces[batch->piece_count++] = piece;
}

/* Forgets what was kept for a record that was not given. */
static void batch_forget(struct ahead_batch *batch)
{
    batch->bytes_size = batch->kept_bytes;
    while (batch->piece_count > batch->kept_pieces) {
        struct piece *piece = batch->pieces[--batch->piece_count];
        piece->batch = 0;
        piece_release(piece);
    }
}

const uint8_t *ahead_keep(struct ahead_batch *batch, const struct raw_record *raw)
{
    batch_forget(batch);
    bool held = raw->piece->batch == batch->number || batch->piece_count < PIECES_MOST;
    if (!held && raw->size <= COPIED_MOST && !raw->gap)
        return batch_copy(batch, raw->bytes, raw->size);
    batch_hold(batch, raw->piece);
    batch->held_size += raw->size;
    if (raw->size > COPIED_MOST)
        batch->large_size += raw->size;
    return raw->bytes;
}

const uint8_t *ahead_keep_chain(struct ahead_batch *batch, const uint8_t *bytes, size_t size)
{
    return batch_copy(batch, bytes, size);
}

/* As little of a record as there is goes from one processor's cache to the other's, and no line of
 * it with another record. */
static size_t record_room(const struct perf_record *record)
{
    bool is_short = record->type == PERF_RECORD_SAMPLE && perf_sample_is_short(&record->sample);
    return is_short ? ROOM_SHORT : ROOM_WHOLE;
}

/* Takes the record at `at`, and gives what room it has. */
static size_t batch_get(const struct ahead_batch *batch, size_t at, struct perf_record *to)
{
    const uint8_t *from = batch->records + at;
    memcpy(to, from, SHORT);
    size_t room = record_room(to);
    if (room == ROOM_SHORT)
        mem_clear((uint8_t *)to + SHORT, sizeof *to - SHORT);
    else
        memcpy((uint8_t *)to + SHORT, from + SHORT, sizeof *to - SHORT);
    return room;
}

/* Asks for the words of the chain that comes next: the other thread has read them. */
static void batch_fetch_chain(const struct ahead_batch *batch, size_t at)
{
    const struct perf_record *next = (const void *)(batch->records + at);
    if (next->type == PERF_RECORD_SAMPLE)
        for (size_t offset = 0; offset < 3 * MEM_LINE; offset += MEM_LINE)
            mem_fetch(next->sample.callchain.bytes, offset);
}

static void batch_clear(struct ahead_batch *batch)
{
    for (uint32_t i = 0; i < batch->piece_count; i++)
        piece_release(batch->pieces[i]);
    batch->piece_count = batch->count = 0;
    batch->records_size = batch->bytes_size = batch->kept_bytes = 0;
    batch->held_size = batch->large_size = batch->kept_pieces = 0;
}

static bool batch_is_full(const struct ahead_batch *batch)
{
    return batch->count == RECORDS || batch->piece_count == AHEAD_PIECES ||
           batch->held_size > HELD_MOST || batch->large_size > LARGE_MOST ||
           batch->bytes_size > BYTES_MOST - BYTES_ROOM;
}

static void batch_fill(struct ahead_batch *batch, struct perf_session *session, uint64_t number)
{
    batch_clear(batch);
    batch->number = number;
    session->keep = batch;
    do {
        struct perf_record *record = (void *)(batch->records + batch->records_size);
        mem_fetch_to_write(record, WRITTEN_AHEAD);
        mem_fetch_to_write(record, WRITTEN_AHEAD + MEM_LINE);
        batch->end = session_next(session, record, &batch->err);
        if (batch->end > 0) {
            batch->records_size += record_room(record);
            batch->count++;
        }
        batch->kept_bytes = batch->bytes_size;
        batch->kept_pieces = batch->piece_count;
    } while (batch->end > 0 && !batch_is_full(batch));
}

static void ahead_wait(struct ahead *ahead, bool *sleeps)
{
    *sleeps = true;
    pthread_cond_wait(&ahead->changed, &ahead->lock);
    *sleeps = false;
}

/* Waits for a batch that can be filled; NULL if no more are wanted. */
static struct ahead_batch *ahead_wait_free(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    if (ahead->filled - ahead->freed == AHEAD_BATCHES)
        while (!ahead->stop && ahead->filled - ahead->freed > FULL_ENOUGH)
            ahead_wait(ahead, &ahead->reader_sleeps);
    struct ahead_batch *batch = ahead->stop ? NULL : &ahead->batches[ahead->filled % AHEAD_BATCHES];
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
    struct ahead_batch *batch;
    uint64_t number = 0;
    int end = 1;
    while (end > 0 && (batch = ahead_wait_free(ahead))) {
        batch_fill(batch, ahead->session, ++number);
        end = batch->end;
        ahead_tell(ahead, &ahead->filled, number);
    }
    return NULL;
}

static void ahead_done(struct ahead *ahead)
{
    for (int i = 0; i < AHEAD_BATCHES; i++) {
        batch_clear(&ahead->batches[i]);
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
        batch->records = mem_alloc(RECORDS * ROOM_WHOLE);
        batch->bytes = mem_alloc(BYTES_MOST);
        ready = ready && batch->records && batch->bytes;
    }
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
    const struct ahead_batch *batch = &ahead->batches[ahead->given % AHEAD_BATCHES];
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
        struct ahead_batch *batch = &ahead->batches[ahead->given % AHEAD_BATCHES];
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
