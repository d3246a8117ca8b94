/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include "draw/layout.h"

struct made {
    struct trie *trie;
    struct order order;
    struct layout layout;
};

static struct made make(struct trie *trie, double width, double min_width, bool by_weight)
{
    struct made made = {.trie = trie};
    struct layout_options options = {
        .width = width, .min_width = min_width, .by_weight = by_weight};
    assert_int_equal(order_make(&made.order, trie, NULL), 0);
    assert_int_equal(layout_make(&made.layout, trie, &made.order, &options, NULL), 0);
    return made;
}

static void made_done(struct made *made)
{
    order_done(&made->order);
    layout_done(&made->layout);
    trie_free(made->trie);
}

static void check_box(const struct made *made, size_t i, const char *name, uint32_t level,
                      int64_t start, int64_t total)
{
    assert_true(i < made->layout.count);
    const struct layout_box *box = &made->layout.boxes[i];
    assert_string_equal(trie_name(made->trie, box->node), name);
    assert_int_equal(box->level, level);
    assert_int_equal(box->start, start);
    assert_int_equal(box->total, total);
}

static void boxes_are_exact_shares_by_name(void **state)
{
    struct made made = make(sample_trie(), 1200, 0.5, false);
    assert_int_equal(made.layout.count, 8);
    assert_int_equal(made.layout.levels, 5);
    check_box(&made, 0, "", 0, 0, 120);
    check_box(&made, 1, "app", 1, 0, 110);
    check_box(&made, 2, "idle", 2, 0, 60);
    check_box(&made, 3, "main", 2, 60, 50);
    check_box(&made, 4, "alpha", 3, 60, 30);
    check_box(&made, 5, "zeta", 3, 90, 20);
    check_box(&made, 6, "leaf", 4, 90, 10);
    check_box(&made, 7, "other", 1, 110, 10);
    assert_true(layout_px(&made.layout, 90) == 900);
    made_done(&made);
}

static void the_heaviest_comes_first_by_weight(void **state)
{
    struct trie *trie = sample_trie();
    uint32_t big = sample_child(trie, 0, "zzz", FRAME_GROUP, NULL);
    trie_add(trie, 0, big, 500);
    trie_sum(trie);
    struct made made = make(trie, 1200, 0.5, true);
    check_box(&made, 1, "zzz", 1, 0, 500);
    check_box(&made, 2, "app", 1, 500, 110);
    made_done(&made);
}

static void what_is_narrow_is_left_out_with_all_above_it(void **state)
{
    struct made made = make(sample_trie(), 120, 15, false);
    assert_int_equal(made.layout.count, 6); /* neither leaf nor other */
    assert_int_equal(made.layout.levels, 4);
    check_box(&made, 5, "zeta", 3, 90, 20);
    made_done(&made);
}

static void no_box_leaves_its_parent_whatever_the_weights(void **state)
{
    struct trie *trie = trie_new();
    trie_column(trie, "", "uncertain-bytes", "bytes");
    uint32_t app = sample_child(trie, 0, "app", FRAME_GROUP, NULL);
    trie_add(trie, 0, sample_child(trie, app, "less", FRAME_USER, NULL), -90);
    trie_add(trie, 0, sample_child(trie, app, "more", FRAME_USER, NULL), 100);
    trie_add(trie, 0, sample_child(trie, app, "most", FRAME_USER, NULL), INT64_MAX);
    trie_add(trie, 0, sample_child(trie, 0, "huge", FRAME_USER, NULL), INT64_MAX);
    trie_sum(trie);
    struct made made = make(trie, 1200, 0.5, false);
    for (size_t i = 0; i < made.layout.count; i++) {
        const struct layout_box *box = &made.layout.boxes[i];
        assert_true(box->start >= 0 && box->total >= 0);
        assert_true(box->total <= made.layout.whole - box->start);
    }
    made_done(&made);
}

static void nothing_is_a_root_alone(void **state)
{
    struct trie *trie = trie_new();
    trie_column(trie, "", "samples", "samples");
    sample_child(trie, 0, "app", FRAME_GROUP, NULL);
    trie_sum(trie);
    struct made made = make(trie, 1200, 0.5, false);
    assert_int_equal(made.layout.count, 1);
    assert_int_equal(made.layout.levels, 1);
    assert_true(layout_px(&made.layout, 5) == 0);
    made_done(&made);
}

static void a_hundred_thousand_levels_need_no_stack(void **state)
{
    struct trie *trie = trie_new();
    trie_column(trie, "", "samples", "samples");
    uint32_t node = 0;
    for (int i = 0; i < 100000; i++)
        node = sample_child(trie, node, "again", FRAME_USER, NULL);
    trie_add(trie, 0, node, 1);
    trie_sum(trie);
    struct made made = make(trie, 1200, 0.5, false);
    assert_int_equal(made.layout.levels, 100001);
    uint32_t up;
    assert_int_equal(order_step(&made.order, made.trie, node, &up), 0);
    made_done(&made);
}

static void memory_that_is_missing_is_an_error(void **state)
{
    for (long n = 0; n < 16; n++) {
        struct trie *trie = sample_trie();
        struct order order = {0};
        struct layout layout = {0};
        struct layout_options options = {.width = 1200, .min_width = 0.5, .by_weight = true};
        mem_fail_after(n);
        int result = order_make(&order, trie, NULL);
        if (result == 0)
            result = layout_make(&layout, trie, &order, &options, NULL);
        mem_fail_after(-1);
        assert_true(result == 0 || result == -PFL_ERROR_MEMORY);
        order_done(&order);
        layout_done(&layout);
        trie_free(trie);
    }
}

RUN_TESTS(TEST(boxes_are_exact_shares_by_name), TEST(the_heaviest_comes_first_by_weight),
          TEST(what_is_narrow_is_left_out_with_all_above_it),
          TEST(no_box_leaves_its_parent_whatever_the_weights), TEST(nothing_is_a_root_alone),
          TEST(a_hundred_thousand_levels_need_no_stack), TEST(memory_that_is_missing_is_an_error))
