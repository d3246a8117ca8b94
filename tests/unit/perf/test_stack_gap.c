/* SPDX-License-Identifier: MIT */
#include "perf/stack_gap.h"

#include <unistd.h>

#include "recording.h"

#define FINISHED_ROUND 68
#define SAMPLES        2000u
#define SAMPLE_TYPE                                                                                \
    (PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_STACK_USER | PERF_SAMPLE_CGROUP)

/* Of many sizes, so that blocks cut the records in many ways. */
static uint32_t stack_room(uint64_t time)
{
    const uint32_t rooms[] = {16384, 0, 8192, 16384, 60000, 4096, 5000, 16384};
    return rooms[time % 8] + (uint32_t)(time % 5) * 8;
}

static uint64_t stack_valid(uint64_t time)
{
    return time % 4 == 0 ? stack_room(time) : time * 7919 % 20000;
}

static uint8_t stack_byte(uint64_t time, uint32_t at)
{
    return (uint8_t)(time * 31 + at / 8 * 7 + at % 8);
}

/* Some chains are so long that the stack begins behind where a gap would. */
static uint32_t chain_length(uint64_t time)
{
    return time % 50 == 4 ? 600 : (uint32_t)(time % 3);
}

static void put_stack(struct recording *recording, uint64_t time)
{
    uint32_t room = stack_room(time);
    record_begin(recording, PERF_RECORD_SAMPLE, PERF_CPUMODE_USER);
    put_u64(&recording->data, time);
    put_u64(&recording->data, chain_length(time));
    for (uint32_t i = 0; i < chain_length(time); i++)
        put_u64(&recording->data, time + i);
    put_u64(&recording->data, room);
    for (uint32_t i = 0; i < room; i++)
        buffer_char(&recording->data, (char)stack_byte(time, i));
    if (room)
        put_u64(&recording->data, stack_valid(time));
    put_u64(&recording->data, ~time); /* cgroup */
    record_end(recording);
}

static void put_comm(struct recording *recording, uint64_t time)
{
    record_begin(recording, PERF_RECORD_COMM, 0);
    put_u32(&recording->data, 1);
    put_u32(&recording->data, 2);
    put_text(&recording->data, "name");
    put_u64(&recording->data, time);
    record_end(recording);
}

/* Pairs of samples in the wrong order, and names in between. */
static void put_all(struct recording *recording, unsigned samples)
{
    recording_event(recording, (struct recording_event){.type = PERF_TYPE_SOFTWARE,
                                                        .sample_type = SAMPLE_TYPE,
                                                        .sample_period = 1,
                                                        .flags = FLAG_SAMPLE_ID_ALL,
                                                        .stack_user = 16384});
    for (uint64_t i = 0; i < samples; i++) {
        put_stack(recording, i ^ 1);
        if (i % 7 == 0)
            put_comm(recording, i);
        if (i % 20 == 19)
            record_mark(recording, FINISHED_ROUND);
    }
}

/* Looks at the first `most` bytes of the stack. True if something of it was still to be read. */
static bool check_sample(struct perf_sample *sample, uint64_t time, uint32_t most)
{
    uint32_t room = stack_room(time);
    uint64_t valid = stack_valid(time);
    assert_int_equal(sample->user_stack_room, room);
    assert_int_equal(sample->user_stack_size, !room ? 0 : valid < room ? valid : room);
    assert_int_equal(sample->callchain.count, chain_length(time));
    for (uint32_t i = 0; i < sample->callchain.count; i++)
        assert_true(perf_word(&sample->callchain, i) == time + i);
    assert_true(sample->cgroup == ~time);
    struct gap *gap = &sample->user_stack_gap;
    bool unread = gap->begin < gap->end;
    uint32_t size = sample->user_stack_size < most ? (uint32_t)sample->user_stack_size : most;
    gap_meet(gap);
    for (uint32_t at = 0; at < size; at += time % 2 ? 8 : 1) {
        assert_true(gap_read(gap, at + 1));
        assert_int_equal(sample->user_stack[at], stack_byte(time, at));
    }
    return unread;
}

static void a_stack_is_read_when_it_is_looked_at(void **state)
{
    struct recording recording = {0};
    put_all(&recording, SAMPLES);
    for (int ahead = 0; ahead < 2; ahead++) {
        struct source source = recording_open(&recording, RECORDING_WHOLE);
        struct perf_session *session = session_of(&source);
        struct perf_record record;
        unsigned unread = 0;
        uint64_t time = 0;
        if (ahead)
            perf_session_read_ahead(session);
        while (perf_session_next(session, &record, NULL) > 0)
            if (record.type == PERF_RECORD_SAMPLE) {
                assert_true(record.time == time);
                unread += check_sample(&record.sample, time++, UINT32_MAX);
            }
        assert_int_equal(time, SAMPLES);
        assert_true(unread > SAMPLES / 4); /* most large ones whose end is valid */
        perf_session_free(session);
        source_close(&source);
    }
    recording_done(&recording);
}

static void a_head_is_as_large_as_is_asked_for(void **state)
{
    struct stack_head head = {0};
    const struct {
        unsigned met, read_on;
        bool leads;
        uint32_t size;
    } steps[] = {
        {63, 0, false, 4096},  {64, 64, false, 4096}, {64, 7, false, 2048},  {64, 8, false, 2048},
        {90, 30, false, 2048}, {64, 7, false, 1024},  {64, 0, false, 1024},  {64, 64, false, 2048},
        {63, 63, true, 2048},  {64, 22, false, 4096}, {64, 4, true, 4096},   {64, 5, true, 8192},
        {64, 64, true, 8192},  {64, 1, true, 8192},   {64, 64, false, 4096}, {64, 0, true, 2048}};
    stack_head_init(&head, NULL);
    assert_int_equal(stack_head_choose(&head, false), STACK_HEAD_USUAL);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        head.home.met = steps[i].met;
        head.home.read_on = steps[i].read_on;
        assert_int_equal(stack_head_choose(&head, steps[i].leads), steps[i].size);
    }
}

/* Half of the samples are looked at as far as everybody looks, then all of each: less of a stack is
 * read, and then more again. */
static void less_is_read_where_nobody_looks(void **state)
{
    struct recording recording = {0};
    put_all(&recording, SAMPLES);
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    struct perf_record record;
    uint32_t least = UINT32_MAX, last = 0;
    uint64_t time = 0;
    while (perf_session_next(session, &record, NULL) > 0) {
        if (record.type != PERF_RECORD_SAMPLE)
            continue;
        const struct gap *gap = &record.sample.user_stack_gap;
        if (gap->begin < gap->end) {
            last = gap->begin;
            least = last < least ? last : least;
        }
        check_sample(&record.sample, time, time < SAMPLES / 2 ? 500 : UINT32_MAX);
        time++;
    }
    assert_int_equal(time, SAMPLES);
    assert_true(least < STACK_HEAD_LEAST);
    assert_true(last > STACK_HEAD_USUAL / 2);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

static void a_file_may_end_within_a_gap(void **state)
{
    struct recording recording = {0};
    put_all(&recording, 1);
    size_t begin = recording_data_offset(&recording), size = recording.data.size;
    put_stack(&recording, 3);
    size_t whole = begin + recording.data.size;
    for (size_t cut = begin + size; cut <= whole; cut += cut + 1000 < whole ? 1000 : 1) {
        struct source source = recording_open(&recording, cut);
        struct perf_session *session = session_of(&source);
        struct perf_record records[3];
        assert_int_equal(recording_read(session, records, 3), cut < whole ? 2 : 3);
        const struct perf_losses *losses = perf_session_losses(session);
        assert_true(losses->truncated == (cut < whole));
        assert_true(losses->read_until == (cut < whole ? begin + size : whole));
        perf_session_free(session);
        source_close(&source);
    }
    recording_done(&recording);
}

static void a_file_may_shrink_while_it_is_read(void **state)
{
    struct recording recording = {0};
    put_all(&recording, 2);
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    struct perf_record record;
    while (perf_session_next(session, &record, NULL) > 0 && record.type != PERF_RECORD_SAMPLE)
        ;
    assert_true(record.sample.user_stack_gap.begin < record.sample.user_stack_gap.end);
    assert_int_equal(ftruncate(source.fd, 4096), 0);
    assert_true(gap_read(&record.sample.user_stack_gap, 100));
    assert_false(gap_read(&record.sample.user_stack_gap, 16000));
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

RUN_TESTS(TEST(a_stack_is_read_when_it_is_looked_at), TEST(a_head_is_as_large_as_is_asked_for),
          TEST(less_is_read_where_nobody_looks), TEST(a_file_may_end_within_a_gap),
          TEST(a_file_may_shrink_while_it_is_read))
