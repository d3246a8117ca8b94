/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include <zstd.h>

#include "base/limits.h"
#include "base/mem.h"

#define SAMPLE_TYPE    (PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN)
#define FINISHED_ROUND 68

static void put_sample(struct recording *recording, uint64_t time)
{
    record_begin(recording, PERF_RECORD_SAMPLE, PERF_CPUMODE_USER);
    put_u64(&recording->data, 0x400100 + time);
    put_u32(&recording->data, 1);
    put_u32(&recording->data, 2);
    put_u64(&recording->data, time);
    put_u64(&recording->data, 1);
    put_u64(&recording->data, 0x400100 + time);
    record_end(recording);
}

static void put_comm(struct recording *recording, uint64_t time, const char *name)
{
    record_begin(recording, PERF_RECORD_COMM, 0);
    put_u32(&recording->data, 1);
    put_u32(&recording->data, 2);
    put_text(&recording->data, name);
    put_u64(&recording->data, 0);
    put_u64(&recording->data, time);
    record_end(recording);
}

static const struct recording_event timed = {.type = PERF_TYPE_SOFTWARE,
                                             .sample_type = SAMPLE_TYPE,
                                             .sample_period = 1000,
                                             .flags = FLAG_SAMPLE_ID_ALL};

/* Two rounds of two CPUs, a late sample, records without time, and the end. */
static void put_rounds(struct recording *recording)
{
    recording_event(recording, timed);
    put_comm(recording, 0, "first");
    put_sample(recording, 10);
    put_sample(recording, 30);
    put_sample(recording, 20);
    put_comm(recording, 25, "later");
    record_mark(recording, FINISHED_ROUND);
    put_sample(recording, 50);
    put_sample(recording, 35);
    record_mark(recording, FINISHED_ROUND);
    put_sample(recording, 15); /* the round is over in which this could come */
    put_comm(recording, 0, "no time");
    put_sample(recording, 60);
    record_mark(recording, FINISHED_ROUND);
    put_sample(recording, 55);
}

static void records_come_in_the_order_of_time(void **state)
{
    const uint64_t times[] = {0, 10, 20, 25, 30, 0, 15, 35, 50, 55, 60};
    struct recording recording = {0};
    put_rounds(&recording);
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    struct perf_record records[16];
    assert_int_equal(recording_read(session, records, 16), 11);
    for (unsigned i = 0; i < 11; i++)
        assert_true(records[i].time == times[i]);
    const struct perf_losses *losses = perf_session_losses(session);
    assert_true(losses->out_of_order == 1 && losses->damaged == 0 && losses->unknown == 0);
    assert_true(!losses->truncated);
    assert_true(losses->read_until == recording_data_offset(&recording) + recording.data.size);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

static void borrowed_pointers_live_until_the_next_call(void **state)
{
    struct recording recording = {0};
    put_rounds(&recording);
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    struct perf_record record;
    const char *const names[] = {"first", "later", "no time"};
    unsigned named = 0;
    while (perf_session_next(session, &record, NULL) > 0) {
        if (record.type == PERF_RECORD_COMM)
            assert_string_equal(record.comm.name, names[named++]);
        else
            assert_true(perf_word(&record.sample.callchain, 0) == 0x400100 + record.time);
    }
    assert_int_equal(named, 3);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

static void without_times_the_order_is_that_of_the_file(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){.sample_type = PERF_SAMPLE_IP});
    for (uint64_t i = 0; i < 10; i++) {
        record_begin(&recording, PERF_RECORD_SAMPLE, 0);
        put_u64(&recording.data, 100 - i);
        record_end(&recording);
        if (i % 3 == 0)
            record_mark(&recording, FINISHED_ROUND);
    }
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    struct perf_record records[16];
    assert_int_equal(recording_read(session, records, 16), 10);
    for (uint64_t i = 0; i < 10; i++)
        assert_true(records[i].sample.ip == 100 - i && !records[i].has_time);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

/* How many samples of the file stand whole before byte `size`. */
static int whole_samples(const struct buffer *file, size_t data_at, size_t data_size, size_t size)
{
    int count = 0;
    for (size_t at = data_at; at < data_at + data_size;) {
        uint32_t type;
        uint16_t record_size;
        memcpy(&type, file->data + at, 4);
        memcpy(&record_size, file->data + at + 6, 2);
        at += record_size;
        if (type == PERF_RECORD_SAMPLE && at <= size)
            count++;
    }
    return count;
}

/* Cut at every byte: either no recording, or exactly the samples that stand before the cut. */
static void check_cuts(bool killed)
{
    struct recording recording = {.killed = killed};
    put_rounds(&recording);
    put_u64(recording_feature(&recording, 21), 1);
    struct buffer file = {0};
    recording_compose(&recording, &file);
    size_t data_at = recording_data_offset(&recording), data_size = recording.data.size;
    for (size_t size = 0; size < file.size; size++) {
        struct source source = bytes_open(file.data, size);
        struct perf_session *session = NULL;
        int r = perf_session_open(&session, &source, NULL);
        assert_int_equal(r, size < data_at ? -PFL_ERROR_FORMAT : 0);
        if (r == 0) {
            struct perf_record records[16];
            int count = recording_read(session, records, 16), samples = 0;
            for (int i = 0; i < count; i++)
                samples += records[i].type == PERF_RECORD_SAMPLE;
            assert_int_equal(samples, whole_samples(&file, data_at, data_size, size));
            const struct perf_losses *losses = perf_session_losses(session);
            assert_true(losses->read_until <= size);
            assert_true(losses->truncated || (killed && losses->read_until == size));
            assert_false(perf_session_facts(session)->closed);
        }
        perf_session_free(session);
        source_close(&source);
    }
    buffer_done(&file);
    recording_done(&recording);
}

static void a_cut_file_gives_what_stands_before_the_cut(void **state)
{
    check_cuts(false);
}

static void a_recording_of_a_killed_perf_is_read_to_its_end(void **state)
{
    check_cuts(true);
}

static void a_file_that_lost_its_last_events_uses_the_first(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, timed);
    recording_event(&recording, timed);
    put_sample(&recording, 5);
    struct buffer file = {0};
    recording_compose(&recording, &file);
    struct source source = bytes_open(file.data, 104 + 144 + 143);
    struct perf_session *session = session_of(&source);
    struct perf_record record;
    assert_int_equal(perf_session_event_count(session), 1);
    assert_int_equal(perf_session_next(session, &record, NULL), 0);
    assert_true(perf_session_losses(session)->truncated);
    assert_false(perf_session_facts(session)->closed);
    perf_session_free(session);
    source_close(&source);
    buffer_done(&file);
    recording_done(&recording);
}

/* All records of one zstd stream, which is flushed wherever a chunk ends: anywhere. */
static void put_compressed(struct recording *recording, const struct buffer *records, size_t piece,
                           uint32_t type)
{
    ZSTD_CStream *zstd = ZSTD_createCStream();
    assert_non_null(zstd);
    ZSTD_initCStream(zstd, 1);
    for (size_t at = 0; at < records->size; at += piece) {
        static char out[32 * 1024];
        size_t left = records->size - at;
        ZSTD_inBuffer from = {records->data + at, left < piece ? left : piece, 0};
        ZSTD_outBuffer to = {out, sizeof out, 0};
        ZSTD_compressStream(zstd, &to, &from);
        assert_true(ZSTD_flushStream(zstd, &to) == 0 && from.pos == from.size);
        record_begin(recording, type, 0);
        if (type == 83)
            put_u64(&recording->data, to.pos);
        buffer_append(&recording->data, out, to.pos);
        if (type == 83)
            buffer_append(&recording->data, "\1\2\3\4\5\6\7", (8 - to.pos % 8) % 8);
        record_end(recording);
    }
    ZSTD_freeCStream(zstd);
}

static void compressed_records_may_straddle_chunks(void **state)
{
    const uint32_t types[] = {81, 83};
    const size_t pieces[] = {1, 7, 100, 5000, 60000};
    for (unsigned i = 0; i < 10; i++) {
        struct recording inside = {0}, recording = {0};
        for (uint64_t k = 0; k < 300; k++)
            put_sample(&inside, 1000 + k);
        recording_event(&recording, timed);
        put_sample(&recording, 1);
        put_compressed(&recording, &inside.data, pieces[i % 5], types[i / 5]);
        put_sample(&recording, 5000);
        struct source source = recording_open(&recording, RECORDING_WHOLE);
        struct perf_session *session = session_of(&source);
        static struct perf_record records[400];
        assert_int_equal(recording_read(session, records, 400), 302);
        assert_true(records[0].time == 1 && records[301].time == 5000);
        for (uint64_t k = 0; k < 300; k++)
            assert_true(records[1 + k].time == 1000 + k);
        assert_true(perf_session_facts(session)->compressed);
        assert_false(perf_session_losses(session)->truncated);
        perf_session_free(session);
        source_close(&source);
        recording_done(&recording);
        recording_done(&inside);
    }
}

static void damaged_chunks_end_reading(void **state)
{
    struct recording inside = {0}, recording = {0};
    for (uint64_t k = 0; k < 50; k++)
        put_sample(&inside, 1000 + k);
    recording_event(&recording, timed);
    put_compressed(&recording, &inside.data, 400, 81);
    size_t first = ((uint8_t *)recording.data.data)[6];
    memset(recording.data.data + first + 8, 0xee, 6); /* into the second chunk */
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    static struct perf_record records[100];
    int count = recording_read(session, records, 100);
    assert_true(count > 0 && count < 50);
    assert_true(perf_session_losses(session)->truncated);
    assert_true(perf_session_losses(session)->damaged == 1);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
    recording_done(&inside);
}

static void a_trace_behind_its_record_is_passed_over(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, timed);
    put_sample(&recording, 5);
    record_begin(&recording, 71, 0);
    put_u64(&recording.data, 24);
    for (unsigned i = 0; i < 4; i++)
        put_u64(&recording.data, 0);
    record_end(&recording);
    for (unsigned i = 0; i < 3; i++)
        put_u64(&recording.data, UINT64_MAX);
    put_sample(&recording, 6);
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    struct perf_record records[4];
    assert_int_equal(recording_read(session, records, 4), 2);
    assert_true(perf_session_losses(session)->aux_records == 1);
    assert_true(perf_session_losses(session)->damaged == 0);
    assert_true(perf_session_facts(session)->has_auxtrace);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

/* A pipe that tells its event behind the first EARLY samples, and has so many before its first
 * round ends that some are given while they are being read. */
#define HEADER_ATTR 64
#define EARLY       (LIMIT_HELD_RECORDS / 5)
#define HELD_TOO    (LIMIT_HELD_RECORDS / 2 + 1000)

static void put_attr(struct recording *recording)
{
    const uint64_t words[] = {(uint64_t)128 << 32 | PERF_TYPE_SOFTWARE, 0, 1, SAMPLE_TYPE};
    record_begin(recording, HEADER_ATTR, 0);
    for (size_t i = 0; i < 128 / 8; i++)
        put_u64(&recording->data, i < sizeof words / sizeof *words ? words[i] : 0);
    record_end(recording);
}

static void samples_are_given_once_wherever_a_pipe_tells_its_event(void **state)
{
    struct recording recording = {0};
    struct perf_record record;
    buffer_append(&recording.data, "PERFILE2", 8);
    put_u64(&recording.data, 16);
    for (uint64_t time = 0; time < HELD_TOO; time++) {
        if (time == EARLY)
            put_attr(&recording);
        put_sample(&recording, time);
    }
    record_mark(&recording, FINISHED_ROUND);
    struct source source = bytes_open(recording.data.data, recording.data.size);
    struct perf_session *session = session_of(&source);
    uint8_t *seen = mem_zalloc(HELD_TOO, 1);
    uint64_t count = 0;
    assert_non_null(seen);
    for (; perf_session_next(session, &record, NULL) > 0; count++)
        assert_true(record.time < HELD_TOO && !seen[record.time]++);
    assert_int_equal(count, HELD_TOO);
    assert_int_equal(perf_session_losses(session)->damaged, 0);
    mem_free(seen);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

/* One sample of the leader, that read counters of ids 1 and 2. */
static void put_group(struct recording *recording, uint64_t time, uint64_t first, uint64_t second)
{
    record_begin(recording, PERF_RECORD_SAMPLE, 0);
    put_u64(&recording->data, time);
    put_u64(&recording->data, 1);   /* ID */
    put_u64(&recording->data, 777); /* PERIOD: what was asked for, not what was counted */
    put_u64(&recording->data, 2);
    put_u64(&recording->data, 0); /* enabled */
    put_u64(&recording->data, first);
    put_u64(&recording->data, 1);
    put_u64(&recording->data, second);
    put_u64(&recording->data, 2);
    record_end(recording);
}

static void a_group_gives_a_sample_for_each_counter_that_moved(void **state)
{
    struct recording recording = {0};
    for (uint64_t i = 1; i <= 2; i++)
        recording_event(&recording, (struct recording_event){
                                        .sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_ID |
                                                       PERF_SAMPLE_PERIOD | PERF_SAMPLE_READ,
                                        .read_format = 1 | 4 | 8,
                                        .ids = {i},
                                        .id_count = 1});
    put_group(&recording, 10, 1000, 5);
    put_group(&recording, 20, 1500, 5);
    put_group(&recording, 30, 1501, 8);
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    struct perf_record records[8];
    const uint64_t expected[5][3] = {
        {10, 0, 1000}, {10, 1, 5}, {20, 0, 500}, {30, 0, 1}, {30, 1, 3}};
    assert_int_equal(recording_read(session, records, 8), 5);
    for (unsigned i = 0; i < 5; i++) {
        assert_true(records[i].time == expected[i][0]);
        assert_true(records[i].sample.event == expected[i][1]);
        assert_true(records[i].sample.period == expected[i][2]);
    }
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

/* Reads all, with the nth allocation failing. True if that one was never asked for. */
static bool reads_with_failure_after(struct source *source, long n)
{
    struct perf_session *session = NULL;
    struct perf_record record;
    struct pfl_error error;
    mem_fail_after(n);
    int r = perf_session_open(&session, source, &error);
    if (r == 0)
        while ((r = perf_session_next(session, &record, &error)) > 0)
            ;
    mem_fail_after(-1);
    assert_true(r == 0 || r == -PFL_ERROR_MEMORY);
    perf_session_free(session);
    return r == 0;
}

static void every_allocation_may_fail(void **state)
{
    struct recording recording = {0};
    put_rounds(&recording);
    recording.events[0].ids[0] = 3;
    recording.events[0].id_count = 1;
    struct buffer *host = recording_feature(&recording, 3);
    put_u32(host, 8);
    put_text(host, "host");
    struct buffer *command = recording_feature(&recording, 11);
    put_u32(command, 1);
    put_u32(command, 8);
    put_text(command, "perf");
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    long n = 0;
    while (!reads_with_failure_after(&source, n))
        n++;
    assert_true(n > 10);
    source_close(&source);
    recording_done(&recording);
}

RUN_TESTS(TEST(samples_are_given_once_wherever_a_pipe_tells_its_event),
          TEST(a_group_gives_a_sample_for_each_counter_that_moved),
          TEST(records_come_in_the_order_of_time), TEST(borrowed_pointers_live_until_the_next_call),
          TEST(without_times_the_order_is_that_of_the_file),
          TEST(a_cut_file_gives_what_stands_before_the_cut),
          TEST(a_recording_of_a_killed_perf_is_read_to_its_end),
          TEST(a_file_that_lost_its_last_events_uses_the_first),
          TEST(compressed_records_may_straddle_chunks), TEST(damaged_chunks_end_reading),
          TEST(a_trace_behind_its_record_is_passed_over), TEST(every_allocation_may_fail))
