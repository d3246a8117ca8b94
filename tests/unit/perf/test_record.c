/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include "base/limits.h"

#include <sys/mman.h>

#define TRAILER                                                                                    \
    (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |                 \
     PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER)

static void put_trailer(struct buffer *to, uint64_t type, uint64_t time, uint64_t id)
{
    if (type & PERF_SAMPLE_TID) {
        put_u32(to, 21);
        put_u32(to, 22);
    }
    if (type & PERF_SAMPLE_TIME)
        put_u64(to, time);
    if (type & PERF_SAMPLE_ID)
        put_u64(to, id);
    if (type & PERF_SAMPLE_STREAM_ID)
        put_u64(to, 99);
    if (type & PERF_SAMPLE_CPU) {
        put_u32(to, 5);
        put_u32(to, 0);
    }
    if (type & PERF_SAMPLE_IDENTIFIER)
        put_u64(to, id);
}

/* A recording that is open. */
struct opened {
    struct source source;
    struct perf_session *session;
};

static void open_recording(struct opened *opened, struct recording *recording)
{
    opened->source = recording_open(recording, RECORDING_WHOLE);
    opened->session = session_of(&opened->source);
    recording_done(recording);
}

static void opened_close(struct opened *opened)
{
    perf_session_free(opened->session);
    source_close(&opened->source);
}

static void put_comm(struct recording *recording, uint16_t misc, const char *name)
{
    record_begin(recording, PERF_RECORD_COMM, misc);
    put_u32(&recording->data, 7);
    put_u32(&recording->data, 8);
    put_text(&recording->data, name);
}

/* Every combination of trailer fields is found behind the body. */
static void trailers_are_read_from_the_end(void **state)
{
    const uint64_t bits[] = {PERF_SAMPLE_TID,       PERF_SAMPLE_TIME, PERF_SAMPLE_ID,
                             PERF_SAMPLE_STREAM_ID, PERF_SAMPLE_CPU,  PERF_SAMPLE_IDENTIFIER};
    for (unsigned mask = 0; mask < 64; mask++) {
        uint64_t type = PERF_SAMPLE_CALLCHAIN;
        for (unsigned i = 0; i < 6; i++)
            if (mask >> i & 1)
                type |= bits[i];
        struct recording recording = {0};
        recording_event(&recording,
                        (struct recording_event){.sample_type = type, .flags = FLAG_SAMPLE_ID_ALL});
        record_begin(&recording, PERF_RECORD_SWITCH, PERF_MISC_SWITCH_OUT | 1u << 14);
        put_trailer(&recording.data, type, 1234, 1);
        record_end(&recording);
        struct opened opened;
        open_recording(&opened, &recording);
        struct perf_record record;
        assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
        assert_true(record.has_time == !!(type & PERF_SAMPLE_TIME));
        assert_true(record.time == (type & PERF_SAMPLE_TIME ? 1234 : 0));
        assert_true(record.tid == (type & PERF_SAMPLE_TID ? 22 : UINT32_MAX));
        assert_true(record.has_cpu == !!(type & PERF_SAMPLE_CPU));
        assert_true(record.cpu == (type & PERF_SAMPLE_CPU ? 5 : 0));
        assert_true(record.switched.out && record.switched.preempted);
        opened_close(&opened);
    }
}

static void an_exec_is_told_by_its_comm(void **state)
{
    struct recording recording = {0};
    recording_event(&recording,
                    (struct recording_event){.sample_type = TRAILER, .flags = FLAG_SAMPLE_ID_ALL});
    put_comm(&recording, PERF_MISC_COMM_EXEC, "cc1plus");
    put_trailer(&recording.data, TRAILER, 10, 0);
    record_end(&recording);
    put_comm(&recording, 0, "worker/1");
    put_trailer(&recording.data, TRAILER, 11, 0);
    record_end(&recording);
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record record;
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_string_equal(record.comm.name, "cc1plus");
    assert_true(record.comm.length == 7 && record.comm.exec);
    assert_true(record.pid == 7 && record.tid == 8 && record.time == 10);
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_string_equal(record.comm.name, "worker/1");
    assert_false(record.comm.exec);
    opened_close(&opened);
}

static void a_record_without_its_trailer_keeps_its_body(void **state)
{
    struct recording recording = {0};
    recording_event(&recording,
                    (struct recording_event){.sample_type = TRAILER, .flags = FLAG_SAMPLE_ID_ALL});
    put_comm(&recording, 0, "a name of perf's own");
    record_end(&recording);
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record record;
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_string_equal(record.comm.name, "a name of perf's own");
    assert_false(record.has_time);
    assert_int_equal(record.tid, 8);
    opened_close(&opened);
}

static void a_name_that_does_not_end_is_damage(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    record_begin(&recording, PERF_RECORD_COMM, 0);
    put_u64(&recording.data, 0);
    buffer_append(&recording.data, "xxxxxxxx", 8);
    record_end(&recording);
    record_begin(&recording, PERF_RECORD_MMAP2, 0);
    put_u64(&recording.data, 0);
    record_end(&recording);
    put_comm(&recording, 0, "good");
    record_end(&recording);
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record record;
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_string_equal(record.comm.name, "good");
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 0);
    assert_true(perf_session_losses(opened.session)->damaged == 2);
    opened_close(&opened);
}

static void put_mmap(struct recording *recording, uint32_t type, uint16_t misc)
{
    record_begin(recording, type, misc);
    put_u32(&recording->data, 7);
    put_u32(&recording->data, 8);
    put_u64(&recording->data, 0x400000);
    put_u64(&recording->data, 0x1000);
    put_u64(&recording->data, 0x2000);
}

static void a_path_that_no_kernel_records_is_damage(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    for (size_t length = LIMIT_PATH_BYTES - 1; length <= LIMIT_PATH_BYTES; length++) {
        put_mmap(&recording, PERF_RECORD_MMAP, 0);
        for (size_t i = 0; i < length; i++)
            buffer_char(&recording.data, 'p');
        put_u64(&recording.data, 0);
        record_end(&recording);
    }
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record record;
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_int_equal(record.mmap.path_length, LIMIT_PATH_BYTES - 1);
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 0);
    assert_true(perf_session_losses(opened.session)->damaged == 1);
    opened_close(&opened);
}

static void mappings_tell_where_and_how(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    put_mmap(&recording, PERF_RECORD_MMAP, 0);
    put_text(&recording.data, "/bin/a");
    record_end(&recording);
    put_mmap(&recording, PERF_RECORD_MMAP, PERF_MISC_MMAP_DATA);
    put_text(&recording.data, "//anon");
    record_end(&recording);
    put_mmap(&recording, PERF_RECORD_MMAP2, 0);
    put_u32(&recording.data, 8);
    put_u32(&recording.data, 1);
    put_u64(&recording.data, 12345);
    put_u64(&recording.data, 2);
    put_u32(&recording.data, PROT_READ | PROT_EXEC);
    put_u32(&recording.data, MAP_PRIVATE);
    put_text(&recording.data, "/lib/libc.so.6");
    record_end(&recording);
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record record;
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_true(record.mmap.start == 0x400000 && record.mmap.size == 0x1000);
    assert_true(record.mmap.file_offset == 0x2000 && record.pid == 7);
    assert_true(record.mmap.protection & PROT_EXEC);
    assert_string_equal(record.mmap.path, "/bin/a");
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_false(record.mmap.protection & PROT_EXEC);
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_true(record.mmap.maj == 8 && record.mmap.min == 1 && record.mmap.inode == 12345);
    assert_true(record.mmap.inode_generation == 2 && record.mmap.build_id_size == 0);
    assert_true(record.mmap.protection == (PROT_READ | PROT_EXEC));
    assert_string_equal(record.mmap.path, "/lib/libc.so.6");
    assert_true(record.mmap.path_length == 14);
    opened_close(&opened);
}

static void a_mapping_may_carry_its_build_id(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    const char sizes[] = {20, 8, 21};
    for (unsigned i = 0; i < 3; i++) {
        put_mmap(&recording, PERF_RECORD_MMAP2, PERF_MISC_MMAP_BUILD_ID);
        buffer_char(&recording.data, sizes[i]);
        buffer_append(&recording.data, "\0\0\0", 3);
        buffer_append(&recording.data, "abcdefghijklmnopqrst", 20);
        put_u32(&recording.data, PROT_EXEC);
        put_u32(&recording.data, 0);
        put_text(&recording.data, "/bin/b");
        record_end(&recording);
    }
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record record;
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_int_equal(record.mmap.build_id_size, 20);
    assert_memory_equal(record.mmap.build_id, "abcdefghijklmnopqrst", 20);
    assert_true(record.mmap.inode == 0 && record.mmap.protection == PROT_EXEC);
    assert_string_equal(record.mmap.path, "/bin/b");
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_int_equal(record.mmap.build_id_size, 8);
    /* Longer than there is room for: as if there were none. */
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_int_equal(record.mmap.build_id_size, 0);
    opened_close(&opened);
}

static void forks_and_exits_tell_parents(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    for (unsigned i = 0; i < 2; i++) {
        record_begin(&recording, i ? PERF_RECORD_EXIT : PERF_RECORD_FORK, 0);
        put_u32(&recording.data, 31);
        put_u32(&recording.data, 30);
        put_u32(&recording.data, 33);
        put_u32(&recording.data, 32);
        put_u64(&recording.data, 55);
        record_end(&recording);
    }
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record record;
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
        assert_true(record.pid == 31 && record.task.parent_pid == 30);
        assert_true(record.tid == 33 && record.task.parent_tid == 32);
    }
    opened_close(&opened);
}

static void losses_are_summed(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    const uint64_t lost[] = {3, 4};
    for (unsigned i = 0; i < 2; i++) {
        record_begin(&recording, PERF_RECORD_LOST, 0);
        put_u64(&recording.data, 1);
        put_u64(&recording.data, lost[i]);
        record_end(&recording);
    }
    const uint16_t misc[] = {0, 1u << 15}; /* the second were filtered out, not lost */
    for (unsigned i = 0; i < 2; i++) {
        record_begin(&recording, PERF_RECORD_LOST_SAMPLES, misc[i]);
        put_u64(&recording.data, 5);
        record_end(&recording);
    }
    for (unsigned i = 0; i < 3; i++) {
        record_begin(&recording, i == 2 ? PERF_RECORD_UNTHROTTLE : PERF_RECORD_THROTTLE, 0);
        for (unsigned j = 0; j < 3; j++)
            put_u64(&recording.data, 1);
        record_end(&recording);
    }
    record_mark(&recording, PERF_RECORD_LOST); /* too small */
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record records[16];
    assert_int_equal(recording_read(opened.session, records, 16), 7);
    assert_true(records[0].lost.count == 3);
    const struct perf_losses *losses = perf_session_losses(opened.session);
    assert_true(losses->lost_records == 7 && losses->lost_samples == 5);
    assert_true(losses->throttled == 2 && losses->damaged == 1);
    opened_close(&opened);
}

/* Two events that count what they lose share a ring: LOST (11) has the name of the one that found
 * room again, LOST_SAMPLES at the end (1 and 10) those of the ones that lost. */
static void put_losses(struct recording *recording, bool closed)
{
    for (uint64_t id = 1; id <= 2; id++)
        recording_event(recording, (struct recording_event){.sample_type = PERF_SAMPLE_IDENTIFIER,
                                                            .read_format = PERF_READ_LOST,
                                                            .flags = FLAG_SAMPLE_ID_ALL,
                                                            .ids = {id},
                                                            .id_count = 1});
    record_begin(recording, PERF_RECORD_LOST, 0);
    put_u64(&recording->data, 1);
    put_u64(&recording->data, 11);
    put_u64(&recording->data, 1);
    record_end(recording);
    for (uint64_t id = 1; closed && id <= 2; id++) {
        record_begin(recording, PERF_RECORD_LOST_SAMPLES, 0);
        put_u64(&recording->data, id == 1 ? 1 : 10);
        put_u64(&recording->data, id);
        record_end(recording);
    }
}

static void what_a_ring_lost_is_told_of_the_event_that_lost_it(void **state)
{
    for (int closed = 0; closed <= 1; closed++) {
        struct recording recording = {0};
        put_losses(&recording, closed);
        struct opened opened;
        open_recording(&opened, &recording);
        struct perf_record records[4];
        assert_int_equal(recording_read(opened.session, records, 4), closed ? 3 : 1);
        uint64_t first = perf_session_event_losses(opened.session, 0).lost;
        uint64_t second = perf_session_event_losses(opened.session, 1).lost;
        assert_int_equal(first, closed ? 1 : 11);
        assert_int_equal(second, closed ? 10 : 0);
        opened_close(&opened);
    }
}

static void code_of_the_kernel_that_comes_and_goes_is_told(void **state)
{
    struct recording recording = {0};
    recording_event(&recording,
                    (struct recording_event){.sample_type = TRAILER, .flags = FLAG_SAMPLE_ID_ALL});
    struct buffer *to = &recording.data;
    record_begin(&recording, PERF_RECORD_KSYMBOL, 0);
    put_u64(to, 0xffffffffc0001000);
    put_u32(to, 200);
    put_u16(to, PERF_KSYMBOL_BPF);
    put_u16(to, PERF_KSYMBOL_UNREGISTER);
    put_text(to, "bpf_prog_0123456789abcdef_x");
    put_trailer(to, TRAILER, 10, 0);
    record_end(&recording);
    for (int i = 0; i < 2; i++) { /* nobody asks what is in them */
        record_begin(&recording, i ? PERF_RECORD_TEXT_POKE : PERF_RECORD_BPF_EVENT, 0);
        put_u64(to, 0xffffffff81000000);
        put_u64(to, 0x0807060504030201);
        put_trailer(to, TRAILER, (uint64_t)(11 + i), 0);
        record_end(&recording);
    }
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record record;
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_true(record.ksymbol.address == 0xffffffffc0001000 && record.ksymbol.size == 200);
    assert_true(record.ksymbol.kind == PERF_KSYMBOL_BPF);
    assert_true(record.ksymbol.flags == PERF_KSYMBOL_UNREGISTER);
    assert_string_equal(record.ksymbol.name, "bpf_prog_0123456789abcdef_x");
    assert_true(record.ksymbol.name_length == 27 && record.time == 10);
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_true(record.type == PERF_RECORD_BPF_EVENT && record.time == 11);
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_true(record.type == PERF_RECORD_TEXT_POKE && record.time == 12);
    opened_close(&opened);
}

static void cgroups_and_namespaces_are_told(void **state)
{
    struct recording recording = {0};
    recording_event(&recording,
                    (struct recording_event){.sample_type = TRAILER, .flags = FLAG_SAMPLE_ID_ALL});
    struct buffer *to = &recording.data;
    record_begin(&recording, PERF_RECORD_CGROUP, 0);
    put_u64(to, 4711);
    put_text(to, "/system.slice/cron.service");
    put_trailer(to, TRAILER, 10, 0);
    record_end(&recording);
    record_begin(&recording, PERF_RECORD_NAMESPACES, 0);
    put_u32(to, 7);
    put_u32(to, 8);
    put_u64(to, 2);
    for (unsigned i = 0; i < 4; i++)
        put_u64(to, 100 + i);
    put_trailer(to, TRAILER, 12, 0);
    record_end(&recording);
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record record;
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_true(record.cgroup.id == 4711 && record.cgroup.path_length == 26);
    assert_string_equal(record.cgroup.path, "/system.slice/cron.service");
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 1);
    assert_true(record.pid == 7 && record.tid == 8 && record.time == 12);
    assert_int_equal(perf_session_next(opened.session, &record, NULL), 0);
    opened_close(&opened);
}

static void unknown_records_are_counted_and_perfs_own_are_not(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    const uint32_t unknown[] = {0, 23, 63, 87, 32768, UINT32_MAX};
    const uint32_t own[] = {64, 65, 67, 68, 69, 73, 74, 78, 79, 80, 82, 84, 86};
    for (unsigned i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        record_mark(&recording, unknown[i]);
    for (unsigned i = 0; i < sizeof own / sizeof own[0]; i++)
        record_mark(&recording, own[i]);
    record_mark(&recording, PERF_RECORD_SWITCH);
    struct opened opened;
    open_recording(&opened, &recording);
    struct perf_record records[4];
    assert_int_equal(recording_read(opened.session, records, 4), 1);
    assert_true(perf_session_losses(opened.session)->unknown == 6);
    opened_close(&opened);
}

RUN_TESTS(TEST(trailers_are_read_from_the_end), TEST(an_exec_is_told_by_its_comm),
          TEST(a_record_without_its_trailer_keeps_its_body),
          TEST(a_name_that_does_not_end_is_damage), TEST(a_path_that_no_kernel_records_is_damage),
          TEST(mappings_tell_where_and_how), TEST(a_mapping_may_carry_its_build_id),
          TEST(forks_and_exits_tell_parents), TEST(losses_are_summed),
          TEST(what_a_ring_lost_is_told_of_the_event_that_lost_it),
          TEST(code_of_the_kernel_that_comes_and_goes_is_told),
          TEST(cgroups_and_namespaces_are_told),
          TEST(unknown_records_are_counted_and_perfs_own_are_not))
