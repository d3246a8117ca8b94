/* SPDX-License-Identifier: MIT */
/* The names of root frames. */
#include "../check.h"

#include "lib/profile_data.h"

static void root_frames_are_named_as_perf_names_them(void **state)
{
    char text[64];
    group_text(PFL_BY_COMM, "app", 12, 13, 0, text, sizeof text);
    assert_string_equal(text, "app");
    group_text(PFL_BY_THREAD, "app", 12, 13, 0, text, sizeof text);
    assert_string_equal(text, "app-12/13");
    group_text(PFL_BY_COMM, "", 12, 13, 0, text, sizeof text);
    assert_string_equal(text, ":13");
}

/* A task that is ending has no number any more: the kernel says -1. */
static void a_task_that_is_gone_has_number_minus_one(void **state)
{
    char text[64];
    group_text(PFL_BY_COMM, "", UINT32_MAX, UINT32_MAX, 0, text, sizeof text);
    assert_string_equal(text, ":-1");
    group_text(PFL_BY_THREAD, "", UINT32_MAX, UINT32_MAX, 0, text, sizeof text);
    assert_string_equal(text, ":-1--1/-1");
}

RUN_TESTS(TEST(root_frames_are_named_as_perf_names_them),
          TEST(a_task_that_is_gone_has_number_minus_one))
