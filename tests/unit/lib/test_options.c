/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "lib/options.h"

static int parse_time(const char *time, struct filter *ret_filter)
{
    struct options options;
    const struct pfl_profile_options given = {.size = sizeof given, .time = time};
    int r = options_init(&options, &given, NULL);
    if (r == 0)
        *ret_filter = options.filter;
    options_done(&options);
    return r;
}

static void times_are_exact(void **state)
{
    struct filter filter;
    assert_int_equal(parse_time("1234.567890123,+2.5", &filter), 0);
    assert_int_equal(filter.start.how, FILTER_TIME_ABSOLUTE);
    assert_true(filter.start.ns == UINT64_C(1234567890123));
    assert_int_equal(filter.end.how, FILTER_TIME_OFFSET);
    assert_true(filter.end.ns == UINT64_C(2500000000));
    assert_int_equal(parse_time("12.5%,", &filter), 0);
    assert_int_equal(filter.start.how, FILTER_TIME_SHARE);
    assert_int_equal(filter.start.millionths, 125000);
    assert_int_equal(filter.end.how, FILTER_TIME_OPEN);
}

static void impossible_times_are_refused(void **state)
{
    static const char *const bad[] = {"5",     "a,b",     "101%,", "-1,",
                                      "1..2,", "+,",      "1e3,",  "99999999999999999999,",
                                      "%,",    "20%,10%", "+2,+1", "7,6.9"};
    struct filter filter;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(parse_time(bad[i], &filter), -PFL_ERROR_USAGE);
}

static void lists_of_numbers_may_have_ranges(void **state)
{
    struct options options;
    const struct pfl_profile_options given = {.size = sizeof given, .cpus = "0,2-3,7"};
    assert_int_equal(options_init(&options, &given, NULL), 0);
    assert_int_equal(options.filter.cpu_count, 3);
    assert_true(options.filter.cpus[1].first == 2 && options.filter.cpus[1].last == 3);
    options_done(&options);

    static const char *const bad[] = {"", "1,", "3-2", "x", "1-", "-1", "1,,2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct pfl_profile_options wrong = {.size = sizeof wrong, .pids = bad[i]};
        assert_int_equal(options_init(&options, &wrong, NULL), -PFL_ERROR_USAGE);
    }
}

static void options_of_another_size_are_refused(void **state)
{
    struct options options;
    const struct pfl_profile_options given = {.size = 8};
    assert_int_equal(options_init(&options, &given, NULL), -PFL_ERROR_USAGE);
}

static void a_look_at_what_is_in_use_needs_such_a_weight(void **state)
{
    static const char *const none[] = {"period", "alloc_space", NULL};
    static const char *const some[] = {"alloc-bytes", "inuse_objects", NULL};
    struct options options;
    struct pfl_profile_options given = {.size = sizeof given, .at = "peak", .weights = none};
    assert_int_equal(options_init(&options, &given, NULL), -PFL_ERROR_USAGE);
    given = (struct pfl_profile_options){.size = sizeof given, .older_than = "1s", .weights = none};
    assert_int_equal(options_init(&options, &given, NULL), -PFL_ERROR_USAGE);
    given.weights = some;
    assert_int_equal(options_init(&options, &given, NULL), 0);
    assert_string_equal(options.in_use_option, "--older-than");
    options_done(&options);
    given.weights = NULL;
    given.in_time_order = 1;
    assert_int_equal(options_init(&options, &given, NULL), -PFL_ERROR_USAGE);
}

RUN_TESTS(TEST(times_are_exact), TEST(impossible_times_are_refused),
          TEST(lists_of_numbers_may_have_ranges), TEST(options_of_another_size_are_refused),
          TEST(a_look_at_what_is_in_use_needs_such_a_weight))
