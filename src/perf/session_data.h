/* SPDX-License-Identifier: MIT */
/* A session from the inside: what session.c (the door), own_records.c and giving.c share. */
#ifndef PFL_PERF_SESSION_DATA_H
#define PFL_PERF_SESSION_DATA_H

#include "perf/ahead.h"
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
    struct ahead_batch *keep;        /* that the records go to; NULL: given at once */
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

/* The next record, by whoever reads. As perf_session_next. */
int session_next(struct perf_session *session, struct perf_record *ret_record,
                 struct pfl_error *err);

/* Gives the records that came before all events their times. Before a round is closed. */
int session_date(struct perf_session *session, struct pfl_error *err);

/* Records of rounds may go (r: what rounds said): tells of how many runs they are. */
int session_let_go(struct perf_session *session, int r, struct pfl_error *err);

/* A record of perf's own: 0, or an error. */
int session_take_own(struct perf_session *session, const struct raw_record *raw,
                     struct pfl_error *err);

/* Decodes a record whose block session->held holds: 1 and the record, 0 if it is damaged or waits
 * for its call chain, or an error (MEMORY). */
int session_give(struct perf_session *session, struct raw_record *raw, struct block_place place,
                 struct perf_record *ret_record, struct pfl_error *err);

/* The next sample that has its call chain now, or of a group: 1, 0 if there is none, or an error.
 */
int session_give_waiting(struct perf_session *session, struct perf_record *ret_record,
                         struct pfl_error *err);

#endif
