/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/out.h"

struct taken {
    struct buffer buffer;
    int refuse;
};

static int take(void *context, const void *data, size_t size)
{
    struct taken *taken = context;
    buffer_append(&taken->buffer, data, size);
    return taken->refuse;
}

static void json_strings_are_escaped(void **state)
{
    struct taken taken = {0};
    struct out out;
    out_init(&out, &(struct pfl_sink){.write = take, .context = &taken});
    out_json(&out, "a\"\\\n\xff\xc3\xa9");
    out_i64(&out, INT64_MIN);
    assert_int_equal(out_finish(&out, NULL), 0);
    assert_string_equal(buffer_string(&taken.buffer),
                        "\"a\\\"\\\\\\u000a\\ufffd\xc3\xa9\"-9223372036854775808");
    buffer_done(&taken.buffer);
}

static void a_refusal_is_remembered(void **state)
{
    struct taken taken = {.refuse = 1};
    struct pfl_error error;
    struct out out;
    out_init(&out, &(struct pfl_sink){.write = take, .context = &taken});
    for (int i = 0; i < 100000; i++)
        out_text(&out, "0123456789");
    assert_int_equal(out_finish(&out, &error), -PFL_ERROR_SINK);
    assert_int_equal(error.code, PFL_ERROR_SINK);
    assert_true(taken.buffer.size < 200000);
    buffer_done(&taken.buffer);
}

RUN_TESTS(TEST(json_strings_are_escaped), TEST(a_refusal_is_remembered))
