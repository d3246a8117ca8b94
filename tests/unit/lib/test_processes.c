/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/mem.h"
#include "lib/processes.h"

static void the_heaviest_comes_first(void **state)
{
    /* pid, weight of one sample, samples */
    static const uint32_t told[][3] = {{7, 5, 3}, {3, 100, 1}, {9, 5, 3}, {8, 15, 1}, {1, 0, 9}};
    static const uint32_t expected[] = {3, 7, 9, 8, 1};
    struct processes processes = {0};
    for (uint32_t round = 0; round < 9; round++)
        for (unsigned i = 0; i < 5; i++)
            if (round < told[i][2])
                assert_non_null(processes_add(&processes, told[i][0], told[i][1]));
    processes_sort(&processes);
    assert_int_equal(processes.count, 5);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(processes.list[i].pid, expected[i]);
    assert_true(processes.list[1].samples == 3 && processes.list[1].weight == 15);
    processes_done(&processes);
}

static void weights_may_begin_anew(void **state)
{
    struct processes processes = {0};
    assert_non_null(processes_add(&processes, 1, 100));
    assert_non_null(processes_add(&processes, 2, 0));
    processes_forget_weights(&processes);
    assert_non_null(processes_add(&processes, 2, 7));
    processes_sort(&processes);
    assert_true(processes.list[0].pid == 2 && processes.list[0].weight == 7);
    assert_true(processes.list[1].weight == 0 && processes.list[1].samples == 1);
    processes_done(&processes);
}

static void a_weight_stays_within_its_range(void **state)
{
    struct processes processes = {0};
    for (int i = 0; i < 3; i++)
        assert_non_null(processes_add(&processes, 1, INT64_MAX / 2));
    assert_true(processes.list[0].weight == INT64_MAX);
    processes_done(&processes);
}

static void a_name_is_wanted_less_and_less_often(void **state)
{
    struct processes processes = {0};
    unsigned wanted = 0;
    for (int i = 0; i < 1000; i++)
        wanted += process_wants_name(processes_add(&processes, 4, 1));
    assert_int_equal(wanted, 10); /* 1, 2, 4, ... 512 */
    processes_done(&processes);
}

static void without_memory_it_says_so(void **state)
{
    struct processes processes = {0};
    const struct process *process = NULL;
    for (long n = 0; !process; n++) {
        mem_fail_after(n);
        process = processes_add(&processes, 4, 1);
        mem_fail_after(-1);
        assert_true(n < 20);
    }
    assert_int_equal(process->samples, 1);
    assert_int_equal(processes.count, 1);
    processes_done(&processes);
}

RUN_TESTS(TEST(the_heaviest_comes_first), TEST(weights_may_begin_anew),
          TEST(a_weight_stays_within_its_range), TEST(a_name_is_wanted_less_and_less_often),
          TEST(without_memory_it_says_so))
