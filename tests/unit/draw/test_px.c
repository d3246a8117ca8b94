/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "draw/px.h"

static void assert_px(double value, const char *expected)
{
    struct buffer text = {0};
    px_append(&text, value);
    assert_string_equal(buffer_string(&text), expected);
    buffer_done(&text);
}

static void coordinates_have_no_needless_digits(void **state)
{
    assert_px(16, "16");
    assert_px(16.5, "16.5");
    assert_px(0.054, "0.05");
    assert_px(1167.996, "1168");
    assert_px(-2.25, "-2.25");
}

RUN_TESTS(TEST(coordinates_have_no_needless_digits))
