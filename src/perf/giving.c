/* SPDX-License-Identifier: MIT */
/* Gives records to whoever asked the session: decoded, counted, with whole call chains, and the
 * samples of a group one by one. */
#include "perf/session_data.h"

/* Counts what a record says was lost. */
static void session_count(struct perf_session *session, const struct perf_record *record)
{
    struct perf_losses *all = &session->losses;
    struct perf_event_losses *own = session->events.losses;
    switch (record->type) {
    case PERF_RECORD_LOST:
        all->lost_records += record->lost.count;
        own[record->lost.event].lost_records += record->lost.count;
        break;
    case PERF_RECORD_LOST_SAMPLES:
        all->lost_samples += record->lost.count;
        own[record->lost.event].lost_samples += record->lost.count;
        break;
    case PERF_RECORD_THROTTLE:
        all->throttled++;
        own[record->lost.event].throttled++;
        break;
    case PERF_RECORD_AUX: all->aux_records++; break;
    case PERF_RECORD_MMAP:
    case PERF_RECORD_MMAP2: all->maps_cut += (record->misc & PERF_MISC_MMAP_CUT) != 0; break;
    default: break;
    }
}

/* The sample of the next counter that moved since it was read last: a group's leader alone
 * samples, and the others are weighed by what they counted meanwhile, as perf does it
 * (deliver_sample_value of tools/perf/util/session.c; per thread where children are counted too,
 * which Linux 6.12 allows). 1, 0 after the last, or an error. */
static int session_give_counter(struct perf_session *session, struct perf_record *ret_record,
                                struct pfl_error *err)
{
    struct sample_counters *counters = &session->counters;
    const struct perf_event *leader = &session->events.list[session->group.sample.event];
    bool per_thread = leader->inherit && leader->sample_type & PERF_SAMPLE_TID;
    uint32_t tid = per_thread ? session->group.tid : 0;
    while (counters->stride && session->counter < counters->words.count) {
        uint64_t value = perf_word(&counters->words, session->counter);
        uint64_t id = perf_word(&counters->words, session->counter + counters->id_at);
        session->counter += counters->stride;
        const struct event_id *entry = events_entry(&session->events, id);
        if (!entry || entry->event >= session->told) {
            session->losses.damaged++;
            continue;
        }
        uint64_t *last = NULL;
        int r = events_counter(&session->events, id, tid, &last, err);
        if (r < 0)
            return r;
        uint64_t moved = value - *last;
        *last = value;
        if (!moved)
            continue;
        *ret_record = session->group;
        ret_record->sample.event = entry->event;
        ret_record->sample.period = moved;
        ret_record->sample.again = session->group_given;
        session->group_given = true;
        return 1;
    }
    counters->stride = 0;
    session_release(session);
    return 0;
}

/* Sees to it that a record's bytes stay as long as they must. */
static void session_keep(const struct perf_session *session, struct raw_record *raw)
{
    if (session->keep)
        raw->bytes = batch_keep(session->keep, raw);
}

/* The same for a call chain that was put together. */
static void session_keep_chain(const struct perf_session *session, struct perf_sample *sample)
{
    struct perf_words *chain = &sample->callchain;
    if (session->keep && chain->bytes == (const uint8_t *)session->chains.words && chain->count)
        chain->bytes =
            batch_keep_chain(session->keep, chain->bytes, (size_t)chain->count * sizeof(uint64_t));
}

static int session_give_sample(struct perf_session *session, struct perf_record *record,
                               const struct sample_counters *counters,
                               struct perf_record *ret_record, struct pfl_error *err)
{
    const struct perf_event *event = &session->events.list[record->sample.event];
    if (chains_from_branches(&session->chains, event, &record->sample) < 0)
        return error_memory(err);
    if (counters->stride && session->events.id_count) {
        session->group = *record;
        session->counters = *counters;
        session->counter = 0;
        session->group_given = false;
        return session_give_counter(session, ret_record, err);
    }
    *ret_record = *record;
    session_keep_chain(session, &ret_record->sample);
    return 1;
}

/* True of what a guest tells of its own processes and kernel. */
static bool is_of_guest(const struct perf_session *session, const struct perf_record *record)
{
    switch (record->type) {
    case PERF_RECORD_SAMPLE:
    case PERF_RECORD_LOST:
    case PERF_RECORD_LOST_SAMPLES:
    case PERF_RECORD_THROTTLE: return false;
    default: return session->events.machine_pid != 0;
    }
}

/* Decodes a record, whatever of it was read. As record_decode, or an error. */
static int session_decode(struct perf_session *session, const struct raw_record *raw,
                          struct perf_record *ret_record, struct sample_counters *ret_counters,
                          struct pfl_error *err)
{
    bool whole = record_decode(&session->events, raw, ret_record, ret_counters);
    if (!raw->gap || (whole && stack_gap_give(raw, &ret_record->sample)))
        return whole;
    int r = stack_gap_fill(raw, err);
    return r < 0 ? r : record_decode(&session->events, raw, ret_record, ret_counters);
}

int session_give(struct perf_session *session, struct raw_record *raw, struct block_place place,
                 struct perf_record *ret_record, struct pfl_error *err)
{
    struct sample_counters counters;
    uint64_t cookie;
    session_keep(session, raw);
    int whole = session_decode(session, raw, ret_record, &counters, err);
    if (whole < 0)
        return whole;
    bool late = whole && ret_record->type == PERF_RECORD_SAMPLE &&
                ret_record->sample.event >= session->told;
    if (!whole || late || is_of_guest(session, ret_record)) {
        session->losses.damaged += !whole;
        session->losses.undescribed += late;
        session_release(session);
        return 0;
    }
    switch (ret_record->type) {
    case PERF_RECORD_SAMPLE: break;
    case PERF_RECORD_CALLCHAIN_DEFERRED:
        session_release(session);
        return chains_take(&session->chains, ret_record) < 0 ? error_memory(err) : 0;
    default: session_count(session, ret_record); return 1;
    }
    if (chains_lack_user(&ret_record->sample, &cookie)) {
        if (chains_wait(&session->chains, place, ret_record->tid, cookie) < 0)
            return error_memory(err);
        session->held = BLOCKS_NONE; /* the hold is that of who waits */
        return 0;
    }
    const struct perf_event *event = &session->events.list[ret_record->sample.event];
    if (!counters.stride && !event->branch_sample_type)
        return 1;
    struct perf_record record = *ret_record;
    return session_give_sample(session, &record, &counters, ret_record, err);
}

int session_give_waiting(struct perf_session *session, struct perf_record *ret_record,
                         struct pfl_error *err)
{
    if (session->counters.stride)
        return session_give_counter(session, ret_record, err);
    session_release(session);
    struct chains_sample sample;
    if (!chains_pop(&session->chains, &sample))
        return 0;
    session->held = sample.place.block;
    struct raw_record raw;
    struct perf_record record;
    struct sample_counters counters;
    int r = blocks_view(&session->blocks, sample.place, &raw, err);
    if (r < 0)
        return r;
    session_keep(session, &raw);
    if ((r = session_decode(session, &raw, &record, &counters, err)) < 0)
        return r;
    if (r == 0) {
        session->losses.damaged++;
        return 0;
    }
    if (chains_join(&session->chains, sample.state == CHAIN_COMES, &record.sample) < 0)
        return error_memory(err);
    return session_give_sample(session, &record, &counters, ret_record, err);
}
