/* SPDX-License-Identifier: MIT */
#include "recording.h"

/* The code that opening these bytes fails with, and its message. */
static int refusal(const void *bytes, size_t size, struct pfl_error *error)
{
    struct source source = bytes_open(bytes, size);
    struct perf_session *session = NULL;
    int r = perf_session_open(&session, &source, error);
    perf_session_free(session);
    source_close(&source);
    return r;
}

static void foreign_content_is_no_recording(void **state)
{
    struct pfl_error error;
    assert_int_equal(refusal("", 0, &error), -PFL_ERROR_FORMAT);
    assert_string_equal(error.message, "is empty");
    assert_int_equal(refusal("main;f 12\nmain;g 8\n", 19, &error), -PFL_ERROR_FORMAT);
    assert_int_equal(refusal("PERF", 4, &error), -PFL_ERROR_FORMAT);
}

static void other_kinds_are_refused_by_name(void **state)
{
    struct pfl_error error;
    assert_int_equal(refusal("PERFFILE\x68\0\0\0\0\0\0\0", 16, &error), -PFL_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "version 1"));
}

static void a_file_of_a_directory_names_the_directory(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    put_u64(recording_feature(&recording, 24), 0);
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = NULL;
    struct pfl_error error;
    assert_int_equal(perf_session_open(&session, &source, &error), -PFL_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "name the directory that has them"));
    source_close(&source);
    recording_done(&recording);
}

static void a_pipe_must_describe_an_event(void **state)
{
    struct pfl_error error;
    assert_int_equal(refusal("PERFILE2\x10\0\0\0\0\0\0\0", 16, &error), -PFL_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "no event"));
    assert_int_equal(refusal("2ELIFREP\0\0\0\0\0\0\0\x10", 16, &error), -PFL_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "no event"));
}

static void a_cut_header_is_damage(void **state)
{
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){0});
    struct buffer file = {0};
    recording_compose(&recording, &file);
    struct pfl_error error;
    for (size_t size = 0; size < 104; size++)
        assert_int_equal(refusal(file.data, size, &error), -PFL_ERROR_FORMAT);
    /* Cut inside its only attr, there is no event. */
    assert_int_equal(refusal(file.data, file.size - 1, &error), -PFL_ERROR_FORMAT);
    assert_int_equal(refusal(file.data, file.size, &error), 0);
    buffer_done(&file);
    recording_done(&recording);
}

/* Every 64-bit field of the header, with every hostile value: refused or read, never worse. */
static void hostile_offsets_and_sizes_are_survived(void **state)
{
    const uint64_t values[] = {0,
                               1,
                               8,
                               15,
                               16,
                               79,
                               80,
                               1u << 20,
                               UINT32_MAX,
                               1ull << 60,
                               1ull << 63,
                               UINT64_MAX,
                               UINT64_MAX - 15};
    struct recording recording = {0};
    recording_event(&recording, (struct recording_event){
                                    .sample_type = PERF_SAMPLE_TIME, .ids = {7}, .id_count = 1});
    record_begin(&recording, PERF_RECORD_SAMPLE, 0);
    put_u64(&recording.data, 5);
    record_end(&recording);
    put_u32(recording_feature(&recording, 7), 2);
    struct buffer file = {0};
    recording_compose(&recording, &file);
    for (size_t at = 8; at + 8 <= file.size; at += 8) {
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            uint64_t before;
            memcpy(&before, file.data + at, 8);
            memcpy(file.data + at, &values[i], 8);
            struct source source = bytes_open(file.data, file.size);
            struct perf_session *session = NULL;
            struct perf_record records[64];
            struct pfl_error error = {0};
            if (perf_session_open(&session, &source, &error) < 0)
                assert_true(error.message[0]);
            else
                assert_true(recording_read(session, records, 64) < 64);
            perf_session_free(session);
            source_close(&source);
            memcpy(file.data + at, &before, 8);
        }
    }
    buffer_done(&file);
    recording_done(&recording);
}

static void recordings_are_recognised_by_their_first_bytes(void **state)
{
    assert_true(perf_session_recognises((const uint8_t *)"PERFILE2", 8));
    assert_true(perf_session_recognises((const uint8_t *)"2ELIFREP", 8));
    assert_true(perf_session_recognises((const uint8_t *)"PERFFILE", 8));
    assert_false(perf_session_recognises((const uint8_t *)"PERFILE1", 8));
    assert_false(perf_session_recognises((const uint8_t *)"PERFILE", 7));
}

RUN_TESTS(TEST(foreign_content_is_no_recording), TEST(other_kinds_are_refused_by_name),
          TEST(a_file_of_a_directory_names_the_directory), TEST(a_pipe_must_describe_an_event),
          TEST(a_cut_header_is_damage), TEST(hostile_offsets_and_sizes_are_survived),
          TEST(recordings_are_recognised_by_their_first_bytes))
