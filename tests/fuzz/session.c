/* SPDX-License-Identifier: MIT */
/* A perf.data file: header, features, events, framing, order, every record decoded. With FUZZ_PIPE
 * what perf writes into a pipe. */
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "perf/session.h"

#define PIPE_HOLDS 65536 /* without a reader (pipe(7)) */

static void touch_words(const struct perf_words *words)
{
    fuzz_touch(words->bytes, (size_t)words->count * 8);
}

static void touch_text(const char *text)
{
    if (text)
        fuzz_touch(text, strlen(text));
}

static void touch_sample(const struct perf_session *session, const struct perf_sample *sample)
{
    FUZZ_CHECK(sample->event < perf_session_event_count(session));
    touch_words(&sample->callchain);
    touch_words(&sample->branches);
    touch_words(&sample->user_regs);
    fuzz_touch(sample->raw, sample->raw_size);
    struct gap gap = sample->user_stack_gap;
    FUZZ_CHECK(gap.begin == gap.end || (gap.begin < gap.end && gap.end <= sample->user_stack_room));
    if (gap_read(&gap, sample->user_stack_size))
        fuzz_touch(sample->user_stack, sample->user_stack ? (size_t)sample->user_stack_size : 0);
}

static void touch_record(const struct perf_session *session, const struct perf_record *record)
{
    switch (record->type) {
    case PERF_RECORD_SAMPLE: touch_sample(session, &record->sample); break;
    case PERF_RECORD_MMAP:
    case PERF_RECORD_MMAP2:
        FUZZ_CHECK(record->mmap.build_id_size <= sizeof record->mmap.build_id);
        FUZZ_CHECK(strlen(record->mmap.path) == record->mmap.path_length);
        break;
    case PERF_RECORD_COMM: FUZZ_CHECK(strlen(record->comm.name) == record->comm.length); break;
    default: break;
    }
}

static void touch_header(const struct perf_session *session)
{
    const struct perf_facts *facts = perf_session_facts(session);
    touch_text(facts->hostname);
    touch_text(facts->os_release);
    touch_text(facts->perf_version);
    touch_text(facts->arch);
    touch_text(facts->cpu_description);
    touch_text(facts->command_line);
    uint32_t count;
    const struct perf_build_id *ids = perf_session_build_ids(session, &count);
    for (uint32_t i = 0; i < count; i++) {
        touch_text(ids[i].path);
        FUZZ_CHECK(ids[i].size <= sizeof ids[i].bytes);
    }
    for (uint32_t i = 0; i < perf_session_event_count(session); i++) {
        const struct perf_event *event = perf_session_event(session, i);
        char unit[32];
        perf_event_unit(event, unit, sizeof unit);
        FUZZ_CHECK(strlen(unit) < sizeof unit);
        FUZZ_CHECK(perf_event_matches(event, event->name));
        (void)perf_event_matches(event, "*/c*s/*");
        (void)perf_event_matches(event, "cycles:u");
    }
}

/* Opens, reads to the end, and counts the records. */
static void read_all(struct source *source, uint64_t *ret_records)
{
    struct perf_session *session;
    struct pfl_error err;
    *ret_records = 0;
    if (perf_session_open(&session, source, &err) < 0)
        return;
    touch_header(session);
    struct perf_record record;
    for (; perf_session_next(session, &record, &err) > 0; ++*ret_records)
        touch_record(session, &record);
    perf_session_free(session);
}

#ifdef FUZZ_PIPE
/* What comes through a pipe that cannot seek is read the same. */
static void check_stream(const uint8_t *data, size_t size, uint64_t expected)
{
    int ends[2];
    struct source source;
    uint64_t records;
    FUZZ_CHECK(pipe(ends) == 0 && write(ends[1], data, size) == (ssize_t)size);
    close(ends[1]);
    FUZZ_CHECK(source_begin_fd(&source, ends[0], NULL) == 0);
    read_all(&source, &records);
    FUZZ_CHECK(records == expected);
    source_close(&source);
    close(ends[0]);
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t records;
#ifdef FUZZ_PIPE
    if (!perf_session_recognises_pipe(data, size))
        return 0;
#endif
    struct source source = fuzz_source(data, size);
    read_all(&source, &records);
#ifdef FUZZ_PIPE
    if (size <= PIPE_HOLDS)
        check_stream(data, size, records);
#endif
    return 0;
}
