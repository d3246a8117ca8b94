/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/limits.h"
#include "base/mem.h"
#include "tree/frames.h"

static uint32_t add(struct frames *frames, const char *name, enum frame_kind kind,
                    const char *object)
{
    return frames_add(frames, name, strlen(name), kind, object);
}

static void equal_frames_are_equal_numbers(void **state)
{
    struct frames frames;
    assert_int_equal(frames_init(&frames), 0);
    assert_string_equal(frames_name(&frames, 0), "");
    uint32_t one = add(&frames, "main", FRAME_USER, "app");
    assert_int_equal(one, 1);
    assert_int_equal(add(&frames, "main", FRAME_USER, "app"), one);
    assert_int_not_equal(add(&frames, "main", FRAME_INLINED, "app"), one);
    assert_int_not_equal(add(&frames, "main", FRAME_USER, "other"), one);
    assert_int_not_equal(add(&frames, "main", FRAME_USER, NULL), one);
    assert_int_equal(frames.count, 5);
    assert_string_equal(frames_name(&frames, one), "main");
    assert_string_equal(frames_object(&frames, one), "app");
    frames_done(&frames);
}

static void names_fit_into_folded_text(void **state)
{
    struct frames frames;
    assert_int_equal(frames_init(&frames), 0);
    uint32_t one = add(&frames, "a;b\nc\r;", FRAME_USER, "x;y");
    assert_string_equal(frames_name(&frames, one), "a:b c :");
    assert_string_equal(frames_object(&frames, one), "x:y");
    uint32_t cut = frames_add(&frames, "ab\0;c", 5, FRAME_USER, NULL);
    assert_string_equal(frames_name(&frames, cut), "ab");
    frames_done(&frames);
}

static void a_huge_name_is_cut(void **state)
{
    struct frames frames;
    assert_int_equal(frames_init(&frames), 0);
    size_t size = LIMIT_NAME_BYTES + 1000;
    char *name = mem_alloc(size);
    memset(name, 'n', size);
    uint32_t one = frames_add(&frames, name, size, FRAME_USER, NULL);
    assert_int_equal(strlen(frames_name(&frames, one)), LIMIT_NAME_BYTES);
    mem_free(name);
    frames_done(&frames);
}

static void without_memory_nothing_breaks(void **state)
{
    for (long n = 0; n < 6; n++) {
        struct frames frames;
        mem_fail_after(n);
        int result = frames_init(&frames);
        if (result == 0) {
            char name[200];
            memset(name, ';', sizeof name);
            (void)frames_add(&frames, name, sizeof name, FRAME_USER, "object");
        }
        mem_fail_after(-1);
        if (result == 0) {
            assert_int_not_equal(add(&frames, "main", FRAME_USER, NULL), FRAMES_FAILED);
            frames_done(&frames);
        }
    }
}

static void texts_are_handed_over(void **state)
{
    struct frames from, to;
    assert_int_equal(frames_init(&from), 0);
    assert_int_equal(frames_init(&to), 0);
    add(&from, "nowhere", FRAME_USER, "app");
    struct frame main_frame = from.items[add(&from, "main", FRAME_USER, "app")];
    frames_take_texts(&to, &from);
    assert_int_equal(frames_intern(&to, main_frame), 1);
    assert_int_equal(frames_intern(&to, main_frame), 1);
    assert_string_equal(frames_name(&to, 1), "main");
    assert_string_equal(frames_object(&to, 1), "app");
    assert_int_equal(add(&to, "main", FRAME_USER, "app"), 1);
    assert_int_equal(add(&to, "nowhere", FRAME_USER, "app"), 2);
    assert_string_equal(frames_name(&to, 0), "");
    frames_done(&from);
    frames_done(&to);
}

RUN_TESTS(TEST(texts_are_handed_over), TEST(equal_frames_are_equal_numbers),
          TEST(names_fit_into_folded_text), TEST(a_huge_name_is_cut),
          TEST(without_memory_nothing_breaks))
