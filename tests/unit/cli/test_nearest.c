/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "cli/nearest.h"

static void edits_are_counted(void **state)
{
    assert_int_equal(nearest_distance("focus", "focus"), 0);
    assert_int_equal(nearest_distance("fcous", "focus"), 1);
    assert_int_equal(nearest_distance("", "fold"), 4);
    assert_int_equal(nearest_distance("revers", "reverse"), 1);
    assert_int_equal(nearest_distance("kitten", "sitting"), 3);
}

static void long_words_are_far_apart(void **state)
{
    char word[100];
    memset(word, 'a', sizeof word);
    word[99] = '\0';
    assert_true(nearest_distance(word, word) == SIZE_MAX);
}

RUN_TESTS(TEST(edits_are_counted), TEST(long_words_are_far_apart))
