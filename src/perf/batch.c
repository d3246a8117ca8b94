/* SPDX-License-Identifier: MIT */
#include "perf/batch.h"

#define RECORDS_MOST 2048u

/* Pieces that a batch holds for the sake of small records: a record of at most COPIED_MOST bytes
 * out of yet another one is copied, as are most where the rings of many processors come by turns.
 * To copy all of them takes the reader a tenth longer. */
#define PIECES_MOST (BATCH_PIECES - 2)
#define COPIED_MOST 4096u

/* A batch is full with records of so many bytes that stay where they were read, two blocks, or with
 * so many of large ones: captured stacks are to be looked at while they are in the cache, and their
 * memory to be used again soon. */
#define HELD_MOST  (512u * 1024)
#define LARGE_MOST (256u * 1024)

/* Copied records, and call chains that were put together, of two records at most. */
#define BYTES_MOST (1024u * 1024)
#define BYTES_ROOM (256u * 1024)

/* How far ahead of what is written memory is asked for, which the caller had last. */
#define WRITTEN_AHEAD 1024u

int batch_init(struct batch *batch)
{
    batch->records = mem_alloc(RECORDS_MOST * BATCH_ROOM_WHOLE);
    batch->bytes = mem_alloc(BYTES_MOST);
    return batch->records && batch->bytes ? 0 : -1;
}

void batch_begin(struct batch *batch, uint64_t number)
{
    for (uint32_t i = 0; i < batch->piece_count; i++)
        piece_release(batch->pieces[i]);
    batch->number = number;
    batch->piece_count = batch->count = 0;
    batch->records_size = batch->bytes_size = batch->kept_bytes = 0;
    batch->held_size = batch->large_size = batch->kept_pieces = 0;
}

void batch_done(struct batch *batch)
{
    batch_begin(batch, 0);
    mem_free(batch->records);
    mem_free(batch->bytes);
}

struct perf_record *batch_next(const struct batch *batch)
{
    struct perf_record *record = (void *)(batch->records + batch->records_size);
    mem_fetch_to_write(record, WRITTEN_AHEAD);
    mem_fetch_to_write(record, WRITTEN_AHEAD + MEM_LINE);
    return record;
}

void batch_add(struct batch *batch)
{
    batch->records_size += batch_room((void *)(batch->records + batch->records_size));
    batch->count++;
    batch->kept_bytes = batch->bytes_size;
    batch->kept_pieces = batch->piece_count;
}

bool batch_is_full(const struct batch *batch)
{
    return batch->count == RECORDS_MOST || batch->piece_count == BATCH_PIECES ||
           batch->held_size > HELD_MOST || batch->large_size > LARGE_MOST ||
           batch->bytes_size > BYTES_MOST - BYTES_ROOM;
}

static const uint8_t *batch_copy(struct batch *batch, const uint8_t *bytes, size_t size)
{
    uint8_t *copy = batch->bytes + batch->bytes_size;
    for (size_t at = 0; at < size; at += MEM_LINE)
        mem_fetch_to_write(copy, WRITTEN_AHEAD + at);
    memcpy(copy, bytes, size);
    batch->bytes_size += (size + 7) & ~(size_t)7;
    return copy;
}

static void batch_hold(struct batch *batch, struct piece *piece)
{
    if (piece->batch == batch->number)
        return;
    piece->batch = batch->number;
    piece_hold(piece);
    batch->pieces[batch->piece_count++] = piece;
}

/* Forgets what was kept for a record that was not given. */
static void batch_forget(struct batch *batch)
{
    batch->bytes_size = batch->kept_bytes;
    while (batch->piece_count > batch->kept_pieces) {
        struct piece *piece = batch->pieces[--batch->piece_count];
        piece->batch = 0;
        piece_release(piece);
    }
}

const uint8_t *batch_keep(struct batch *batch, const struct raw_record *raw)
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

const uint8_t *batch_keep_chain(struct batch *batch, const uint8_t *bytes, size_t size)
{
    return batch_copy(batch, bytes, size);
}
