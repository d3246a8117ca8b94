/* SPDX-License-Identifier: MIT */
/* A session from the inside. Its files call each other downwards alone:
 *
 *     session.c         the door
 *     ahead.c           reads in a thread of its own, where that helps
 *     reading.c         records, one by one
 *     own_records.c     those of perf's own     giving.c   the kernel's, decoded
 *     order.c           which may go            batch.c    where they are kept */
#ifndef PFL_PERF_SESSION_DATA_H
#define PFL_PERF_SESSION_DATA_H

#include "perf/batch.h"
#include "perf/chains.h"
#include "perf/decode.h"
#include "perf/events.h"
#include "perf/feature.h"
#include "perf/header.h"
#include "perf/rounds.h"
#include "perf/session.h"
#include "perf/strand.h"

struct perf_session {
    struct header header;
    struct features features;
    struct events events;
    uint32_t told; /* events when it was opened: whoever asked knows of no later ones */
    struct blocks blocks;
    struct strand *strands; /* the recording's file, and the others of a directory */
    uint32_t strand_count;
    uint32_t strand;       /* being read from */
    uint32_t strand_batch; /* records of it until another one is chosen */
    struct rounds rounds;
    struct chains chains;
    struct perf_losses losses;
    struct perf_event_losses *event_losses;
    size_t event_loss_count, event_loss_capacity;
    uint32_t held; /* block of the record given last, or BLOCKS_NONE */
    bool opening;  /* a pipe tells its events; nothing is given yet */
    bool undated;  /* it told of none yet when the first records came: these stand without their
                      times */
    bool ended;    /* all is read; what is left stands in order */
    /* A sample that read counters becomes one for each that moved. */
    struct perf_record group;
    struct sample_counters counters; /* of group; stride 0: no group is being given */
    uint32_t counter;                /* the next one's first word */
    bool group_given;                /* one of its counters moved */
    struct ahead *ahead;             /* reads in a thread of its own; NULL: nobody does */
    struct batch *keep;              /* that the records go to; NULL: given at once */
};

static inline struct strand *session_strand(struct perf_session *session)
{
    return &session->strands[session->strand];
}

static inline void session_release(struct perf_session *session)
{
    if (session->held != BLOCKS_NONE)
        blocks_release(&session->blocks, session->held);
    session->held = BLOCKS_NONE;
}

/* reading.c */

/* The next record, by whoever reads. As perf_session_next. */
int session_next(struct perf_session *session, struct perf_record *ret_record,
                 struct pfl_error *err);

/* Reads a pipe until its first record is due: the events told of by then are known, also those that
 * come behind samples of others. It costs nothing, for what is read so far waits for its turn. */
int session_open_pipe(struct perf_session *session, struct pfl_error *err);

/* own_records.c: a record of perf's own. 0, or an error. */
int session_take_own(struct perf_session *session, const struct raw_record *raw,
                     struct pfl_error *err);

/* order.c */

/* A round has ended: what is older than the one before can go. */
int session_close_round(struct perf_session *session, struct pfl_error *err);

/* The strand to be read next has changed, or ended: the others have their turn, and what is older
 * than all of them can go. */
int session_turn(struct perf_session *session, struct pfl_error *err);

/* giving.c */

/* Decodes a record whose block session->held holds: 1 and the record, 0 if it is damaged or waits
 * for its call chain, or an error (MEMORY). */
int session_give(struct perf_session *session, struct raw_record *raw, struct block_place place,
                 struct perf_record *ret_record, struct pfl_error *err);

/* The next sample that has its call chain now, or of a group: 1, 0 if there is none, or an error.
 */
int session_give_waiting(struct perf_session *session, struct perf_record *ret_record,
                         struct pfl_error *err);

#endif
