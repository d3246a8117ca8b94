/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include "base/mem.h"
#include "perf/events.h"

/* A sample of each id; the event of each goes to ret_events. Returns how many were read. */
static int read_ids(struct recording *recording, const uint64_t *ids, unsigned count,
                    uint32_t *ret_events, uint64_t *ret_damaged)
{
    uint64_t type = recording->events[0].sample_type;
    for (unsigned i = 0; i < count; i++) {
        record_begin(recording, PERF_RECORD_SAMPLE, 0);
        if (type & PERF_SAMPLE_IDENTIFIER)
            put_u64(&recording->data, ids[i]);
        if (type & PERF_SAMPLE_IP)
            put_u64(&recording->data, 0);
        if (type & PERF_SAMPLE_ID)
            put_u64(&recording->data, ids[i]);
        for (unsigned j = 0; j < 4; j++)
            put_u64(&recording->data, 0);
        record_end(recording);
    }
    struct source source = recording_open(recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    struct perf_record records[16];
    int r = recording_read(session, records, 16);
    for (int i = 0; i < r; i++)
        ret_events[i] = records[i].sample.event;
    *ret_damaged = perf_session_losses(session)->damaged;
    perf_session_free(session);
    source_close(&source);
    recording_done(recording);
    return r;
}

/* Two events of these types, with ids 1, 2 and 3, 4; and an id that nobody knows. */
static int read_two(uint64_t first, uint64_t second, uint32_t *ret_events, uint64_t *ret_damaged)
{
    const uint64_t ids[] = {4, 1, 3, 2, 0, 5};
    struct recording recording = {0};
    recording_event(&recording,
                    (struct recording_event){.sample_type = first, .ids = {1, 2}, .id_count = 2});
    recording_event(&recording,
                    (struct recording_event){.sample_type = second, .ids = {3, 4}, .id_count = 2});
    return read_ids(&recording, ids, 6, ret_events, ret_damaged);
}

static void identifiers_tell_events_apart(void **state)
{
    uint32_t events[16];
    uint64_t damaged;
    assert_int_equal(read_two(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP,
                              PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_CPU, events, &damaged),
                     5);
    assert_true(events[0] == 1 && events[1] == 0 && events[2] == 1 && events[3] == 0);
    assert_true(events[4] == 0 && damaged == 1);
}

static void ids_at_one_place_tell_events_apart(void **state)
{
    uint32_t events[16];
    uint64_t damaged;
    assert_int_equal(read_two(PERF_SAMPLE_IP | PERF_SAMPLE_ID,
                              PERF_SAMPLE_IP | PERF_SAMPLE_ID | PERF_SAMPLE_CPU, events, &damaged),
                     5);
    assert_true(events[0] == 1 && events[1] == 0 && events[2] == 1 && events[3] == 0);
    assert_true(damaged == 1);
}

static void without_agreement_the_first_event_is_meant(void **state)
{
    uint32_t events[16];
    uint64_t damaged;
    assert_int_equal(read_two(PERF_SAMPLE_IP | PERF_SAMPLE_ID, PERF_SAMPLE_ID, events, &damaged),
                     6);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(events[i], 0);
    assert_int_equal(read_two(PERF_SAMPLE_IP, PERF_SAMPLE_IP, events, &damaged), 6);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(events[i], 0);
}

static void a_sole_event_takes_every_id(void **state)
{
    const uint64_t ids[] = {4, 1, UINT64_MAX};
    uint32_t events[16];
    uint64_t damaged;
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){.sample_type = PERF_SAMPLE_IDENTIFIER});
    assert_int_equal(read_ids(&recording, ids, 3, events, &damaged), 3);
    assert_true(damaged == 0);
}

static void attrs_of_every_size_are_read(void **state)
{
    for (unsigned size = 64; size <= 512; size += 8) {
        struct recording recording = {.attr_size = size};
        for (uint64_t i = 0; i < 2; i++)
            recording_event(&recording,
                            (struct recording_event){.type = PERF_TYPE_SOFTWARE,
                                                     .config = i,
                                                     .sample_type = PERF_SAMPLE_IDENTIFIER,
                                                     .regs_user = 0xff,
                                                     .ids = {i + 1},
                                                     .id_count = 1});
        struct source source = recording_open(&recording, RECORDING_WHOLE);
        struct perf_session *session = session_of(&source);
        assert_int_equal(perf_session_event_count(session), 2);
        assert_string_equal(perf_session_event(session, 1)->name, "task-clock");
        assert_true(perf_session_event(session, 0)->sample_regs_user == (size >= 88 ? 0xff : 0));
        perf_session_free(session);
        source_close(&source);
        const uint64_t ids[] = {2, 1};
        uint32_t events[16];
        uint64_t damaged;
        assert_int_equal(read_ids(&recording, ids, 2, events, &damaged), 2);
        assert_true(events[0] == 1 && events[1] == 0);
    }
}

static void attr_size_0_means_the_first_kernels(void **state)
{
    struct recording recording = {.attr_size = 64};
    recording_event(&recording, (struct recording_event){.sample_type = PERF_SAMPLE_IP});
    struct buffer file = {0};
    recording_compose(&recording, &file);
    memset(file.data + 104 + 4, 0, 4);
    struct source source = bytes_open(file.data, file.size);
    struct perf_session *session = session_of(&source);
    assert_int_equal(perf_session_event_count(session), 1);
    assert_true(perf_session_event(session, 0)->sample_type == PERF_SAMPLE_IP);
    perf_session_free(session);
    source_close(&source);
    buffer_done(&file);
    recording_done(&recording);
}

static void too_many_events_are_refused(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    struct buffer file = {0};
    recording_compose(&recording, &file);
    uint64_t size = UINT64_C(1) << 40;
    memcpy(file.data + 32, &size, sizeof size);
    struct source source = bytes_open(file.data, file.size);
    struct perf_session *session = NULL;
    assert_int_equal(perf_session_open(&session, &source, NULL), -PFL_ERROR_LIMIT);
    source_close(&source);
    buffer_done(&file);
    recording_done(&recording);
}

RUN_TESTS(TEST(identifiers_tell_events_apart), TEST(ids_at_one_place_tell_events_apart),
          TEST(without_agreement_the_first_event_is_meant), TEST(a_sole_event_takes_every_id),
          TEST(attrs_of_every_size_are_read), TEST(attr_size_0_means_the_first_kernels),
          TEST(too_many_events_are_refused))
