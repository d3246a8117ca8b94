/* SPDX-License-Identifier: MIT */
/* The records of perf's own that stand among the kernel's: marks of rounds, what lies outside of
 * records, and what a pipe has in place of a header. */
#include "base/cursor.h"
#include "base/limits.h"
#include "perf/session_data.h"

/* The size that a record tells of what follows it, outside of its own. */
static bool trailing_size(const struct raw_record *raw, bool wide, uint64_t *ret_size)
{
    struct cursor c = cursor_of(raw->bytes, raw->size, raw->swap);
    cursor_skip(&c, RECORD_HEADER_SIZE);
    *ret_size = wide ? cursor_u64(&c) : cursor_u32(&c);
    return !c.failed;
}

/* perf puts the trace itself behind the record, among what is compressed if the record is. */
static int session_pass_auxtrace(struct perf_session *session, const struct raw_record *raw,
                                 struct pfl_error *err)
{
    uint64_t size;
    session->losses.aux_records++;
    session->features.facts.has_auxtrace = true;
    if (trailing_size(raw, true, &size))
        return reader_skip(strand_reader(session_strand(session)), size, err);
    session->losses.damaged++;
    return 0;
}

/* In a pipe the formats of tracepoints follow their record, up to a multiple of eight. perf does
 * not compress them. */
static int session_take_tracing(struct perf_session *session, const struct raw_record *raw,
                                struct pfl_error *err)
{
    uint64_t size;
    struct reader *reader = strand_reader(session_strand(session));
    if (!session->header.pipe)
        return 0;
    if (!trailing_size(raw, false, &size)) {
        session->losses.damaged++;
        return 0;
    }
    uint64_t padded = (size + 7) & ~UINT64_C(7);
    if (padded > LIMIT_FEATURE_BYTES || reader->inflater)
        return reader_skip(reader, padded, err);
    CLEANUP(mem_cleanup) uint8_t *bytes = mem_alloc((size_t)padded);
    if (!bytes)
        return error_memory(err);
    int r = reader_copy(reader, bytes, (size_t)padded, err);
    if (r > 0)
        features_take_tracing(&session->features, MEM_TAKE(bytes), (size_t)size);
    return r < 0 ? r : 0;
}

/* A FEATURE of a pipe; names of events are among them. Whoever was told of an event may hold its
 * name. */
static int session_take_feature(struct perf_session *session, const struct raw_record *raw,
                                struct pfl_error *err)
{
    bool had_names = session->features.event_names;
    int r = features_take_record(&session->features, raw, err);
    if (r == 0 && session->features.event_names && !had_names && session->opening)
        r = events_take_names(&session->events, &session->features, err);
    return r;
}

/* Each ring of the kernel's has its file in a directory: ring N writes data.N
 * (record__mmap_evlist() of tools/perf/builtin-record.c). */
static void session_take_index(struct perf_session *session, const struct raw_record *raw)
{
    events_take_index(&session->events, raw);
    uint64_t parts = session->strand_count - 1;
    uint64_t rings = parts ? events_count_rings(raw) : 0;
    if (rings > parts) {
        session->losses.parts_missing = rings - parts;
        session->losses.truncated = true;
    }
}

int session_take_own(struct perf_session *session, const struct raw_record *raw,
                     struct pfl_error *err)
{
    switch (raw->type) {
    case USER_FINISHED_ROUND: return session_close_round(session, err);
    case USER_AUXTRACE: return session_pass_auxtrace(session, raw, err);
    case USER_AUXTRACE_INFO: session->features.facts.has_auxtrace = true; return 0;
    case USER_ATTR:
        return session->header.pipe
                   ? events_take_record(&session->events, raw, &session->features, err)
                   : 0;
    case USER_EVENT_UPDATE: /* a file's header tells the names */
        return session->opening ? events_take_update(&session->events, raw, err) : 0;
    case USER_FEATURE: return session->header.pipe ? session_take_feature(session, raw, err) : 0;
    case USER_ID_INDEX: session_take_index(session, raw); return 0;
    case USER_TRACING_DATA: return session_take_tracing(session, raw, err);
    case USER_BUILD_ID: return features_take_build_id(&session->features, raw, err);
    default:
        if (raw->type >= USER_STAT_CONFIG && raw->type <= USER_STAT_ROUND)
            session->features.facts.has_stat = true;
        return 0;
    }
}
