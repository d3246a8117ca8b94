/* SPDX-License-Identifier: MIT */
/* Reading ahead: a second thread reads, orders and decodes records, and the first one takes them
 * in batches. Which records come, and in what order, is the same as without.
 *
 *     reader ──▶ [batch 4: being filled] [3: full] [2: being given] [1: kept] [0: kept] ──▶ caller
 *
 * The blocks, the holds of pieces and all else that a session changes while it reads are the
 * reader's alone until it has ended. */
#ifndef PFL_PERF_AHEAD_H
#define PFL_PERF_AHEAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "perf/batch.h"
#include "perf/record.h"

#define AHEAD_BATCHES 16

struct ahead {
    struct perf_session *session;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct batch batches[AHEAD_BATCHES];
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

#endif
