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
    assert_weight(0, "ns", "0 ns");
    assert_weight(999, "ns", "999 ns");
    assert_weight(1500, "ns", "1.50 µs");
    assert_weight(12345678, "ns", "12.3 ms");
    assert_weight(123456789, "ns", "123 ms");
    assert_weight(INT64_C(123456789012), "ns", "123 s");
    assert_weight(INT64_C(4135680000000), "ns", "4,136 s");
    assert_weight(4096, "bytes", "4.00 KiB");
    assert_weight(-(INT64_C(3) << 30), "bytes", "-3.00 GiB");
    assert_weight(1023, "bytes", "1,023 B");
    assert_weight(1234567, "samples", "1,234,567");
    assert_weight(INT64_MIN, "cycles", "-9,223,372,036,854,775,808");
    assert_weight(INT64_MAX, "ns", "9,223,372,037 s");
    assert_weight(INT64_MAX, "bytes", "8,192 PiB");
}

static void rounding_up_ends_in_the_next_multiple(void **state)
{
    assert_weight(9996000, "ns", "10.0 ms");
    assert_weight(99960000, "ns", "100 ms");
    assert_weight(999499999, "ns", "999 ms");
    assert_weight(999500000, "ns", "1.00 s");
    assert_weight(999999, "ns", "1.00 ms");
    assert_weight(1024 * 1024 - 1, "bytes", "1.00 MiB");
    assert_weight(1023 * 1024, "bytes", "1,023 KiB");
    assert_weight((INT64_C(1) << 50) - 1, "bytes", "1.00 PiB");
}

static void assert_words(int64_t value, const char *unit, const char *expected)
{
    struct buffer text = {0};
    number_append_weight(&text, value, unit);
    assert_string_equal(buffer_string(&text), expected);
    buffer_done(&text);
}

static void what_is_counted_has_a_word(void **state)
{
    assert_words(1, "samples", "1 sample");
    assert_words(206749, "samples", "206,749 samples");
    assert_words(-5, "cycles", "-5 cycles");
    assert_words(7, "", "7");
    assert_words(INT64_C(41356800000), "ns", "41.4 s");
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

static void assert_share(int64_t part, int64_t whole, const char *expected)
{
    struct buffer text = {0};
    number_append_share(&text, part, whole);
    assert_string_equal(buffer_string(&text), expected);
    buffer_done(&text);
}

static void a_share_that_is_not_nothing_is_not_called_nothing(void **state)
{
    assert_share(1, 3, "33.33%");
    assert_share(3, 3, "100.00%");
    assert_share(0, 3, "0.00%");
    assert_share(1, 1000000, "<0.01%");
    assert_share(-1, 1000000, "-<0.01%");
    assert_share(5, 0, "0.00%");
    assert_share(5, -7, "0.00%");
}

RUN_TESTS(TEST(weights_are_scaled_by_their_unit), TEST(rounding_up_ends_in_the_next_multiple),
          TEST(what_is_counted_has_a_word), TEST(percentages_are_rounded),
          TEST(a_share_that_is_not_nothing_is_not_called_nothing))
