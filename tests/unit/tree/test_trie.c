/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <stdio.h>

#include "base/limits.h"
#include "tree/trie.h"

static uint32_t child(struct trie *trie, uint32_t node, const char *name)
{
    uint32_t frame = frames_add(&trie->frames, name, strlen(name), FRAME_USER, NULL);
    assert_int_not_equal(frame, FRAMES_FAILED);
    uint32_t made = trie_child(trie, node, frame);
    assert_int_not_equal(made, TRIE_FAILED);
    return made;
}

static void totals_are_self_and_all_below(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    uint32_t column = trie_column(trie, "cpu-clock", "period", "ns");
    uint32_t app = child(trie, 0, "app"), start = child(trie, app, "main");
    uint32_t work = child(trie, start, "work"), idle = child(trie, start, "idle");
    assert_int_equal(child(trie, start, "work"), work);
    assert_int_equal(trie->first[start], idle);
    assert_int_equal(trie->next[idle], work);
    assert_int_equal(trie->next[work], 0);
    assert_null(trie->columns[column].self);
    assert_int_equal(trie_add(trie, column, work, 60), 0);
    assert_int_equal(trie_add(trie, column, idle, 40), 0);
    assert_int_equal(trie_add(trie, column, start, 1), 0);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(trie_sum(trie), 0);
        assert_int_equal(trie_total(trie, column, 0), 101);
        assert_int_equal(trie_total(trie, column, start), 101);
        assert_int_equal(trie_total(trie, column, work), 60);
        assert_int_equal(trie_self(trie, column, start), 1);
    }
    assert_string_equal(trie_name(trie, work), "work");
}

static void a_flame_chart_uses_only_the_latest_child_again(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    trie->timed = true;
    uint32_t one = frames_add(&trie->frames, "one", 3, FRAME_GROUP, NULL);
    uint32_t two = frames_add(&trie->frames, "two", 3, FRAME_GROUP, NULL);
    uint32_t first = trie_child(trie, 0, one), second = trie_child(trie, 0, two);
    uint32_t a = child(trie, first, "a"), b = child(trie, first, "b");
    assert_int_equal(trie_child(trie, 0, one), first); /* threads run side by side */
    assert_int_not_equal(trie_child(trie, second, one), trie_child(trie, second, two));
    assert_int_equal(child(trie, first, "b"), b);
    uint32_t again = child(trie, first, "a");
    assert_int_not_equal(again, a);
    assert_int_equal(child(trie, first, "a"), again);
    assert_int_not_equal(child(trie, 0, "c"), child(trie, 0, "d"));
    assert_int_not_equal(child(trie, 0, "c"), trie->next[trie->next[trie->first[0]]]);
}

static void columns_are_made_at_their_first_value(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    uint32_t one = trie_column(trie, "a", "period", "ns");
    uint32_t two = trie_column(trie, "b", "period", "ns");
    assert_int_equal(trie_column(trie, "a", "period", "ns"), one);
    assert_int_not_equal(trie_column(trie, "a", "samples", "ns"), one);
    assert_int_not_equal(trie_column(trie, "a", "period", "bytes"), one);
    uint32_t node = child(trie, 0, "f");
    assert_int_equal(trie_add(trie, one, node, 5), 0);
    assert_int_equal(trie_add(trie, two, node, 0), 0);
    assert_non_null(trie->columns[one].self);
    assert_null(trie->columns[two].self);
    assert_int_equal(trie_sum(trie), 0);
    assert_int_equal(trie_total(trie, two, 0), 0);
}

static void texts_of_columns_are_safe(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    uint32_t made = trie_column(trie, "e\033[31m", "w\n", "u\xff");
    assert_int_not_equal(made, TRIE_FAILED);
    assert_int_equal(trie_column(trie, "e\033[31m", "w\n", "u\xff"), made);
    assert_string_equal(trie->columns[made].event, "e\xef\xbf\xbd[31m");
    assert_string_equal(trie->columns[made].weight, "w\xef\xbf\xbd");
    assert_string_equal(trie->columns[made].unit, "u\xef\xbf\xbd");
    assert_int_equal(trie->column_count, 1);
}

static void columns_have_a_cap(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    for (int i = 0; i < LIMIT_COLUMNS; i++) {
        char event[16];
        snprintf(event, sizeof event, "e%d", i);
        assert_int_equal(trie_column(trie, event, "period", "ns"), i);
    }
    assert_int_equal(trie_column(trie, "more", "period", "ns"), TRIE_FAILED);
}

static void new_nodes_weigh_nothing_after_growth(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    uint32_t column = trie_column(trie, "", "samples", "samples");
    uint32_t first = child(trie, 0, "first");
    assert_int_equal(trie_add(trie, column, first, 7), 0);
    assert_int_equal(trie_sum(trie), 0);
    uint32_t node = first;
    for (int i = 0; i < 100000; i++)
        node = child(trie, node, "deep");
    assert_int_equal(trie_self(trie, column, node), 0);
    assert_int_equal(trie_total(trie, column, node), 0);
    assert_int_equal(trie_add(trie, column, node, 3), 0);
    assert_int_equal(trie_sum(trie), 0);
    assert_int_equal(trie_total(trie, column, 0), 10);
    assert_int_equal(trie_total(trie, column, first), 10);
    assert_int_equal(trie_total(trie, column, node), 3);
}

static void sums_hold_at_the_ends_of_the_range(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    uint32_t column = trie_column(trie, "", "samples", "samples");
    uint32_t a = child(trie, 0, "a"), b = child(trie, 0, "b");
    assert_int_equal(trie_add(trie, column, a, INT64_MAX), 0);
    assert_int_equal(trie_add(trie, column, a, 1), 0);
    assert_int_equal(trie_add(trie, column, b, 1), 0);
    assert_int_equal(trie_sum(trie), 0);
    assert_true(trie_self(trie, column, a) == INT64_MAX);
    assert_true(trie_total(trie, column, 0) == INT64_MAX);
}

static void without_memory_nothing_breaks(void **state)
{
    for (long n = 0; n < 60; n++) {
        mem_fail_after(n);
        CLEANUP(trie_cleanup) struct trie *trie = trie_new();
        if (trie) {
            uint32_t column = trie_column(trie, "e", "period", "ns");
            uint32_t node = 0;
            for (uint32_t i = 0; i < 200 && node != TRIE_FAILED; i++) {
                if (column != TRIE_FAILED)
                    (void)trie_add(trie, column, node, 1);
                node = trie_child(trie, node, 0);
            }
            (void)trie_sum(trie);
        }
        mem_fail_after(-1);
        if (trie)
            assert_int_not_equal(child(trie, 0, "after"), TRIE_FAILED);
    }
}

static void a_dropped_column_leaves_the_others(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    uint32_t frame = frames_add(&trie->frames, "f", 1, FRAME_USER, NULL);
    uint32_t node = trie_child(trie, 0, frame);
    for (uint32_t c = 0; c < 3; c++) {
        char event[2] = {(char)('a' + c), '\0'};
        assert_int_equal(trie_column(trie, event, "samples", "samples"), c);
        assert_int_equal(trie_add(trie, c, node, c + 1), 0);
    }
    trie_drop_column(trie, 1);
    assert_int_equal(trie->column_count, 2);
    assert_string_equal(trie->columns[1].event, "c");
    assert_true(trie_self(trie, 1, node) == 3);
    trie_drop_column(trie, 1);
    assert_string_equal(trie->columns[0].event, "a");
}

RUN_TESTS(TEST(a_dropped_column_leaves_the_others), TEST(totals_are_self_and_all_below),
          TEST(a_flame_chart_uses_only_the_latest_child_again),
          TEST(columns_are_made_at_their_first_value), TEST(texts_of_columns_are_safe),
          TEST(columns_have_a_cap), TEST(new_nodes_weigh_nothing_after_growth),
          TEST(sums_hold_at_the_ends_of_the_range), TEST(without_memory_nothing_breaks))
