/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "draw/number.h"

static struct buffer text;

#define GIVES(call, expected)                                                                      \
    do {                                                                                           \
        buffer_clear(&text);                                                                       \
        call;                                                                                      \
        assert_string_equal(buffer_string(&text), expected);                                       \
    } while (0)

static void thousands_are_separated(void **state)
{
    GIVES(number_append(&text, 0), "0");
    GIVES(number_append(&text, 999), "999");
    GIVES(number_append(&text, 1000), "1,000");
    GIVES(number_append(&text, 206749), "206,749");
    GIVES(number_append(&text, -1234567), "−1,234,567");
    GIVES(number_append(&text, INT64_MIN), "−9,223,372,036,854,775,808");
    buffer_done(&text);
}

static void weights_have_three_digits_and_a_unit(void **state)
{
    GIVES(number_append_weight(&text, 0, "ns"), "0 ns");
    GIVES(number_append_weight(&text, 999, "ns"), "999 ns");
    GIVES(number_append_weight(&text, 1234, "ns"), "1.23 µs");
    GIVES(number_append_weight(&text, 9996000, "ns"), "10.0 ms");
    GIVES(number_append_weight(&text, 123456789, "ns"), "123 ms");
    GIVES(number_append_weight(&text, 41356800000, "ns"), "41.4 s");
    GIVES(number_append_weight(&text, 4135680000000, "ns"), "4,136 s");
    GIVES(number_append_weight(&text, 1023, "bytes"), "1,023 B");
    GIVES(number_append_weight(&text, 1536, "bytes"), "1.50 KiB");
    GIVES(number_append_weight(&text, INT64_MAX, "bytes"), "8,192 PiB");
    GIVES(number_append_weight(&text, 1, "samples"), "1 sample");
    GIVES(number_append_weight(&text, 206749, "samples"), "206,749 samples");
    GIVES(number_append_weight(&text, -5, "cycles"), "−5 cycles");
    GIVES(number_append_weight(&text, 7, ""), "7");
    buffer_done(&text);
}

static void shares_have_two_decimals(void **state)
{
    GIVES(number_append_share(&text, 1, 3), "33.33%");
    GIVES(number_append_share(&text, 2, 3), "66.67%");
    GIVES(number_append_share(&text, 3, 3), "100.00%");
    GIVES(number_append_share(&text, 0, 3), "0.00%");
    GIVES(number_append_share(&text, 1, 1000000), "<0.01%");
    GIVES(number_append_share(&text, INT64_MAX, INT64_MAX), "100.00%");
    GIVES(number_append_share(&text, 5, 0), "0.00%");
    buffer_done(&text);
}

static void coordinates_have_no_needless_digits(void **state)
{
    GIVES(number_append_px(&text, 16), "16");
    GIVES(number_append_px(&text, 16.5), "16.5");
    GIVES(number_append_px(&text, 0.054), "0.05");
    GIVES(number_append_px(&text, 1167.996), "1168");
    GIVES(number_append_px(&text, -2.25), "-2.25");
    buffer_done(&text);
}

RUN_TESTS(TEST(thousands_are_separated), TEST(weights_have_three_digits_and_a_unit),
          TEST(shares_have_two_decimals), TEST(coordinates_have_no_needless_digits))
