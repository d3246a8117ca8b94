/* SPDX-License-Identifier: MIT */
#include "recording.h"

static void put_feature_text(struct buffer *to, const char *text)
{
    put_u32(to, (uint32_t)((strlen(text) + 1 + 63) / 64 * 64));
    size_t end = to->size + (strlen(text) + 1 + 63) / 64 * 64;
    buffer_text(to, text);
    while (to->size < end)
        buffer_char(to, '\0');
}

static void put_build_id(struct buffer *to, uint16_t misc, uint8_t size, const char *path)
{
    put_u32(to, 67);
    put_u16(to, misc);
    put_u16(to, (uint16_t)(36 + (strlen(path) / 8 + 1) * 8));
    put_u32(to, UINT32_MAX);
    buffer_append(to, "abcdefghijklmnop\0\0\0\0", 20);
    buffer_char(to, (char)size);
    buffer_append(to, "\0\0\0", 3);
    buffer_append(to, "\0\0\0", 0);
    put_text(to, path);
}

static void check_facts(const struct perf_session *session)
{
    const struct perf_facts *facts = perf_session_facts(session);
    assert_string_equal(facts->hostname, "host");
    assert_string_equal(facts->os_release, "6.1.0");
    assert_string_equal(facts->arch, "aarch64");
    assert_null(facts->perf_version);
    assert_true(facts->cpus_available == 8 && facts->cpus_online == 6);
    assert_string_equal(facts->command_line, "perf record -g -- make -j8");
    assert_true(facts->first_sample_time == 1000 && facts->last_sample_time == 9000);
    assert_true(facts->closed && !facts->has_auxtrace && !facts->has_stat);
}

static void put_facts(struct recording *recording)
{
    put_feature_text(recording_feature(recording, 3), "host");
    put_feature_text(recording_feature(recording, 4), "6.1.0");
    put_feature_text(recording_feature(recording, 6), "aarch64");
    struct buffer *cpus = recording_feature(recording, 7);
    put_u32(cpus, 8);
    put_u32(cpus, 6);
    const char *const words[] = {"perf", "record", "-g", "--", "make", "-j8"};
    struct buffer *command = recording_feature(recording, 11);
    put_u32(command, 6);
    for (unsigned i = 0; i < 6; i++)
        put_feature_text(command, words[i]);
    struct buffer *times = recording_feature(recording, 21);
    put_u64(times, 1000);
    put_u64(times, 9000);
}

static void facts_are_read(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    record_mark(&recording, 82);
    put_facts(&recording);
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    check_facts(session);
    assert_false(perf_session_losses(session)->truncated);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

/* Wherever a file is cut inside its features, what lies before the cut is read. */
static void features_outside_the_file_are_ignored(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    record_mark(&recording, 82);
    put_facts(&recording);
    struct buffer file = {0};
    recording_compose(&recording, &file);
    for (size_t size = recording_data_offset(&recording) + 8; size < file.size; size++) {
        struct source source = bytes_open(file.data, size);
        struct perf_session *session = session_of(&source);
        assert_false(perf_session_facts(session)->closed);
        assert_true(perf_session_losses(session)->truncated);
        assert_true(perf_session_facts(session)->last_sample_time == 0);
        perf_session_free(session);
        source_close(&source);
    }
    buffer_done(&file);
    recording_done(&recording);
}

static void events_are_named_by_their_description(void **state)
{
    struct recording recording = {0};
    for (unsigned i = 0; i < 3; i++)
        recording_event(&recording, (struct recording_event){.type = PERF_TYPE_SOFTWARE});
    record_mark(&recording, 82);
    struct buffer *names = recording_feature(&recording, 12);
    put_u32(names, 2);
    put_u32(names, 112);
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned j = 0; j < 14; j++)
            put_u64(names, 0);
        put_u32(names, 2);
        put_feature_text(names, i ? "cpu-clock:ppp" : "sched:sched_switch");
        put_u64(names, 1);
        put_u64(names, 2);
    }
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    assert_string_equal(perf_session_event(session, 0)->name, "sched:sched_switch");
    assert_string_equal(perf_session_event(session, 1)->name, "cpu-clock:ppp");
    assert_string_equal(perf_session_event(session, 2)->name, "cpu-clock");
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

/* perf before 2.6.35: header, id, path. */
static void the_first_build_ids_had_no_pid(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    record_mark(&recording, 82);
    struct buffer *ids = recording_feature(&recording, 2);
    static const char *const paths[] = {"[kernel.kallsyms]", "/bin/app"};
    for (unsigned i = 0; i < 2; i++) {
        size_t size = (strlen(paths[i]) + 8) & ~(size_t)7;
        put_u32(ids, 0);
        put_u16(ids, i ? 2 : 1);
        put_u16(ids, (uint16_t)(32 + size));
        buffer_append(ids, i ? "ABCDEFGHIJKLMNOPQRST\0\0\0" : "abcdefghijklmnopqrst\0\0\0", 24);
        put_text(ids, paths[i]);
    }
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    uint32_t count = 0;
    const struct perf_build_id *id = perf_session_build_ids(session, &count);
    assert_int_equal(count, 2);
    for (unsigned i = 0; i < 2; i++) {
        assert_string_equal(id[i].path, paths[i]);
        assert_true(id[i].size == 20 && id[i].pid == -1);
        assert_memory_equal(id[i].bytes, i ? "ABCDEFGHIJKLMNOPQRST" : "abcdefghijklmnopqrst", 20);
    }
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

static void build_ids_are_as_long_as_they_say(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    record_mark(&recording, 82);
    struct buffer *ids = recording_feature(&recording, 2);
    put_build_id(ids, 1, 0, "[kernel.kallsyms]");
    put_build_id(ids, 2 | 1u << 15, 20, "/tmp/jitted-1.so");
    put_build_id(ids, 2, 0, "[vdso]");
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    uint32_t count = 0;
    const struct perf_build_id *id = perf_session_build_ids(session, &count);
    assert_int_equal(count, 3);
    assert_string_equal(id[0].path, "[kernel.kallsyms]");
    assert_true(id[0].size == 16 && id[0].cpumode == PERF_CPUMODE_KERNEL && id[0].pid == -1);
    assert_memory_equal(id[0].bytes, "abcdefghijklmnop", 16);
    assert_string_equal(id[1].path, "/tmp/jitted-1.so");
    assert_true(id[1].size == 20 && id[1].cpumode == PERF_CPUMODE_USER);
    assert_string_equal(id[2].path, "[vdso]");
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

/* Features full of one hostile word read as nothing. */
static void hostile_features_are_survived(void **state)
{
    const unsigned bits[] = {2, 3, 7, 8, 11, 12, 21};
    const uint64_t words[] = {0, 1, UINT32_MAX, UINT64_MAX, 0x8000000080000000, 0x0000002500000043};
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        for (unsigned length = 0; length < 48; length++) {
            struct recording recording = {0};
            recording_event(&recording, (struct recording_event){0});
            record_mark(&recording, 82);
            for (unsigned i = 0; i < sizeof bits / sizeof bits[0]; i++) {
                struct buffer *bytes = recording_feature(&recording, bits[i]);
                for (unsigned j = 0; j < 6; j++)
                    put_u64(bytes, words[w]);
                bytes->size = length;
            }
            struct source source = recording_open(&recording, RECORDING_WHOLE);
            struct perf_session *session = session_of(&source);
            const char *cpu = perf_session_facts(session)->cpu_description;
            assert_true(!cpu || !*cpu);
            assert_true(perf_session_facts(session)->closed);
            assert_string_equal(perf_session_event(session, 0)->name, "cycles");
            perf_session_free(session);
            source_close(&source);
            recording_done(&recording);
        }
    }
}

static void auxtrace_and_stat_recordings_are_told(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    record_mark(&recording, 82);
    put_u64(recording_feature(&recording, 18), 0);
    put_u64(recording_feature(&recording, 19), 0);
    put_u64(recording_feature(&recording, 27), 0); /* perf stat claims to compress, and does not */
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    assert_true(perf_session_facts(session)->has_auxtrace);
    assert_true(perf_session_facts(session)->has_stat);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
}

RUN_TESTS(TEST(facts_are_read), TEST(features_outside_the_file_are_ignored),
          TEST(events_are_named_by_their_description), TEST(build_ids_are_as_long_as_they_say),
          TEST(the_first_build_ids_had_no_pid), TEST(hostile_features_are_survived),
          TEST(auxtrace_and_stat_recordings_are_told))
