/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/cursor.h"

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 'a', 'b', 0, 'c'};

static void reads_either_byte_order(void **state)
{
    struct cursor c = cursor_of(bytes, sizeof bytes, false);
    assert_int_equal(cursor_u16(&c), 0x0201);
    assert_int_equal(cursor_u32(&c), 0x06050403);
    c = cursor_of(bytes, sizeof bytes, true);
    assert_true(cursor_u64(&c) == 0x0102030405060708u);
    assert_false(c.failed);
}

static void reading_past_the_end_is_remembered(void **state)
{
    struct cursor c = cursor_of(bytes, 3, false);
    assert_int_equal(cursor_u32(&c), 0);
    assert_true(c.failed);
    assert_int_equal(cursor_u8(&c), 0);
    assert_int_equal(cursor_left(&c), 0);
}

static void sizes_near_the_end_of_memory_do_not_wrap(void **state)
{
    struct cursor c = cursor_of(bytes, sizeof bytes, false);
    cursor_skip(&c, 4);
    assert_null(cursor_bytes(&c, SIZE_MAX - 2));
    assert_true(c.failed);
}

static void a_text_needs_its_nul(void **state)
{
    struct cursor c = cursor_of(bytes + 8, 4, false);
    size_t length = 0;
    assert_string_equal(cursor_text(&c, &length), "ab");
    assert_int_equal(length, 2);
    assert_null(cursor_text(&c, &length));
    assert_true(c.failed);
    struct cursor empty = cursor_of(NULL, 0, false);
    assert_null(cursor_text(&empty, NULL));
}

RUN_TESTS(TEST(reads_either_byte_order), TEST(reading_past_the_end_is_remembered),
          TEST(sizes_near_the_end_of_memory_do_not_wrap), TEST(a_text_needs_its_nul))
