/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include "perf/ahead.h"
#include "perf/session_data.h"

#define SAMPLE_TYPE    (PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN)
#define FINISHED_ROUND 68
#define SAMPLES        12000u /* several batches */

static void put_chain(struct recording *recording, uint64_t time, uint64_t last)
{
    record_begin(recording, PERF_RECORD_SAMPLE, PERF_CPUMODE_USER);
    put_u64(&recording->data, 0x400100 + time);
    put_u32(&recording->data, 1);
    put_u32(&recording->data, 2);
    put_u64(&recording->data, time);
    put_u64(&recording->data, 3);
    put_u64(&recording->data, 0x400100 + time);
    put_u64(&recording->data, last);
    put_u64(&recording->data, time); /* or the cookie */
    record_end(recording);
}

/* The user part of the sample with this cookie, and that a name was told. */
static void put_trailing(struct recording *recording, uint64_t time)
{
    record_begin(recording, PERF_RECORD_CALLCHAIN_DEFERRED, PERF_CPUMODE_USER);
    put_u64(&recording->data, time);
    put_u64(&recording->data, 2);
    put_u64(&recording->data, 0x500000 + time);
    put_u64(&recording->data, 0x600000 + time);
    put_u64(&recording->data, UINT64_C(2) << 32 | 1);
    put_u64(&recording->data, time);
    record_end(recording);
    record_begin(recording, PERF_RECORD_COMM, 0);
    put_u32(&recording->data, 1);
    put_u32(&recording->data, 2);
    put_text(&recording->data, time % 2 ? "odd" : "even");
    put_u64(&recording->data, UINT64_C(2) << 32 | 1);
    put_u64(&recording->data, time);
    record_end(recording);
}

static struct source begin(struct recording *recording)
{
    recording_event(recording, (struct recording_event){.type = PERF_TYPE_SOFTWARE,
                                                        .sample_type = SAMPLE_TYPE,
                                                        .sample_period = 1000,
                                                        .flags = FLAG_SAMPLE_ID_ALL});
    for (uint64_t i = 0; i < SAMPLES; i++) {
        bool deferred = i % 10 == 0;
        put_chain(recording, i * 2 + (i % 2 ? 0 : 3), deferred ? PERF_CONTEXT_USER_DEFERRED : i);
        if (deferred)
            put_trailing(recording, i * 2 + 3);
        if (i % 500 == 0)
            record_mark(recording, FINISHED_ROUND);
    }
    return recording_open(recording, RECORDING_WHOLE);
}

static void assert_same(const struct perf_record *a, const struct perf_record *b)
{
    assert_int_equal(a->type, b->type);
    assert_true(a->time == b->time && a->offset == b->offset && a->tid == b->tid);
    if (a->type == PERF_RECORD_COMM)
        assert_string_equal(a->comm.name, b->comm.name);
    if (a->type != PERF_RECORD_SAMPLE)
        return;
    assert_true(a->sample.ip == b->sample.ip && a->sample.cgroup == b->sample.cgroup);
    assert_int_equal(a->sample.callchain.count, b->sample.callchain.count);
    for (uint32_t i = 0; i < a->sample.callchain.count; i++)
        assert_true(perf_word(&a->sample.callchain, i) == perf_word(&b->sample.callchain, i));
}

static void what_is_read_ahead_is_the_same(void **state)
{
    struct recording recording = {0};
    struct source one = begin(&recording), other = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *alone = session_of(&one), *ahead = session_of(&other);
    perf_session_read_ahead(ahead);
    struct perf_record a, b;
    unsigned count = 0, joined = 0;
    while (perf_session_next(alone, &a, NULL) > 0) {
        assert_int_equal(perf_session_next(ahead, &b, NULL), 1);
        assert_same(&a, &b);
        joined += b.type == PERF_RECORD_SAMPLE && b.sample.callchain.count == 4;
        count++;
    }
    assert_int_equal(perf_session_next(ahead, &b, NULL), 0);
    assert_int_equal(perf_session_next(ahead, &b, NULL), 0);
    assert_int_equal(count, SAMPLES + SAMPLES / 10);
    assert_int_equal(joined, SAMPLES / 10);
    assert_true(perf_session_losses(ahead)->read_until == perf_session_losses(alone)->read_until);
    perf_session_free(alone);
    perf_session_free(ahead);
    source_close(&one);
    source_close(&other);
    recording_done(&recording);
}

static void a_session_may_end_while_it_is_read_ahead(void **state)
{
    struct recording recording = {0};
    struct source source = begin(&recording);
    for (unsigned wanted = 0; wanted < 3; wanted++) {
        struct perf_session *session = session_of(&source);
        struct perf_record record;
        perf_session_read_ahead(session);
        for (unsigned i = 0; i < wanted * 3000; i++)
            assert_int_equal(perf_session_next(session, &record, NULL), 1);
        perf_session_free(session);
    }
    source_close(&source);
    recording_done(&recording);
}

#define LARGE 6000u /* bytes of a payload that is not copied */

/* Every third one claims more words than it has. */
static void put_large(struct recording *recording, uint64_t time)
{
    record_begin(recording, PERF_RECORD_SAMPLE, PERF_CPUMODE_USER);
    put_u32(&recording->data, 1);
    put_u32(&recording->data, 2);
    put_u64(&recording->data, time);
    put_u64(&recording->data, time % 3 ? 0 : UINT32_MAX);
    put_u32(&recording->data, LARGE);
    for (unsigned i = 0; i < LARGE + 4; i += 4)
        put_u32(&recording->data, (uint32_t)time * 10000 + i);
    record_end(recording);
}

static void large_records_stay_where_they_were_read(void **state)
{
    const unsigned samples = 3000; /* 18 MB, of which all batches hold less than all */
    struct recording recording = {0};
    recording_event(&recording,
                    (struct recording_event){.type = PERF_TYPE_SOFTWARE,
                                             .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
                                                            PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW,
                                             .sample_period = 1});
    for (uint64_t i = 1; i <= samples; i++)
        put_large(&recording, i);
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    struct perf_record record;
    perf_session_read_ahead(session);
    for (uint32_t time = 1; time <= samples; time++) {
        if (time % 3 == 0)
            continue;
        assert_int_equal(perf_session_next(session, &record, NULL), 1);
        assert_true(record.time == time && record.sample.raw_size == LARGE);
        for (uint32_t i = 0; i < LARGE; i += 4) {
            uint32_t value;
            memcpy(&value, record.sample.raw + i, sizeof value);
            assert_int_equal(value, time * 10000 + i);
        }
    }
    assert_int_equal(perf_session_next(session, &record, NULL), 0);
    assert_int_equal(perf_session_losses(session)->damaged, samples / 3);
    for (int i = 0; i < AHEAD_BATCHES; i++) /* or their memory would not be used again soon */
        assert_true(session->ahead->batches[i].piece_count <= 4);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

#define ROUNDS      4u
#define RINGS       60u
#define RING_WORDS  250u
#define RING_LENGTH 80u /* records: two thirds of a block */

/* A sample whose call chain follows from its time. */
static void put_ring_sample(struct recording *recording, uint64_t time)
{
    record_begin(recording, PERF_RECORD_SAMPLE, PERF_CPUMODE_USER);
    put_u32(&recording->data, 1);
    put_u32(&recording->data, 2);
    put_u64(&recording->data, time);
    put_u64(&recording->data, RING_WORDS);
    for (uint64_t i = 0; i < RING_WORDS; i++)
        put_u64(&recording->data, time << 8 | i);
    record_end(recording);
}

/* Rounds of which the records come by turns out of so many blocks that a batch can hold but a part
 * of them, while other rounds are read. */
static void small_records_are_held_or_copied(void **state)
{
    const uint64_t sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN;
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){.type = PERF_TYPE_SOFTWARE,
                                                         .sample_type = sample_type,
                                                         .sample_period = 1});
    for (uint64_t round = 0; round < ROUNDS; round++) {
        for (uint64_t ring = 0; ring < RINGS; ring++)
            for (uint64_t i = 0; i < RING_LENGTH; i++)
                put_ring_sample(&recording, 1 + (round * RING_LENGTH + i) * RINGS + ring);
        record_mark(&recording, FINISHED_ROUND);
    }
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    struct perf_record record;
    perf_session_read_ahead(session);
    for (uint64_t time = 1; time <= ROUNDS * RING_LENGTH * RINGS; time++) {
        assert_int_equal(perf_session_next(session, &record, NULL), 1);
        assert_true(record.time == time);
        assert_int_equal(record.sample.callchain.count, RING_WORDS);
        for (uint32_t i = 0; i < RING_WORDS; i++)
            assert_true(perf_word(&record.sample.callchain, i) == (time << 8 | i));
    }
    assert_int_equal(perf_session_next(session, &record, NULL), 0);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

RUN_TESTS(TEST(small_records_are_held_or_copied), TEST(what_is_read_ahead_is_the_same),
          TEST(a_session_may_end_while_it_is_read_ahead),
          TEST(large_records_stay_where_they_were_read))
