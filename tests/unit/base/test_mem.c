/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/mem.h"

static void growing_keeps_the_content(void **state)
{
    int *numbers = NULL;
    size_t capacity = 0;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(mem_grow(&numbers, &capacity, (size_t)i + 1, sizeof *numbers), 0);
        numbers[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    mem_free(numbers);
}

static void impossible_sizes_fail_cleanly(void **state)
{
    int *numbers = NULL;
    size_t capacity = 0;
    assert_int_equal(mem_grow(&numbers, &capacity, SIZE_MAX / 2, sizeof *numbers), -1);
    assert_null(numbers);
    assert_int_equal(capacity, 0);
    assert_null(mem_resize(NULL, SIZE_MAX, 2));
}

static void the_nth_allocation_can_fail(void **state)
{
    mem_fail_after(1);
    void *first = mem_alloc(1);
    assert_non_null(first);
    assert_null(mem_alloc(1));
    assert_null(mem_zalloc(1, 1));
    mem_fail_after(-1);
    mem_free(first);
}

RUN_TESTS(TEST(growing_keeps_the_content), TEST(impossible_sizes_fail_cleanly),
          TEST(the_nth_allocation_can_fail))
