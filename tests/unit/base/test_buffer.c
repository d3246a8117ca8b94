/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/buffer.h"

static void numbers_are_decimal(void **state)
{
    struct buffer buffer = {0};
    buffer_u64(&buffer, 0);
    buffer_char(&buffer, ' ');
    buffer_u64(&buffer, UINT64_MAX);
    buffer_printf(&buffer, " %s=%d", "x", -3);
    assert_string_equal(buffer_string(&buffer), "0 18446744073709551615 x=-3");
    buffer_done(&buffer);
}

static void text_of_any_length_is_formatted(void **state)
{
    char digits[2000];
    struct buffer buffer = {0};
    memset(digits, '7', sizeof digits);
    for (int length = 0; length < (int)sizeof digits; length += 37) {
        buffer_clear(&buffer);
        buffer_printf(&buffer, "<%.*s>%d", length, digits, 42);
        assert_int_equal(buffer.size, length + 4);
        assert_memory_equal(buffer.data + 1, digits, length);
        assert_string_equal(buffer_string(&buffer) + length + 1, ">42");
    }
    buffer_done(&buffer);
}

static void varints_take_seven_bits_a_byte(void **state)
{
    struct buffer buffer = {0};
    buffer_varint(&buffer, 0);
    buffer_varint(&buffer, 127);
    buffer_varint(&buffer, 128);
    buffer_varint(&buffer, UINT64_MAX);
    const unsigned char expected[] = {0,    0x7f, 0x80, 0x01, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
    assert_int_equal(buffer.size, sizeof expected);
    assert_memory_equal(buffer.data, expected, sizeof expected);
    buffer_done(&buffer);
}

RUN_TESTS(TEST(numbers_are_decimal), TEST(text_of_any_length_is_formatted),
          TEST(varints_take_seven_bits_a_byte))
