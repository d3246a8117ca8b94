/* SPDX-License-Identifier: MIT */
/* When records may go: which file of a directory has its turn, and what no record can come before
 * any more. */
#include "perf/session_data.h"

/* Records of one file of a directory that are read before the others have their turn. */
#define STRAND_BATCH 4096

/* Records of rounds may go (r: what rounds said): tells of how many runs they are. */
static int session_let_go(struct perf_session *session, int r, struct pfl_error *err)
{
    blocks_expect(&session->blocks, session->rounds.spread);
    return r < 0 ? error_memory(err) : 0;
}

/* Gives the records that came before all events their times. Before a round is closed. */
static int session_date(struct perf_session *session, struct pfl_error *err)
{
    /* Where so many came that some had to go already, those that are left keep their order: the
     * blocks of those that went are others by now. */
    if (!session->undated || !session->opening || !session->events.count)
        return 0;
    session->undated = false;
    CLEANUP(rounds_done) struct rounds undated = session->rounds;
    session->rounds = (struct rounds){0};
    for (size_t i = 0; i < undated.count; i++) {
        struct block_place place = undated.entries[i].place;
        struct raw_record raw;
        uint64_t time = 0;
        int r = blocks_view(&session->blocks, place, &raw, err);
        if (r < 0)
            return r;
        if (record_peek(&session->events, &raw, &time) == RECORD_DAMAGED) {
            session->losses.damaged++;
            blocks_release(&session->blocks, place.block);
        } else if (rounds_push(&session->rounds, time, place) < 0) {
            return error_memory(err);
        }
    }
    return 0;
}

int session_close_round(struct perf_session *session, struct pfl_error *err)
{
    /* The files of a directory follow no common rounds; a pipe that has not told its events yet
     * has nothing to give. */
    if (session->strand_count > 1 || !session->events.count)
        return 0;
    int r = session_date(session, err);
    return r < 0 ? r : session_let_go(session, rounds_close(&session->rounds), err);
}

/* All is read: lets everything go that waits for its turn. */
static int session_end(struct perf_session *session, struct pfl_error *err)
{
    session->ended = true;
    int r = session_date(session, err);
    if (r < 0)
        return r;
    return session_let_go(session, rounds_end(&session->rounds), err);
}

/* The file of a directory that is farthest behind, for each is in order by itself: perf gives
 * every CPU one of its own. BLOCKS_NONE if all have ended. */
static uint32_t session_oldest_strand(const struct perf_session *session)
{
    uint32_t oldest = BLOCKS_NONE;
    for (uint32_t i = 0; i < session->strand_count; i++) {
        const struct strand *strand = &session->strands[i];
        if (!strand->ended &&
            (oldest == BLOCKS_NONE || strand->newest < session->strands[oldest].newest))
            oldest = i;
    }
    return oldest;
}

int session_turn(struct perf_session *session, struct pfl_error *err)
{
    uint32_t next = session_oldest_strand(session);
    if (next == BLOCKS_NONE)
        return session_end(session, err);
    session->strand = next;
    session->strand_batch = STRAND_BATCH;
    return session_let_go(session, rounds_close_at(&session->rounds, session->strands[next].newest),
                          err);
}
