/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <sys/resource.h>

#include "stacks/row_order.h"
#include "stacks/stacks.h"

static void equal_things_have_equal_numbers(void **state)
{
    CLEANUP(stacks_cleanup) struct stacks *stacks = stacks_new();
    uint32_t a = stacks_place(stacks, 1, 0x10), b = stacks_place(stacks, 2, 0x10);
    assert_int_not_equal(a, b);
    assert_int_equal(stacks_place(stacks, 1, 0x10), a);
    uint32_t ab = stacks_part(stacks, (uint32_t[]){a, b}, 2);
    uint32_t ba = stacks_part(stacks, (uint32_t[]){b, a}, 2);
    assert_int_not_equal(ab, ba);
    assert_int_equal(stacks_part(stacks, (uint32_t[]){a, b}, 2), ab);
    assert_int_equal(stacks_part(stacks, NULL, 0), 0);
    uint32_t row = stacks_row(stacks, (struct stacks_row){.group = 3, .user_part = ab});
    assert_int_equal(stacks_row(stacks, (struct stacks_row){.group = 3, .user_part = ab}), row);
    assert_int_not_equal(stacks_row(stacks, (struct stacks_row){.group = 3, .kernel_part = ab}),
                         row);
    assert_int_equal(stacks_part_at(stacks, ba).count, 2);
    assert_int_equal(stacks_part_at(stacks, ba).places[1], a);
}

static void additions_keep_their_order_if_asked(void **state)
{
    CLEANUP(stacks_cleanup) struct stacks *stacks = stacks_new();
    assert_int_equal(stacks_add(stacks, 0, 0, 1), 0);
    assert_int_equal(stacks_addition_count(stacks), 0);
    stacks_keep_order(stacks);
    const struct stacks_addition added[] = {{1, 0, 5}, {1, 0, 6}, {1, 2, 7}, {0, 0, 8}, {1, 0, 9}};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(stacks_add(stacks, added[i].column, added[i].row, added[i].amount), 0);
    assert_int_equal(stacks_addition_count(stacks), 4);
    assert_int_equal(stacks_addition_at(stacks, 0).amount, 11);
    assert_int_equal(stacks_addition_at(stacks, 1).column, 2);
    assert_int_equal(stacks_addition_at(stacks, 3).row, 1);
    assert_int_equal(stacks_value(stacks, 0, 1), 20);
}

static void many_stacks_keep_their_values(void **state)
{
    CLEANUP(stacks_cleanup) struct stacks *stacks = stacks_new();
    enum { MANY = 50000 };
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < MANY; i++) {
            uint32_t places[3];
            for (uint32_t k = 0; k < 3; k++)
                places[k] = stacks_place(stacks, k, i);
            uint32_t part = stacks_part(stacks, places, 3);
            uint32_t row = stacks_row(stacks, (struct stacks_row){.user_part = part});
            assert_int_equal(row, i);
            assert_int_equal(stacks_add(stacks, 1, row, i), 0);
        }
    }
    assert_int_equal(stacks_row_count(stacks), MANY);
    assert_int_equal(stacks_place_count(stacks), 3 * MANY);
    assert_true(stacks_value(stacks, 1, MANY - 1) == 2 * (MANY - 1));
    assert_true(stacks_value(stacks, 0, 5) == 0);
}

/* Columns of a few rows among very many, of rows that become many, and of all: as one array each.
 */
static void columns_of_any_filling_keep_their_values(void **state)
{
    enum { ROWS = 40000, COLUMNS = 4, ADDITIONS = 60000 };
    CLEANUP(stacks_cleanup) struct stacks *stacks = stacks_new();
    CLEANUP(mem_cleanup) int64_t *values = mem_zalloc((size_t)ROWS * COLUMNS, sizeof *values);
    uint32_t seed = 3;
    for (uint32_t i = 0; i < ADDITIONS; i++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t column = i % 1000 == 0 ? 0 : 1 + i % (COLUMNS - 1), row = (seed >> 8) % ROWS;
        if (column == 1) /* upwards */
            row = i / 2 % ROWS;
        values[column * ROWS + row] += i;
        assert_int_equal(stacks_add(stacks, column, row, i), 0);
    }
    for (uint32_t column = 0; column < COLUMNS; column++)
        for (uint32_t row = 0; row < ROWS; row++)
            assert_int_equal(stacks_value(stacks, column, row), values[column * ROWS + row]);
}

/* One array each would take a gigabyte. */
static void columns_of_few_rows_are_small(void **state)
{
    enum { COLUMNS = 1000, ROW = 131071 };
    CLEANUP(stacks_cleanup) struct stacks *stacks = stacks_new();
    struct rusage usage;
    for (uint32_t column = 0; column < COLUMNS; column++)
        assert_int_equal(stacks_add(stacks, column, ROW - column, column), 0);
    for (uint32_t column = 0; column < COLUMNS; column++)
        assert_int_equal(stacks_value(stacks, column, ROW - column), column);
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    assert_true(usage.ru_maxrss < 600 * 1024);
}

static void sums_do_not_wrap(void **state)
{
    CLEANUP(stacks_cleanup) struct stacks *stacks = stacks_new();
    uint32_t row = stacks_row(stacks, (struct stacks_row){0});
    stacks_add(stacks, 0, row, INT64_MAX);
    stacks_add(stacks, 0, row, 1);
    assert_true(stacks_value(stacks, 0, row) == INT64_MAX);
}

static void a_failed_allocation_changes_nothing(void **state)
{
    for (long n = 0;; n++) {
        mem_fail_after(n);
        struct stacks *stacks = stacks_new();
        uint32_t place = stacks ? stacks_place(stacks, 1, 1) : STACKS_FAILED;
        uint32_t part = place != STACKS_FAILED ? stacks_part(stacks, &place, 1) : STACKS_FAILED;
        uint32_t row = part != STACKS_FAILED
                           ? stacks_row(stacks, (struct stacks_row){.user_part = part})
                           : STACKS_FAILED;
        bool done = row != STACKS_FAILED && stacks_add(stacks, 0, row, 1) == 0;
        mem_fail_after(-1);
        stacks_free(stacks);
        if (done)
            return;
        assert_true(n < 100);
    }
}

/* What is added to the rows of 3,000 stacks, some of them often, in two columns. */
static void add_many(struct stacks *stacks)
{
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t place = stacks_place(stacks, 1, i * 7 % 1000),
                 row = stacks_row(stacks, (struct stacks_row){
                                              .group = i % 3,
                                              .user_part = stacks_part(stacks, &place, 1),
                                          });
        assert_int_equal(stacks_add(stacks, 0, row, i), 0);
        if (i % 5 == 0)
            assert_int_equal(stacks_add(stacks, 1, row, -(int64_t)i), 0);
    }
}

/* Rows of two parts: some are kept, under names that are used again, some are the next row's alone,
 * and some so long that few go into a batch. */
static void add_parts(struct stacks *stacks)
{
    enum { NAMES = 7, LONG = 40000 };
    CLEANUP(mem_cleanup) uint32_t *places = mem_zalloc(LONG, sizeof *places);
    uint32_t kept[NAMES] = {0};
    for (uint32_t i = 0; i < 9000; i++) {
        uint32_t count = i % 500 == 7 ? LONG : i % 4;
        places[0] = stacks_place(stacks, 2, i % 11);
        places[1] = stacks_place(stacks, 3, i % 5);
        uint32_t *part = &kept[i / 3 % NAMES];
        if (i % 3 == 0)
            *part = stacks_part_kept(stacks, i / 3 % NAMES, places, i % 3);
        else
            *part = *part ? *part : stacks_part_kept(stacks, i / 3 % NAMES, places, 2);
        uint32_t kernel = i % 2 ? *part : stacks_part(stacks, places, count);
        places[0]++;
        uint32_t user = stacks_part(stacks, places, i % 3);
        uint32_t row = stacks_row(stacks, (struct stacks_row){i % 2, kernel, user});
        assert_int_equal(stacks_add(stacks, i % 2, row, 1), 0);
    }
}

static void assert_same_parts(const struct stacks *now, const struct stacks *later)
{
    assert_int_equal(stacks_part_count(now), stacks_part_count(later));
    for (uint32_t i = 0; i < stacks_part_count(now); i++) {
        struct stacks_part a = stacks_part_at(now, i), b = stacks_part_at(later, i);
        assert_int_equal(a.count, b.count);
        if (a.count)
            assert_memory_equal(a.places, b.places, a.count * sizeof *a.places);
    }
}

static void assert_same_rows(const struct stacks *now, const struct stacks *later)
{
    assert_int_equal(stacks_row_count(now), stacks_row_count(later));
    for (uint32_t i = 0; i < stacks_row_count(now); i++) {
        struct stacks_row a = stacks_row_at(now, i), b = stacks_row_at(later, i);
        assert_memory_equal(&a, &b, sizeof a);
        for (uint32_t c = 0; c < 2; c++)
            assert_true(stacks_value(now, c, i) == stacks_value(later, c, i));
    }
}

static void parts_that_are_found_later_are_the_same(void **state)
{
    CLEANUP(stacks_cleanup) struct stacks *now = stacks_new();
    CLEANUP(stacks_cleanup) struct stacks *later = stacks_new();
    (void)state;
    add_parts(now);
    assert_true(stacks_begin_later(later));
    add_parts(later);
    assert_int_equal(stacks_settle(later), 0);
    assert_true(stacks_row_count(now) > 100);
    assert_same_parts(now, later);
    assert_same_rows(now, later);
}

/* The empty part, in between so many others that their table grows: ThreadSanitizer sees who looks
 * into it. */
static void the_empty_part_is_looked_for_nowhere(void **state)
{
    CLEANUP(stacks_cleanup) struct stacks *stacks = stacks_new();
    assert_true(stacks_begin_later(stacks));
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t places[] = {i % 300, i / 300};
        struct stacks_row row = {.kernel_part = stacks_part(stacks, places, 2)};
        row.user_part = i % 2 ? stacks_part(stacks, NULL, 0) : stacks_part_kept(stacks, 1, NULL, 0);
        assert_int_equal(row.user_part, 0);
        assert_int_equal(stacks_add(stacks, 0, stacks_row(stacks, row), 1), 0);
    }
    assert_int_equal(stacks_settle(stacks), 0);
    assert_int_equal(stacks_part_count(stacks), 100001);
    assert_int_equal(stacks_row_count(stacks), 100000);
}

static void what_is_added_later_is_the_same(void **state)
{
    CLEANUP(stacks_cleanup) struct stacks *now = stacks_new();
    CLEANUP(stacks_cleanup) struct stacks *later = stacks_new();
    (void)state;
    stacks_keep_order(now);
    stacks_keep_order(later);
    for (int round = 0; round < 2; round++) { /* a second recording goes on with the same rows */
        add_many(now);
        assert_true(stacks_begin_later(later));
        add_many(later);
        assert_int_equal(stacks_settle(later), 0);
    }
    assert_int_equal(stacks_settle(later), 0);
    assert_int_equal(stacks_row_count(now), 3000);
    assert_same_rows(now, later);
    assert_int_equal(stacks_addition_count(now), stacks_addition_count(later));
    for (size_t i = 0; i < stacks_addition_count(now); i++) {
        struct stacks_addition a = stacks_addition_at(now, i), b = stacks_addition_at(later, i);
        assert_true(a.row == b.row && a.column == b.column && a.amount == b.amount);
    }
}

/* Rows of four families, mixed; those of a family have their outermost places in common. */
static void rows_that_begin_alike_stand_side_by_side(void **state)
{
    enum { FAMILIES = 4, EACH = 300, DEPTH = 12, ROWS = FAMILIES * EACH };
    CLEANUP(stacks_cleanup) struct stacks *stacks = stacks_new();
    for (uint32_t i = 0; i < ROWS; i++) {
        uint32_t places[DEPTH], family = i % FAMILIES;
        places[0] = stacks_place(stacks, 1, i);
        for (uint32_t k = 1; k < DEPTH; k++)
            places[k] = stacks_place(stacks, 2 + family / 2, family << 8 | k);
        uint32_t part = stacks_part(stacks, places, DEPTH);
        stacks_row(stacks, (struct stacks_row){.group = family, .user_part = part});
    }
    CLEANUP(mem_cleanup) uint32_t *order = stacks_row_order(stacks);
    CLEANUP(mem_cleanup) bool *seen = mem_zalloc(ROWS, sizeof *seen);
    uint32_t changes = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        assert_true(order[i] < ROWS && !seen[order[i]]);
        seen[order[i]] = true;
        changes += i && order[i] % FAMILIES != order[i - 1] % FAMILIES;
    }
    assert_int_equal(changes, FAMILIES - 1);
    CLEANUP(stacks_cleanup) struct stacks *none = stacks_new();
    CLEANUP(mem_cleanup) uint32_t *no_order = stacks_row_order(none);
    assert_non_null(no_order);
}

RUN_TESTS(TEST(equal_things_have_equal_numbers), TEST(additions_keep_their_order_if_asked),
          TEST(many_stacks_keep_their_values), TEST(columns_of_any_filling_keep_their_values),
          TEST(columns_of_few_rows_are_small), TEST(sums_do_not_wrap),
          TEST(the_empty_part_is_looked_for_nowhere), TEST(what_is_added_later_is_the_same),
          TEST(parts_that_are_found_later_are_the_same),
          TEST(rows_that_begin_alike_stand_side_by_side), TEST(a_failed_allocation_changes_nothing))
