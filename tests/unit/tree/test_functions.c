/* SPDX-License-Identifier: MIT */
#include "text.h"

#include "base/limits.h"
#include "tree/functions.h"

static void list(const struct trie *trie, enum function_order order, struct function_list *ret)
{
    uint32_t column = 0;
    assert_int_equal(functions_list(trie, &column, 1, order, ret, NULL), 0);
}

static void assert_row(const struct trie *trie, const struct function_list *list, size_t row,
                       const char *name, int64_t self, int64_t total)
{
    assert_true(row < list->count);
    const struct function *function = &list->items[row];
    assert_string_equal(frames_name(&trie->frames, function->frame), name);
    assert_int_equal(function->self, self);
    assert_int_equal(function->total, total);
}

static void each_order_has_its_first(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie("main;b 5\nmain;a 5\nmain;c;b 7\n");
    struct function_list functions;
    list(trie, FUNCTIONS_BY_SELF, &functions);
    assert_int_equal(functions.sum, 17);
    assert_int_equal(functions.count, 4);
    assert_row(trie, &functions, 0, "b", 12, 12);
    assert_row(trie, &functions, 1, "a", 5, 5);
    assert_row(trie, &functions, 2, "main", 0, 17);
    assert_row(trie, &functions, 3, "c", 0, 7);
    functions_done(&functions);
    list(trie, FUNCTIONS_BY_TOTAL, &functions);
    assert_row(trie, &functions, 0, "main", 0, 17);
    assert_row(trie, &functions, 1, "b", 12, 12);
    assert_row(trie, &functions, 3, "a", 5, 5);
    functions_done(&functions);
    list(trie, FUNCTIONS_BY_NAME, &functions);
    assert_row(trie, &functions, 0, "a", 5, 5);
    assert_row(trie, &functions, 3, "main", 0, 17);
    functions_done(&functions);
}

/* What only calls others stands in the order of what it leads to, and of two that lead to the same
 * the one that works itself comes first. */
static void of_equal_ones_the_other_weight_decides(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie("a;b;leaf 4\nz;y;leaf 5\nm;n 9\n");
    struct function_list functions;
    list(trie, FUNCTIONS_BY_SELF, &functions);
    assert_row(trie, &functions, 0, "leaf", 9, 9);
    assert_row(trie, &functions, 1, "n", 9, 9);
    assert_row(trie, &functions, 2, "m", 0, 9);
    assert_row(trie, &functions, 3, "y", 0, 5);
    assert_row(trie, &functions, 4, "z", 0, 5);
    assert_row(trie, &functions, 5, "a", 0, 4);
    functions_done(&functions);
    list(trie, FUNCTIONS_BY_TOTAL, &functions);
    assert_row(trie, &functions, 1, "n", 9, 9);
    assert_row(trie, &functions, 2, "m", 0, 9);
    functions_done(&functions);
    list(trie, FUNCTIONS_BY_NAME, &functions);
    assert_row(trie, &functions, 0, "a", 0, 4);
    functions_done(&functions);
}

static void recursion_counts_once_per_stack(void **state)
{
    CLEANUP(trie_cleanup)
    struct trie *trie = text_trie("f 1\nf;f 2\nf;g;f 4\ng;f;g;f 8\nf;g;h 16\nh 32\n");
    struct function_list functions;
    list(trie, FUNCTIONS_BY_NAME, &functions);
    assert_row(trie, &functions, 0, "f", 15, 31);
    assert_row(trie, &functions, 1, "g", 0, 28);
    assert_row(trie, &functions, 2, "h", 48, 48);
    functions_done(&functions);
}

static void groups_are_no_functions_but_marks_are(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    uint32_t column = trie_column(trie, "e", "period", "ns");
    uint32_t group = frames_add(&trie->frames, "f", 1, FRAME_GROUP, NULL);
    uint32_t mark = frames_add(&trie->frames, "[unknown]", 9, FRAME_MARK, NULL);
    uint32_t unused = frames_add(&trie->frames, "unused", 6, FRAME_USER, NULL);
    uint32_t node = trie_child(trie, 0, group);
    assert_int_equal(trie_add(trie, column, node, 3), 0);
    assert_int_not_equal(trie_child(trie, node, unused), TRIE_FAILED);
    assert_int_equal(trie_add(trie, column, trie_child(trie, node, mark), 4), 0);
    struct function_list functions;
    list(trie, FUNCTIONS_BY_SELF, &functions);
    assert_int_equal(functions.count, 1);
    assert_int_equal(functions.sum, 7);
    assert_row(trie, &functions, 0, "[unknown]", 4, 4);
    functions_done(&functions);
}

static void inlined_copies_are_one_row_and_objects_two(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    uint32_t column = trie_column(trie, "e", "period", "ns");
    uint32_t called = frames_add(&trie->frames, "f", 1, FRAME_USER, "b.so");
    uint32_t inlined = frames_add(&trie->frames, "f", 1, FRAME_INLINED, "b.so");
    uint32_t other = frames_add(&trie->frames, "f", 1, FRAME_USER, "a.so");
    uint32_t node = trie_child(trie, 0, called);
    assert_int_equal(trie_add(trie, column, node, 1), 0);
    assert_int_equal(trie_add(trie, column, trie_child(trie, node, inlined), 2), 0);
    assert_int_equal(trie_add(trie, column, trie_child(trie, node, other), 3), 0);
    struct function_list functions;
    list(trie, FUNCTIONS_BY_NAME, &functions);
    assert_int_equal(functions.count, 2);
    assert_row(trie, &functions, 0, "f", 3, 3);
    assert_row(trie, &functions, 1, "f", 3, 6);
    assert_string_equal(frames_object(&trie->frames, functions.items[0].frame), "a.so");
    functions_done(&functions);
}

static void deep_stacks_and_empty_tries_are_fine(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    uint32_t column = trie_column(trie, "e", "period", "ns"), node = 0;
    struct function_list functions;
    list(trie, FUNCTIONS_BY_SELF, &functions);
    assert_int_equal(functions.count, 0);
    functions_done(&functions);
    uint32_t frames[2] = {frames_add(&trie->frames, "f", 1, FRAME_USER, NULL),
                          frames_add(&trie->frames, "g", 1, FRAME_USER, NULL)};
    for (int i = 0; i < LIMIT_STACK_FRAMES; i++) {
        node = trie_child(trie, node, frames[i % 2]);
        assert_int_equal(trie_add(trie, column, node, 1), 0);
    }
    list(trie, FUNCTIONS_BY_TOTAL, &functions);
    assert_row(trie, &functions, 0, "f", LIMIT_STACK_FRAMES / 2, LIMIT_STACK_FRAMES);
    assert_row(trie, &functions, 1, "g", LIMIT_STACK_FRAMES / 2, LIMIT_STACK_FRAMES - 1);
    functions_done(&functions);
}

static void without_memory_it_says_so(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie("main;b 5\n");
    uint32_t column = 0;
    struct function_list functions;
    int result = -PFL_ERROR_MEMORY;
    for (long n = 0; result < 0; n++) {
        mem_fail_after(n);
        result = functions_list(trie, &column, 1, FUNCTIONS_BY_SELF, &functions, NULL);
        mem_fail_after(-1);
        assert_true(result == 0 || result == -PFL_ERROR_MEMORY);
        assert_true(n < 20);
    }
    functions_done(&functions);
}

RUN_TESTS(TEST(each_order_has_its_first), TEST(of_equal_ones_the_other_weight_decides),
          TEST(recursion_counts_once_per_stack), TEST(groups_are_no_functions_but_marks_are),
          TEST(inlined_copies_are_one_row_and_objects_two),
          TEST(deep_stacks_and_empty_tries_are_fine), TEST(without_memory_it_says_so))
