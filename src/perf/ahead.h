/* SPDX-License-Identifier: MIT */
/* Reading ahead: a second thread reads, orders and decodes records, and the first one takes them
 * in batches. Which records come, and in what order, is the same as without.
 *
 *     reader ──▶ [batch 2: being filled] [batch 1: full] [batch 0: being given] ──▶ caller
 *
 * A batch has its own copy of the bytes that its records lead into; the blocks, and all else that a
 * session changes while it reads, are the reader's alone until it has ended. */
#ifndef PFL_PERF_AHEAD_H
#define PFL_PERF_AHEAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "perf/record.h"

#define AHEAD_BATCHES 8

struct ahead_batch {
    struct perf_record *records;
    uint32_t count;
    uint8_t *bytes;
    size_t kept, used; /* bytes: of the records, and with those of the one that is being decoded */
    int end;           /* 1: more follow; 0, or an error: it is the last */
    struct pfl_error err;
};

struct ahead {
    struct perf_session *session;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct ahead_batch batches[AHEAD_BATCHES];
    uint64_t filled, given; /* batches; by the lock, as `stop` */
    bool stop;
    uint32_t at; /* the next record of the batch that is being given; the caller's alone */
};

/* Begins to read ahead. False where no thread or no memory is to be had. */
bool ahead_new(struct ahead **ret_ahead, struct perf_session *session);

/* Ends the thread. */
void ahead_free(struct ahead *ahead);

/* As perf_session_next. */
int ahead_next(struct ahead *ahead, struct perf_record *ret_record, struct pfl_error *err);

/* Copies what a record of the batch leads into; the bytes stay as long as the record. There is
 * always room for a record and a call chain that was joined. */
const uint8_t *ahead_keep(struct ahead_batch *batch, const uint8_t *bytes, size_t size);

#endif
