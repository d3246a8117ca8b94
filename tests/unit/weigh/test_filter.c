/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "weigh/filter.h"

static const struct filter_window always = {.start = 0, .end = UINT64_MAX};

static void nothing_asked_lets_everything_pass(void **state)
{
    const struct filter filter = {0};
    const struct perf_record record = {.pid = 1, .tid = 2, .cpu = 3, .time = 4};
    assert_true(filter_accepts(&filter, &always, &record, "x"));
}

static void every_condition_must_hold(void **state)
{
    const char *comms[] = {"app", "worker 1", NULL};
    const struct filter_range pids[] = {{10, 10}, {20, 29}}, cpus[] = {{0, 3}};
    const struct filter filter = {
        .comms = comms, .pids = pids, .pid_count = 2, .cpus = cpus, .cpu_count = 1};
    struct perf_record record = {.pid = 25, .cpu = 3};
    assert_true(filter_accepts(&filter, &always, &record, "worker 1"));
    assert_false(filter_accepts(&filter, &always, &record, "worker"));
    record.cpu = 4;
    assert_false(filter_accepts(&filter, &always, &record, "app"));
    record.cpu = 0;
    record.pid = 30;
    assert_false(filter_accepts(&filter, &always, &record, "app"));
}

static void modes_are_those_of_the_sample(void **state)
{
    const struct filter kernel = {.mode = FILTER_KERNEL_MODE}, user = {.mode = FILTER_USER_MODE};
    const struct perf_record in_kernel = {.misc = PERF_CPUMODE_KERNEL},
                             in_user = {.misc = PERF_CPUMODE_USER | 1u << 14};
    assert_true(filter_accepts(&kernel, &always, &in_kernel, ""));
    assert_false(filter_accepts(&kernel, &always, &in_user, ""));
    assert_true(filter_accepts(&user, &always, &in_user, ""));
    assert_false(filter_accepts(&user, &always, &in_kernel, ""));
}

static void windows_count_both_ends(void **state)
{
    const struct filter filter = {.start = {.how = FILTER_TIME_OFFSET, .ns = 10},
                                  .end = {.how = FILTER_TIME_SHARE, .millionths = 500000}};
    const struct filter_window window = filter_window(&filter, 1000, 2000);
    assert_true(window.start == 1010);
    assert_true(window.end == 1500);
    struct perf_record record = {.time = 1500};
    assert_true(filter_accepts(&filter, &window, &record, ""));
    record.time = 1501;
    assert_false(filter_accepts(&filter, &window, &record, ""));
    record.time = 1009;
    assert_false(filter_accepts(&filter, &window, &record, ""));
}

static void hostile_times_do_not_wrap(void **state)
{
    const struct filter filter = {.start = {.how = FILTER_TIME_OFFSET, .ns = UINT64_MAX},
                                  .end = {.how = FILTER_TIME_SHARE, .millionths = 1000000}};
    const struct filter_window window = filter_window(&filter, 5, UINT64_MAX);
    assert_true(window.start == UINT64_MAX);
    assert_true(window.end == UINT64_MAX);
}

RUN_TESTS(TEST(nothing_asked_lets_everything_pass), TEST(every_condition_must_hold),
          TEST(modes_are_those_of_the_sample), TEST(windows_count_both_ends),
          TEST(hostile_times_do_not_wrap))
