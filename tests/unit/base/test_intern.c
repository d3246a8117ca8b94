/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/intern.h"

static void equal_texts_are_equal_numbers(void **state)
{
    struct intern intern;
    uint32_t empty, one, two, again;
    assert_int_equal(intern_init(&intern), 0);
    assert_int_equal(intern_add(&intern, "", 0, &empty), 0);
    assert_int_equal(empty, 0);
    assert_int_equal(intern_add(&intern, "main", 4, &one), 0);
    assert_int_equal(intern_add(&intern, "mainly", 6, &two), 0);
    assert_int_equal(intern_add(&intern, "mainly", 4, &again), 0);
    assert_int_equal(again, one);
    assert_int_not_equal(one, two);
    assert_string_equal(intern_text(&intern, two), "mainly");
    assert_int_equal(intern_length(&intern, one), 4);
    assert_int_equal(intern_length(&intern, two), 6);
    intern_done(&intern);
}

static void a_nul_ends_a_text(void **state)
{
    struct intern intern;
    uint32_t one, two;
    assert_int_equal(intern_init(&intern), 0);
    assert_int_equal(intern_add(&intern, "a\0b", 3, &one), 0);
    assert_int_equal(intern_add(&intern, "a", 1, &two), 0);
    assert_int_equal(one, two);
    intern_done(&intern);
}

RUN_TESTS(TEST(equal_texts_are_equal_numbers), TEST(a_nul_ends_a_text))
