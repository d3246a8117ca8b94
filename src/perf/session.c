/* SPDX-License-Identifier: MIT */
/* Joins header, features, events, reader and order into the room's door. */
#include "perf/session.h"

#include "base/cursor.h"
#include "perf/decode.h"
#include "perf/events.h"
#include "perf/feature.h"
#include "perf/header.h"
#include "perf/rounds.h"
#include "perf/reader.h"

/* perf's own records (enum perf_user_event_type, tools/lib/perf/include/perf/event.h). */
enum user_record {
    USER_FIRST = 64,
    USER_FINISHED_ROUND = 68,
    USER_AUXTRACE_INFO = 70,
    USER_AUXTRACE = 71,
    USER_STAT_CONFIG = 75,
    USER_STAT_ROUND = 77,
    USER_COMPRESSED = 81,
    USER_COMPRESSED2 = 83,
    USER_LAST = 86, /* SCHEDSTAT_DOMAIN */
};
#define KERNEL_LAST PERF_RECORD_CALLCHAIN_DEFERRED

struct perf_session {
    struct header header;
    struct features features;
    struct events events;
    struct reader reader;
    struct rounds rounds;
    struct perf_losses losses;
    uint32_t held; /* block of the record given last, or READER_NONE */
    bool ended;    /* all is read; what is left stands in order */
    /* A sample that read counters becomes one for each that moved. */
    struct perf_record group;
    struct sample_counters counters; /* of group; stride 0: no group is being given */
    uint32_t counter;                /* the next one's first word */
};

bool perf_session_recognises(const uint8_t *bytes, size_t size)
{
    return header_recognises(bytes, size);
}

void perf_session_free(struct perf_session *session)
{
    if (!session)
        return;
    rounds_done(&session->rounds);
    reader_done(&session->reader);
    events_done(&session->events);
    features_done(&session->features);
    mem_free(session);
}

int perf_session_open(struct perf_session **ret_session, const struct source *source,
                      struct pfl_error *err)
{
    CLEANUP(perf_session_cleanup) struct perf_session *session = mem_zalloc(1, sizeof *session);
    if (!session)
        return error_memory(err);
    session->held = READER_NONE;
    struct header *header = &session->header;
    int r;
    if ((r = header_read(header, source, err)) < 0 ||
        (r = features_read(&session->features, source, header, err)) < 0 ||
        (r = events_read(&session->events, source, header, &session->features, err)) < 0)
        return r;
    reader_init(&session->reader, source, header->data.offset, header->data_end, header->swap);
    if (session->events.cut)
        session->features.facts.closed = false;
    session->losses.truncated = header->cut || session->features.cut || session->events.cut;
    *ret_session = MEM_TAKE(session);
    return 0;
}

static void session_release(struct perf_session *session)
{
    if (session->held != READER_NONE)
        reader_release(&session->reader, session->held);
    session->held = READER_NONE;
}

/* Counts what a record says was lost. */
static void session_count(struct perf_session *session, const struct perf_record *record)
{
    switch (record->type) {
    case PERF_RECORD_LOST: session->losses.lost_records += record->lost.count; break;
    case PERF_RECORD_LOST_SAMPLES: session->losses.lost_samples += record->lost.count; break;
    case PERF_RECORD_THROTTLE: session->losses.throttled++; break;
    case PERF_RECORD_AUX: session->losses.aux_records++; break;
    default: break;
    }
}

/* The sample of the next counter that moved since it was read last: a group's leader alone
 * samples, and the others are weighed by what they counted meanwhile, as perf does it
 * (tools/perf/util/session.c). 1, or 0 after the last. */
static int session_give_counter(struct perf_session *session, struct perf_record *ret_record)
{
    struct sample_counters *counters = &session->counters;
    while (counters->stride && session->counter < counters->words.count) {
        uint64_t value = perf_word(&counters->words, session->counter);
        uint64_t id = perf_word(&counters->words, session->counter + counters->id_at);
        session->counter += counters->stride;
        struct event_id *entry = events_entry(&session->events, id);
        if (!entry) {
            session->losses.damaged++;
            continue;
        }
        uint64_t moved = value - entry->counted;
        entry->counted = value;
        if (!moved)
            continue;
        *ret_record = session->group;
        ret_record->sample.event = entry->event;
        ret_record->sample.period = moved;
        return 1;
    }
    counters->stride = 0;
    session_release(session);
    return 0;
}

/* Decodes a record whose block session->held holds. 1, or 0 if it is damaged. */
static int session_give(struct perf_session *session, const struct raw_record *raw,
                        struct perf_record *ret_record)
{
    struct perf_record record;
    struct sample_counters counters;
    if (!record_decode(&session->events, raw, &record, &counters)) {
        session->losses.damaged++;
        session_release(session);
        return 0;
    }
    session_count(session, &record);
    if (counters.stride && session->events.id_count) {
        session->group = record;
        session->counters = counters;
        session->counter = 0;
        return session_give_counter(session, ret_record);
    }
    *ret_record = record;
    return 1;
}

/* perf puts the trace itself behind the record, outside of its size; the record's first field
 * tells how much. */
static void session_pass_auxtrace(struct perf_session *session, const struct raw_record *raw)
{
    session->losses.aux_records++;
    session->features.facts.has_auxtrace = true;
    struct cursor c = cursor_of(raw->bytes, raw->size, raw->swap);
    cursor_skip(&c, RECORD_HEADER_SIZE);
    uint64_t size = cursor_u64(&c);
    if (c.failed)
        session->losses.damaged++;
    else
        reader_skip(&session->reader, size);
}

/* A record of perf's own: 0, or an error. */
static int session_take_user(struct perf_session *session, const struct raw_record *raw,
                             struct pfl_error *err)
{
    switch (raw->type) {
    case USER_FINISHED_ROUND: return rounds_close(&session->rounds) < 0 ? error_memory(err) : 0;
    case USER_AUXTRACE: session_pass_auxtrace(session, raw); return 0;
    case USER_AUXTRACE_INFO: session->features.facts.has_auxtrace = true; return 0;
    case USER_COMPRESSED:
    case USER_COMPRESSED2:
        session->features.facts.compressed = true;
        return error_at(err, PFL_ERROR_UNSUPPORTED, raw->offset,
                        "recorded with -z (compressed records), which is not read yet: record "
                        "without -z");
    default:
        if (raw->type >= USER_STAT_CONFIG && raw->type <= USER_STAT_ROUND)
            session->features.facts.has_stat = true;
        return 0;
    }
}

/* All is read: says how it ended, and lets everything go that waits for its turn. */
static int session_end(struct perf_session *session, struct pfl_error *err)
{
    session->ended = true;
    session->losses.read_until = session->reader.position;
    if (session->reader.cut)
        session->losses.truncated = true;
    if (session->reader.senseless)
        session->losses.damaged++;
    return rounds_end(&session->rounds) < 0 ? error_memory(err) : 0;
}

/* Reads one record. 1 if it is to be given now, for it has no time; 0 if it waits for its turn or
 * needs nothing more. */
static int session_read(struct perf_session *session, struct perf_record *ret_record,
                        struct pfl_error *err)
{
    struct raw_record raw;
    struct reader_place place;
    int r = reader_next(&session->reader, &raw, &place, err);
    if (r < 0)
        return r;
    if (r == 0)
        return session_end(session, err);
    if (raw.type >= USER_FIRST && raw.type <= USER_LAST)
        return session_take_user(session, &raw, err);
    if (raw.type == 0 || raw.type > KERNEL_LAST) {
        session->losses.unknown++;
        return 0;
    }
    uint64_t time = 0;
    switch (record_peek(&session->events, &raw, &time)) {
    case RECORD_TIMED:
        if (rounds_push(&session->rounds, time, place) < 0)
            return error_memory(err);
        reader_hold(&session->reader, place.block);
        session->losses.out_of_order = session->rounds.late;
        return 0;
    case RECORD_TIMELESS:
        reader_hold(&session->reader, place.block);
        session->held = place.block;
        return session_give(session, &raw, ret_record);
    case RECORD_DAMAGED:
    default: session->losses.damaged++; return 0;
    }
}

int perf_session_next(struct perf_session *session, struct perf_record *ret_record,
                      struct pfl_error *err)
{
    int r = 0;
    if (session->counters.stride)
        r = session_give_counter(session, ret_record);
    else
        session_release(session);
    while (r == 0) {
        struct reader_place place;
        struct raw_record raw;
        if (rounds_pop(&session->rounds, &place)) {
            session->held = place.block;
            r = reader_view(&session->reader, place, &raw, err);
            if (r > 0)
                r = session_give(session, &raw, ret_record);
        } else if (session->ended) {
            return 0;
        } else {
            r = session_read(session, ret_record, err);
        }
    }
    return r;
}

uint32_t perf_session_event_count(const struct perf_session *session)
{
    return session->events.count;
}

const struct perf_event *perf_session_event(const struct perf_session *session, uint32_t event)
{
    return &session->events.list[event];
}

const struct perf_facts *perf_session_facts(const struct perf_session *session)
{
    return &session->features.facts;
}

const struct perf_losses *perf_session_losses(const struct perf_session *session)
{
    return &session->losses;
}

const struct perf_build_id *perf_session_build_ids(const struct perf_session *session,
                                                   uint32_t *ret_count)
{
    *ret_count = session->features.build_id_count;
    return session->features.build_ids;
}
