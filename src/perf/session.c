/* SPDX-License-Identifier: MIT */
/* The room's door: joins header, features, events, strands and rounds. */
#include "perf/session.h"

#include <string.h>

#include "perf/ahead.h"
#include "perf/session_data.h"

/* More than a record can have (64 KiB), enough to be read at once, and little enough to be still in
 * the cache when it is looked at. */
#define BLOCK_SIZE (256 * 1024)

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
