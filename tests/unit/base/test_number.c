/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/number.h"

static void assert_weight(int64_t value, const char *unit, const char *expected)
{
    char text[NUMBER_SIZE];
    number_weight(text, value, unit);
    assert_string_equal(text, expected);
}

static void weights_are_scaled_by_their_unit(void **state)
{
    assert_weight(999, "ns", "999 ns");
    assert_weight(1500, "ns", "1.50 µs");
    assert_weight(12345678, "ns", "12.3 ms");
    assert_weight(INT64_C(123456789012), "ns", "123 s");
    assert_weight(4096, "bytes", "4.00 KiB");
    assert_weight(-(INT64_C(3) << 30), "bytes", "-3.00 GiB");
    assert_weight(1023, "bytes", "1023 bytes");
    assert_weight(1234567, "samples", "1,234,567");
    assert_weight(INT64_MIN, "cycles", "-9,223,372,036,854,775,808");
    assert_weight(INT64_MAX, "ns", "9223372037 s");
}

static void assert_percent(int64_t part, int64_t whole, unsigned decimals, const char *expected)
{
    char text[NUMBER_SIZE];
    number_percent(text, part, whole, decimals);
    assert_string_equal(text, expected);
}

static void percentages_are_rounded(void **state)
{
    assert_percent(1, 3, 2, "33.33");
    assert_percent(2, 3, 2, "66.67");
    assert_percent(1, 3, 0, "33");
    assert_percent(0, 0, 1, "0.0");
    assert_percent(-1, 4, 1, "-25.0");
    assert_percent(INT64_MAX, INT64_MAX, 4, "100.0000");
}

RUN_TESTS(TEST(weights_are_scaled_by_their_unit), TEST(percentages_are_rounded))
