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

RUN_TESTS(TEST(numbers_are_decimal), TEST(varints_take_seven_bits_a_byte))
