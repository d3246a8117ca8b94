/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/text.h"

static void overlong_and_surrogate_forms_are_invalid(void **state)
{
    assert_false(text_next("\xc0\x80", 2).valid);
    assert_false(text_next("\xe0\x80\x80", 3).valid);
    assert_false(text_next("\xed\xa0\x80", 3).valid);
    assert_false(text_next("\xf4\x90\x80\x80", 4).valid);
    assert_false(text_next("\xe2\x82", 2).valid);
    assert_int_equal(text_next("\xe2\x82\xac", 3).code, 0x20ac);
    assert_int_equal(text_next("\xf0\x9f\x94\xa5", 4).code, 0x1f525);
}

static void harmful_characters_are_replaced(void **state)
{
    struct buffer buffer = {0};
    const char *text = "a\x1b[2J\xe2\x80\xae\xff<b>\xc3\xa9";
    text_append_safe(&buffer, text, strlen(text));
    assert_string_equal(buffer_string(&buffer),
                        "a\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd<b>\xc3\xa9");
    buffer_done(&buffer);
}

static void globs(void **state)
{
    assert_true(text_glob("kmem:*", "kmem:kmalloc"));
    assert_true(text_glob("*:k?alloc*", "kmem:kmalloc_node"));
    assert_false(text_glob("kmem:*", "sched:kmem"));
    assert_true(text_glob("**", ""));
    assert_false(text_glob("?", ""));
}

static void numbers_fill_the_text(void **state)
{
    uint64_t value = 7;
    assert_true(text_u64("0x1F", 4, &value));
    assert_true(value == 31);
    assert_true(text_u64("18446744073709551615", 20, &value));
    assert_true(value == UINT64_MAX);
    assert_false(text_u64("18446744073709551616", 20, &value));
    assert_false(text_u64("", 0, &value));
    assert_false(text_u64("12 ", 3, &value));
    assert_false(text_u64("0x", 2, &value));
}

RUN_TESTS(TEST(overlong_and_surrogate_forms_are_invalid), TEST(harmful_characters_are_replaced),
          TEST(globs), TEST(numbers_fill_the_text))
