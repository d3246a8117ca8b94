/* SPDX-License-Identifier: MIT */
/* The public interface from end to end, on text. */
#include "../check.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <perflame/perflame.h>

#include "base/mem.h"

static int file_with(const char *text)
{
    int fd = memfd_create("input", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    return fd;
}

struct text {
    char bytes[4096];
    size_t size;
};

static int take(void *context, const void *data, size_t size)
{
    struct text *text = context;
    if (size >= sizeof text->bytes - text->size)
        return -1;
    memcpy(text->bytes + text->size, data, size);
    text->size += size;
    text->bytes[text->size] = '\0';
    return 0;
}

/* Folds the texts, merged; returns the library's code. */
static int fold(const struct pfl_profile_options *options, const char *const *inputs,
                struct text *ret_text, struct pfl_error *err)
{
    struct pfl_profile *profile;
    int r = pfl_profile_new(&profile, options, err);
    if (r < 0)
        return r;
    for (; *inputs && r == 0; inputs++) {
        int fd = file_with(*inputs);
        r = pfl_profile_add_fd(profile, fd, "input", err);
        close(fd);
    }
    if (r == 0)
        r = pfl_profile_finish(profile, err);
    *ret_text = (struct text){.size = 0};
    const struct pfl_sink sink = {.write = take, .context = ret_text};
    if (r == 0)
        r = pfl_fold_write(profile, NULL, 0, NULL, &sink, err);
    pfl_profile_free(profile);
    return r;
}

static void inputs_are_merged(void **state)
{
    struct text text;
    const char *const inputs[] = {"a;b 1\na;c 2\n", "a;b 10\nd 5\n", NULL};
    assert_int_equal(fold(NULL, inputs, &text, NULL), 0);
    assert_string_equal(text.bytes, "a;b 11\na;c 2\nd 5\n");
}

static void script_text_is_filtered_and_grouped(void **state)
{
    static const char script[] = "app 10/11 [000] 1.0:  5 cpu-clock: \n\t ff f+0x1 (/bin/app)\n\n"
                                 "app 10/12 [001] 2.0:  7 cpu-clock: \n\t ff g+0x1 (/bin/app)\n\n";
    struct text text;
    const char *const inputs[] = {script, NULL};
    const struct pfl_profile_options options = {
        .size = sizeof options, .by = PFL_BY_THREAD, .tids = "12"};
    assert_int_equal(fold(&options, inputs, &text, NULL), 0);
    assert_string_equal(text.bytes, "app-10/12;g 7\n");
}

static void folded_text_cannot_be_filtered_by_thread(void **state)
{
    struct text text;
    const char *const inputs[] = {"a;b 1\n", NULL};
    const struct pfl_profile_options options = {.size = sizeof options, .pids = "1"};
    assert_int_equal(fold(&options, inputs, &text, NULL), -PFL_ERROR_ABSENT);
}

static void root_frames_are_not_made_of_folded_text(void **state)
{
    struct text text;
    struct pfl_error error;
    const char *const inputs[] = {"a-1;b 1\n", "a-1/2;b 1\n", NULL};
    struct pfl_profile_options options = {.size = sizeof options, .by = PFL_BY_PROCESS};
    assert_int_equal(fold(&options, (const char *const[]){inputs[0], NULL}, &text, NULL), 0);
    assert_int_equal(fold(&options, inputs, &text, &error), -PFL_ERROR_ABSENT);
    assert_non_null(strstr(error.message, "--by process"));
    options.by = PFL_BY_THREAD;
    assert_int_equal(fold(&options, inputs + 1, &text, NULL), 0);
    assert_int_equal(fold(&options, inputs, &text, NULL), -PFL_ERROR_ABSENT);
    options.in_time_order = 1;
    assert_int_equal(fold(&options, inputs, &text, NULL), 0);
}

static void what_is_left_may_be_nothing(void **state)
{
    struct text text;
    struct pfl_error error;
    const char *const inputs[] = {"a;b 1\n", NULL}, *const nothing[] = {"zzz", NULL};
    const struct pfl_profile_options options = {.size = sizeof options, .focus = nothing};
    assert_int_equal(fold(&options, inputs, &text, &error), -PFL_ERROR_NO_SAMPLES);
    assert_string_equal(error.message, "no sample is left after the filters");
}

static void foreign_content_is_refused(void **state)
{
    struct text text;
    struct pfl_error error;
    const char *const inputs[] = {"\x89PNG\r\n\x1a\n", NULL}, *const empty[] = {"", NULL};
    assert_int_equal(fold(NULL, inputs, &text, &error), -PFL_ERROR_FORMAT);
    assert_int_equal(fold(NULL, empty, &text, &error), -PFL_ERROR_FORMAT);
    assert_string_equal(error.message, "is empty");
}

static int add_text(struct pfl_profile *profile, const char *text, struct pfl_error *err)
{
    int fd = file_with(text);
    int r = pfl_profile_add_fd(profile, fd, "input", err);
    close(fd);
    return r;
}

static void after_a_bad_input_there_is_no_profile(void **state)
{
    static const char half_grouped[] = "app 1 [000] 1.0:  5 cycles: \n\t ff f (/bin/app)\n\n"
                                       "app 1 2.0:  7 cycles: \n\t ff g (/bin/app)\n\n";
    static const char good[] = "app 1 [000] 1.0:  5 cycles: \n\t ff f (/bin/app)\n\n";
    const struct pfl_profile_options options = {.size = sizeof options, .by = PFL_BY_CPU};
    for (int missing = 0; missing < 2; missing++) {
        struct pfl_profile *profile;
        struct pfl_error error;
        assert_int_equal(pfl_profile_new(&profile, &options, NULL), 0);
        if (missing)
            assert_int_equal(pfl_profile_add_file(profile, "/nonexistent", NULL), -PFL_ERROR_IO);
        else
            assert_int_equal(add_text(profile, half_grouped, NULL), -PFL_ERROR_ABSENT);
        assert_int_equal(add_text(profile, good, &error), -PFL_ERROR_USAGE);
        assert_string_equal(error.message, "an input of the profile could not be read");
        assert_int_equal(pfl_profile_finish(profile, NULL), -PFL_ERROR_USAGE);
        pfl_profile_free(profile);
    }
}

static void every_failed_allocation_is_a_clean_error(void **state)
{
    const char *const inputs[] = {"a;b 1\na;c 2\n", NULL};
    for (long n = 0;; n++) {
        struct text text;
        struct pfl_error error = {.code = PFL_ERROR_NONE};
        mem_fail_after(n);
        int r = fold(NULL, inputs, &text, &error);
        mem_fail_after(-1);
        if (r == 0)
            return;
        assert_int_equal(r, -PFL_ERROR_MEMORY);
        assert_true(n < 10000);
    }
}

RUN_TESTS(TEST(inputs_are_merged), TEST(script_text_is_filtered_and_grouped),
          TEST(folded_text_cannot_be_filtered_by_thread),
          TEST(root_frames_are_not_made_of_folded_text), TEST(what_is_left_may_be_nothing),
          TEST(foreign_content_is_refused), TEST(after_a_bad_input_there_is_no_profile),
          TEST(every_failed_allocation_is_a_clean_error))
