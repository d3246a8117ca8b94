/* SPDX-License-Identifier: MIT */
/* Reads records, by turns of the files that hold them, and gives them when their time has come. */
#include "perf/session_data.h"

#define KERNEL_LAST PERF_RECORD_CALLCHAIN_DEFERRED

/* In a pipe a type beyond simpleperf's (from 32768) is no type: something else was written there,
 * as perf's own "[ perf record: Woken up ... ]" was. */
#define PIPE_TYPE_MOST 0xffff

/* A strand has ended: says how. */
static void session_end_strand(struct perf_session *session)
{
    struct strand *strand = session_strand(session);
    struct reader *outer = &strand->outer;
    if (session->strand == 0) {
        const struct header *header = &session->header;
        uint64_t promised = 0;
        if (!header->pipe &&
            !__builtin_add_overflow(header->data.offset, header->data.size, &promised) &&
            promised > outer->position)
            session->losses.missing = promised - outer->position;
        session->losses.read_until = outer->position;
    }
    if (session->header.pipe && outer->cut && reader_rest_type(outer) > PIPE_TYPE_MOST) {
        session->losses.junk += outer->fed - outer->position;
        outer->cut = false;
    }
    if (strand->has_inner)
        session->features.facts.compressed = true;
    if (outer->cut)
        session->losses.truncated = true;
    if (outer->senseless)
        session->losses.damaged++;
}

/* A record of the kernel: 1 if it is to be given now, 0 if it waits for its turn. */
static int session_take(struct perf_session *session, struct raw_record *raw,
                        struct block_place place, struct perf_record *ret_record,
                        struct pfl_error *err)
{
    uint64_t time = 0;
    /* Before a pipe has told its events nobody knows where a time stands. */
    enum record_timing timing =
        session->events.count ? record_peek(&session->events, raw, &time) : RECORD_TIMELESS;
    if (timing == RECORD_DAMAGED) {
        session->losses.damaged++;
        return 0;
    }
    if (timing == RECORD_TIMELESS && !session->opening) {
        blocks_hold(&session->blocks, place.block);
        session->held = place.block;
        return session_give(session, raw, place, ret_record, err);
    }
    session->undated |= session->events.count == 0;
    if (rounds_push(&session->rounds, time, place) < 0)
        return error_memory(err);
    blocks_hold(&session->blocks, place.block);
    session->losses.out_of_order = session->rounds.late;
    if (time > session_strand(session)->newest)
        session_strand(session)->newest = time;
    return 0;
}

/* Reads one record. 1 if it is to be given now, for it has no time; 0 if it waits for its turn or
 * needs nothing more. */
static int session_read(struct perf_session *session, struct perf_record *ret_record,
                        struct pfl_error *err)
{
    struct raw_record raw;
    struct block_place place;
    struct strand *strand = session_strand(session);
    /* The first file of a directory begins the others' story; then all go on side by side. */
    if (session->strand > 0 && session->strand_batch-- == 0)
        return session_turn(session, err);
    int r = strand_next_near(strand, &raw, &place) ? 1 : strand_next(strand, &raw, &place, err);
    if (r < 0)
        return r;
    if (r == 0) {
        session_end_strand(session);
        return session_turn(session, err);
    }
    if (raw.type >= USER_FIRST && raw.type <= USER_LAST)
        return session_take_own(session, &raw, err);
    if (session->header.pipe && raw.type > PIPE_TYPE_MOST &&
        !session->blocks.list[place.block].inflated) {
        strand->outer.position -= raw.size; /* nothing of it was read */
        session->losses.junk += strand->outer.fed - strand->outer.position;
        strand->ended = true;
        return 0;
    }
    if (raw.type == 0 || raw.type > KERNEL_LAST) {
        session->losses.unknown++;
        return 0;
    }
    return session_take(session, &raw, place, ret_record, err);
}

int session_open_pipe(struct perf_session *session, struct pfl_error *err)
{
    struct perf_record unused;
    session->opening = true;
    while (!session->ended && !session->rounds.heap_count) {
        int r = session_read(session, &unused, err);
        if (r < 0)
            return r;
    }
    session->opening = false;
    if (session->events.count == 0)
        return error_at(err, PFL_ERROR_FORMAT, session_strand(session)->outer.position,
                        "damaged: the recording describes no event");
    return 0;
}

int session_next(struct perf_session *session, struct perf_record *ret_record,
                 struct pfl_error *err)
{
    int r = 0;
    while (r == 0) {
        struct block_place place;
        struct raw_record raw;
        if (session->counters.stride || session->chains.due) {
            r = session_give_waiting(session, ret_record, err);
            continue;
        }
        session_release(session);
        if (rounds_ready(&session->rounds)) {
            (void)rounds_pop(&session->rounds, &place);
            session->held = place.block;
            r = blocks_view(&session->blocks, place, &raw, err);
            if (r > 0)
                r = session_give(session, &raw, place, ret_record, err);
        } else if (!session->ended) {
            r = session_read(session, ret_record, err);
        } else if (session->chains.count) {
            chains_end(&session->chains);
        } else {
            return 0;
        }
    }
    return r;
}
