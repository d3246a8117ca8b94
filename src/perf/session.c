/* SPDX-License-Identifier: MIT */
/* The room's door: joins header, features, events, strands and rounds. */
#include "perf/session.h"

#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "perf/session_data.h"

#define KERNEL_LAST PERF_RECORD_CALLCHAIN_DEFERRED

/* More than a record can have (64 KiB), enough to be read at once, and little enough to be still in
 * the cache when it is looked at. */
#define BLOCK_SIZE (256 * 1024)

/* Records of one file of a directory that are read before the others have their turn. */
#define STRAND_BATCH 4096

/* In a pipe a type beyond simpleperf's (from 32768) is no type: something else was written there,
 * as perf's own "[ perf record: Woken up ... ]" was. */
#define PIPE_TYPE_MOST 0xffff

bool perf_session_recognises(const uint8_t *bytes, size_t size)
{
    return header_recognises(bytes, size);
}

bool perf_session_recognises_pipe(const uint8_t *bytes, size_t size)
{
    return header_recognises_pipe(bytes, size);
}

void perf_session_free(struct perf_session *session)
{
    if (!session)
        return;
    ahead_free(session->ahead);
    for (uint32_t i = 0; i < session->strand_count; i++)
        strand_done(&session->strands[i]);
    mem_free(session->strands);
    chains_done(&session->chains);
    rounds_done(&session->rounds);
    blocks_done(&session->blocks);
    events_done(&session->events);
    features_done(&session->features);
    mem_free(session);
}

/* True if samples of a file, of which events are known by now, hold captured stacks. */
static bool session_has_stacks(const struct perf_session *session)
{
    bool any = false;
    for (uint32_t i = 0; i < session->events.count; i++)
        any |= (session->events.list[i].sample_type & PERF_SAMPLE_STACK_USER) != 0;
    return any;
}

/* A strand for each file; those beside the first hold nothing but records. */
static int session_begin_strands(struct perf_session *session, struct source *source,
                                 struct pfl_error *err)
{
    const struct header *header = &session->header;
    uint32_t count = 1 + (header->pipe ? 0 : source->part_count);
    session->strands = mem_zalloc(count, sizeof *session->strands);
    if (!session->strands)
        return error_memory(err);
    session->strand_count = count;
    blocks_init(&session->blocks, BLOCK_SIZE, header->swap);
    struct reader *first = &session->strands[0].outer;
    if (source->stream)
        reader_init_stream(first, &session->blocks, source, HEADER_PIPE_SIZE);
    else if (header->pipe)
        reader_init(first, &session->blocks, source, HEADER_PIPE_SIZE, source->size);
    else
        reader_init(first, &session->blocks, source, header->data.offset, header->data_end);
    for (uint32_t i = 1; i < count; i++) {
        const struct source *part = &source->parts[i - 1];
        reader_init(&session->strands[i].outer, &session->blocks, part, 0, part->size);
    }
    for (uint32_t i = 0; i < count && session_has_stacks(session); i++)
        reader_leave_gaps(&session->strands[i].outer);
    return 0;
}

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

int session_let_go(struct perf_session *session, int r, struct pfl_error *err)
{
    blocks_expect(&session->blocks, session->rounds.spread);
    return r < 0 ? error_memory(err) : 0;
}

int session_date(struct perf_session *session, struct pfl_error *err)
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

/* The strand to be read next has changed, or ended: the others have their turn, and what is older
 * than all of them can go. */
static int session_turn(struct perf_session *session, struct pfl_error *err)
{
    uint32_t next = session_oldest_strand(session);
    if (next == BLOCKS_NONE)
        return session_end(session, err);
    session->strand = next;
    session->strand_batch = STRAND_BATCH;
    return session_let_go(session, rounds_close_at(&session->rounds, session->strands[next].newest),
                          err);
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

/* Reads a pipe until its first record is due: the events told of by then are known, also those that
 * come behind samples of others. It costs nothing, for what is read so far waits for its turn. */
static int session_open_pipe(struct perf_session *session, struct pfl_error *err)
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

int perf_session_open(struct perf_session **ret_session, struct source *source,
                      struct pfl_error *err)
{
    CLEANUP(perf_session_cleanup) struct perf_session *session = mem_zalloc(1, sizeof *session);
    if (!session)
        return error_memory(err);
    session->held = BLOCKS_NONE;
    struct header *header = &session->header;
    int r;
    if ((r = header_read(header, source, err)) < 0 ||
        (!header->pipe && (r = features_read(&session->features, source, header, err)) < 0) ||
        (!header->pipe &&
         (r = events_read(&session->events, source, header, &session->features, err)) < 0) ||
        (r = session_begin_strands(session, source, err)) < 0)
        return r;
    struct perf_facts *facts = &session->features.facts;
    facts->pipe = header->pipe;
    facts->swapped = header->swap;
    if (header->pipe)
        facts->closed = true;
    if (session->events.cut)
        facts->closed = false;
    session->losses.truncated = header->cut || session->features.cut || session->events.cut;
    if (header->pipe && (r = session_open_pipe(session, err)) < 0)
        return r;
    session->told = session->events.count;
    *ret_session = MEM_TAKE(session);
    return 0;
}

bool perf_session_read_ahead(struct perf_session *session)
{
    /* A pipe may tell of its events at any time; and a group is given from one record, for longer
     * than a batch lives. */
    bool fit = !session->ahead && !session->header.pipe;
    for (uint32_t i = 0; i < session->events.count; i++)
        fit = fit && !(session->events.list[i].sample_type & PERF_SAMPLE_READ);
    if (fit && !ahead_new(&session->ahead, session))
        session->ahead = NULL;
    return session->ahead;
}

void perf_session_keep(struct perf_session *session)
{
    if (session->ahead)
        session->ahead->keeps = true;
}

bool perf_session_is_ready(const struct perf_session *session)
{
    return session->ahead && ahead_is_ready(session->ahead);
}

void perf_session_forget(struct perf_session *session)
{
    if (session->ahead)
        ahead_forget(session->ahead);
}

int perf_session_next(struct perf_session *session, struct perf_record *ret_record,
                      struct pfl_error *err)
{
    return session->ahead ? ahead_next(session->ahead, ret_record, err)
                          : session_next(session, ret_record, err);
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

bool perf_session_is_monotonic(const struct perf_session *session)
{
    bool all = session->events.count > 0;
    for (uint32_t i = 0; i < session->events.count; i++)
        all &= session->events.list[i].monotonic;
    return all;
}

uint32_t perf_session_event_count(const struct perf_session *session)
{
    return session->told;
}

const struct perf_event *perf_session_event(const struct perf_session *session, uint32_t event)
{
    return &session->events.list[event];
}

int perf_session_name_event(struct perf_session *session, uint32_t event, const char *name,
                            struct pfl_error *err)
{
    return event_rename(&session->events.list[event], name, strlen(name), err);
}

const struct perf_facts *perf_session_facts(const struct perf_session *session)
{
    return &session->features.facts;
}

const struct perf_losses *perf_session_losses(const struct perf_session *session)
{
    return &session->losses;
}

struct perf_event_losses perf_session_event_losses(const struct perf_session *session,
                                                   uint32_t event)
{
    struct perf_event_losses losses = {0};
    if (event >= session->events.count)
        return losses;
    losses = session->events.losses[event];
    bool twice = session->events.list[event].read_format & PERF_READ_LOST;
    bool counted = session->losses.lost_samples >= session->losses.lost_records;
    losses.lost = !twice    ? losses.lost_records + losses.lost_samples
                  : counted ? losses.lost_samples
                            : losses.lost_records;
    return losses;
}

const struct perf_build_id *perf_session_build_ids(const struct perf_session *session,
                                                   uint32_t *ret_count)
{
    *ret_count = session->features.build_id_count;
    return session->features.build_ids;
}

const uint8_t *perf_session_tracing(const struct perf_session *session, size_t *ret_size)
{
    *ret_size = session->features.tracing_size;
    return session->features.tracing;
}

int perf_session_set_tracing(struct perf_session *session, const void *data, size_t size,
                             struct pfl_error *err)
{
    uint8_t *copy = mem_alloc(size);
    if (!copy)
        return error_memory(err);
    memcpy(copy, data, size);
    features_take_tracing(&session->features, copy, size);
    return 0;
}
