/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <stdlib.h>

#include "base/mem.h"
#include "perf/order.h"

/* Pushes a record that is told from others by `name`. */
static void push(struct order *order, uint64_t time, uint32_t name)
{
    assert_int_equal(order_push(order, time, (struct reader_place){.at = name}), 0);
}

/* Pops all that is ready and checks the names. */
static void expect(struct order *order, unsigned count, const uint32_t *names)
{
    struct reader_place place;
    for (unsigned i = 0; i < count; i++) {
        assert_true(order_pop(order, &place));
        assert_int_equal(place.at, names[i]);
    }
    assert_false(order_pop(order, &place));
}
#define EXPECT(order, ...)                                                                         \
    expect(order, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (uint32_t[]){__VA_ARGS__})

static void a_round_lets_go_what_the_round_before_had(void **state)
{
    struct order order = {0};
    push(&order, 10, 1);
    push(&order, 30, 3);
    push(&order, 20, 2); /* another CPU */
    assert_int_equal(order_round(&order), 0);
    expect(&order, 0, NULL);
    push(&order, 40, 5);
    push(&order, 25, 4);
    assert_int_equal(order_round(&order), 0);
    EXPECT(&order, 1, 2, 4, 3);
    push(&order, 35, 6);
    assert_int_equal(order_round(&order), 0);
    EXPECT(&order, 6, 5);
    push(&order, 41, 7);
    assert_int_equal(order_end(&order), 0);
    EXPECT(&order, 7);
    assert_true(order.late == 0);
    order_done(&order);
}

static void equal_times_keep_the_order_of_the_file(void **state)
{
    struct order order = {0};
    for (uint32_t i = 0; i < 50; i++)
        push(&order, i % 5 ? 100 : 99, i);
    assert_int_equal(order_end(&order), 0);
    struct reader_place place;
    uint32_t last = 0;
    for (uint32_t i = 0; i < 50; i++) {
        assert_true(order_pop(&order, &place));
        assert_true(place.at % 5 ? i >= 10 : i < 10);
        assert_true(i == 0 || i == 10 || place.at > last);
        last = place.at;
    }
    order_done(&order);
}

static void what_comes_late_is_given_all_the_same_and_counted(void **state)
{
    struct order order = {0};
    push(&order, 100, 1);
    assert_int_equal(order_round(&order), 0);
    push(&order, 200, 2);
    assert_int_equal(order_round(&order), 0);
    EXPECT(&order, 1);
    push(&order, 50, 3);
    push(&order, 150, 4);
    assert_true(order.late == 1);
    assert_int_equal(order_round(&order), 0);
    EXPECT(&order, 3, 4, 2);
    order_done(&order);
}

static void many_rounds_come_out_sorted(void **state)
{
    struct order order = {0};
    struct reader_place place;
    uint32_t seed = 1, given = 0, pushed = 0;
    uint64_t last = 0;
    static uint64_t times[40000];
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned cpu = 0; cpu < 8; cpu++) {
            uint64_t time = round * 1000;
            for (unsigned i = 0; i < 25; i++) {
                seed = seed * 1103515245 + 12345;
                time += (seed >> 16) % 60;
                times[pushed] = time;
                push(&order, time, pushed++);
            }
        }
        assert_int_equal(round == 199 ? order_end(&order) : order_round(&order), 0);
        while (order_pop(&order, &place)) {
            assert_true(times[place.at] >= last);
            last = times[place.at];
            given++;
        }
        assert_true(order.count < 3 * 8 * 25);
    }
    assert_int_equal(given, pushed);
    assert_true(order.late == 0);
    order_done(&order);
}

static void without_memory_a_push_says_so(void **state)
{
    struct order order = {0};
    push(&order, 5, 0);
    for (long n = 0; n < 2; n++) {
        struct order fresh = {0};
        mem_fail_after(n);
        assert_int_equal(order_push(&fresh, 1, (struct reader_place){0}), -1);
        mem_fail_after(-1);
        order_done(&fresh);
    }
    mem_fail_after(0);
    assert_int_equal(order_end(&order), -1);
    mem_fail_after(-1);
    assert_int_equal(order_end(&order), 0);
    EXPECT(&order, 0);
    order_done(&order);
}

RUN_TESTS(TEST(a_round_lets_go_what_the_round_before_had),
          TEST(equal_times_keep_the_order_of_the_file),
          TEST(what_comes_late_is_given_all_the_same_and_counted),
          TEST(many_rounds_come_out_sorted), TEST(without_memory_a_push_says_so))
