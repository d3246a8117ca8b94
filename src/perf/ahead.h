/* SPDX-License-Identifier: MIT */
/* Reading ahead: a second thread reads, orders and decodes records, and the first one takes them
 * in batches. Which records come, and in what order, is the same as without.
 *
 *     reader ──▶ [batch 4: being filled] [3: full] [2: being given] [1: kept] [0: kept] ──▶ caller
 *
 *     records:  [short][short][  whole  ][short] ...     most samples have few fields
 *     pieces:   what the records lead into, held until the reader fills the batch anew
 *
 * What was read is copied only where too many pieces would be held. The blocks, the holds of pieces
 * and all else that a session changes while it reads are the reader's alone until it has ended. */
#ifndef PFL_PERF_AHEAD_H
#define PFL_PERF_AHEAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "perf/decode.h"
#include "perf/pieces.h"
#include "perf/record.h"

#define AHEAD_BATCHES 16
#define AHEAD_PIECES  16

struct ahead_batch {
    uint64_t number; /* of this filling, from 1 */
    uint32_t count;
    uint8_t *records;
    size_t records_size;
    uint8_t *bytes; /* copied */
    struct piece *pieces[AHEAD_PIECES];
    size_t bytes_size;
    size_t held_size;  /* of records that lead into pieces */
    size_t large_size; /* of large ones among them */
    uint32_t piece_count;
    size_t kept_bytes; /* of both, what the records lead into; the rest is that of one which is */
    uint32_t kept_pieces; /* being decoded */
    int end;              /* 1: more follow; 0, or an error: it is the last */
    struct pfl_error err;
};

struct ahead {
    struct perf_session *session;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct ahead_batch batches[AHEAD_BATCHES];
    uint64_t filled, freed; /* batches; by the lock, as `stop` */
    bool stop, reader_sleeps, caller_sleeps;
    uint64_t given;         /* batches; with what follows, the caller's alone */
    bool keeps;             /* until ahead_forget */
    uint32_t given_records; /* of the batch that is being given, and where the next one */
    size_t at;              /* stands */
};

/* Begins to read ahead. False where no thread or no memory is to be had. */
bool ahead_new(struct ahead **ret_ahead, struct perf_session *session);

/* Ends the thread. */
void ahead_free(struct ahead *ahead);

/* As perf_session_next. */
int ahead_next(struct ahead *ahead, struct perf_record *ret_record, struct pfl_error *err);

/* True if the next record was read. */
bool ahead_is_ready(struct ahead *ahead);

/* Lets the reader fill anew what was given before the batch that is being given. */
void ahead_forget(struct ahead *ahead);

/* What a record is to be decoded from, to be given in a batch: its own bytes, held, or, where they
 * are few, a copy. There is always room for one. */
const uint8_t *ahead_keep(struct ahead_batch *batch, const struct raw_record *raw);

/* Likewise a copy of a call chain that was put together. */
const uint8_t *ahead_keep_chain(struct ahead_batch *batch, const uint8_t *bytes, size_t size);

#endif
