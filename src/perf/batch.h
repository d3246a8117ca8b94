/* SPDX-License-Identifier: MIT */
/* Records that one thread reads and another one takes.
 *
 *     records:  [short][short][  whole  ][short] ...     most samples have few fields
 *     pieces:   what the records lead into, held until the batch begins anew
 *
 * What was read is copied only where too many pieces would be held. */
#ifndef PFL_PERF_BATCH_H
#define PFL_PERF_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "perf/decode.h"
#include "perf/pieces.h"
#include "perf/record.h"

#define BATCH_PIECES 16

struct batch {
    uint64_t number; /* of this filling, from 1 */
    uint32_t count;
    uint8_t *records;
    size_t records_size;
    uint8_t *bytes; /* copied */
    struct piece *pieces[BATCH_PIECES];
    size_t bytes_size;
    size_t held_size;  /* of records that lead into pieces */
    size_t large_size; /* of large ones among them */
    uint32_t piece_count;
    size_t kept_bytes; /* of both, what the records lead into; the rest is that of one which is */
    uint32_t kept_pieces; /* being decoded */
    int end;              /* 1: more follow; 0, or an error: it is the last */
    struct pfl_error err;
};

/* Returns 0, or -1 without memory; batch_done is due either way. */
int batch_init(struct batch *batch);
void batch_done(struct batch *batch);

/* Forgets its records, for those of another filling. */
void batch_begin(struct batch *batch, uint64_t number);

/* Where the next record is to be written, of which there is always room for one. */
struct perf_record *batch_next(const struct batch *batch);

/* It was written there, and is the batch's. */
void batch_add(struct batch *batch);

bool batch_is_full(const struct batch *batch);

/* What a record is to be decoded from that is given in the batch: its own bytes, held, or, where
 * they are few, a copy. */
const uint8_t *batch_keep(struct batch *batch, const struct raw_record *raw);

/* Likewise a copy of a call chain that was put together. */
const uint8_t *batch_keep_chain(struct batch *batch, const uint8_t *bytes, size_t size);

/* As little of a record as there is goes from one processor's cache to the other's, and no line of
 * it with another record. */
#define BATCH_SHORT      offsetof(struct perf_record, sample.cgroup)
#define BATCH_ROOM_SHORT 128u
#define BATCH_ROOM_WHOLE 256u
_Static_assert(BATCH_SHORT <= BATCH_ROOM_SHORT && sizeof(struct perf_record) <= BATCH_ROOM_WHOLE,
               "room for records");

static inline size_t batch_room(const struct perf_record *record)
{
    bool is_short = record->type == PERF_RECORD_SAMPLE && perf_sample_is_short(&record->sample);
    return is_short ? BATCH_ROOM_SHORT : BATCH_ROOM_WHOLE;
}

/* Takes the record at `at`, and gives what room it has. */
static inline size_t batch_get(const struct batch *batch, size_t at, struct perf_record *to)
{
    const uint8_t *from = batch->records + at;
    memcpy(to, from, BATCH_SHORT);
    size_t room = batch_room(to);
    if (room == BATCH_ROOM_SHORT)
        mem_clear((uint8_t *)to + BATCH_SHORT, sizeof *to - BATCH_SHORT);
    else
        memcpy((uint8_t *)to + BATCH_SHORT, from + BATCH_SHORT, sizeof *to - BATCH_SHORT);
    return room;
}

/* Asks for the words of the chain of the record at `at`: the other thread has read them. */
static inline void batch_fetch_chain(const struct batch *batch, size_t at)
{
    const struct perf_record *next = (const void *)(batch->records + at);
    if (next->type == PERF_RECORD_SAMPLE)
        for (size_t offset = 0; offset < 3 * MEM_LINE; offset += MEM_LINE)
            mem_fetch(next->sample.callchain.bytes, offset);
}

#endif
