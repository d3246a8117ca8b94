/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <stdlib.h>

#include "base/mem.h"
#include "perf/rounds.h"

/* Pushes a record that is told from others by `name`. */
static void push(struct rounds *rounds, uint64_t time, uint32_t name)
{
    assert_int_equal(rounds_push(rounds, time, (struct block_place){.at = name}), 0);
}

/* Pops all that is ready and checks the names. */
static void expect(struct rounds *rounds, unsigned count, const uint32_t *names)
{
    struct block_place place;
    for (unsigned i = 0; i < count; i++) {
        assert_true(rounds_pop(rounds, &place));
        assert_int_equal(place.at, names[i]);
    }
    assert_false(rounds_pop(rounds, &place));
}
#define EXPECT(rounds, ...)                                                                        \
    expect(rounds, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (uint32_t[]){__VA_ARGS__})

static void a_round_lets_go_what_the_round_before_had(void **state)
{
    struct rounds rounds = {0};
    push(&rounds, 10, 1);
    push(&rounds, 30, 3);
    push(&rounds, 20, 2); /* another CPU */
    assert_int_equal(rounds_close(&rounds), 0);
    expect(&rounds, 0, NULL);
    push(&rounds, 40, 5);
    push(&rounds, 25, 4);
    assert_int_equal(rounds_close(&rounds), 0);
    EXPECT(&rounds, 1, 2, 4, 3);
    push(&rounds, 35, 6);
    assert_int_equal(rounds_close(&rounds), 0);
    EXPECT(&rounds, 6, 5);
    push(&rounds, 41, 7);
    assert_int_equal(rounds_end(&rounds), 0);
    EXPECT(&rounds, 7);
    assert_true(rounds.late == 0);
    rounds_done(&rounds);
}

static void equal_times_keep_the_order_of_the_file(void **state)
{
    struct rounds rounds = {0};
    for (uint32_t i = 0; i < 50; i++)
        push(&rounds, i % 5 ? 100 : 99, i);
    assert_int_equal(rounds_end(&rounds), 0);
    struct block_place place;
    uint32_t last = 0;
    for (uint32_t i = 0; i < 50; i++) {
        assert_true(rounds_pop(&rounds, &place));
        assert_true(place.at % 5 ? i >= 10 : i < 10);
        assert_true(i == 0 || i == 10 || place.at > last);
        last = place.at;
    }
    rounds_done(&rounds);
}

static void what_comes_late_is_given_all_the_same_and_counted(void **state)
{
    struct rounds rounds = {0};
    push(&rounds, 100, 1);
    assert_int_equal(rounds_close(&rounds), 0);
    push(&rounds, 200, 2);
    assert_int_equal(rounds_close(&rounds), 0);
    EXPECT(&rounds, 1);
    push(&rounds, 50, 3);
    push(&rounds, 150, 4);
    assert_true(rounds.late == 1);
    assert_int_equal(rounds_close(&rounds), 0);
    EXPECT(&rounds, 3, 4, 2);
    rounds_done(&rounds);
}

static void many_rounds_come_out_sorted(void **state)
{
    struct rounds rounds = {0};
    struct block_place place;
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
                push(&rounds, time, pushed++);
            }
        }
        assert_int_equal(round == 199 ? rounds_end(&rounds) : rounds_close(&rounds), 0);
        while (rounds_pop(&rounds, &place)) {
            assert_true(times[place.at] >= last);
            last = times[place.at];
            given++;
        }
        assert_true(rounds.count < 3 * 8 * 25);
    }
    assert_int_equal(given, pushed);
    assert_true(rounds.late == 0);
    rounds_done(&rounds);
}

/* More runs than a heap is made of: they are joined first. */
static void times_in_no_order_come_out_sorted_and_stable(void **state)
{
    struct rounds rounds = {0};
    struct block_place place;
    enum { COUNT = 20000, HALF = COUNT / 2 };
    uint32_t given = 0, last = 0, seed = 1;
    uint64_t last_time = 0;
    static uint64_t times[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        seed = seed * 1103515245 + 12345;
        times[i] = i < HALF ? HALF - i : HALF + (seed >> 16) % 3000;
        push(&rounds, times[i], i);
        if (i % 3001 == 3000)
            assert_int_equal(rounds_close_at(&rounds, 0), 0);
    }
    assert_int_equal(rounds_end(&rounds), 0);
    for (; rounds_pop(&rounds, &place); given++) {
        uint64_t time = times[place.at];
        assert_true(!given || time > last_time || (time == last_time && place.at > last));
        last_time = time;
        last = place.at;
    }
    assert_int_equal(given, COUNT);
    rounds_done(&rounds);
}

/* What waits for a later round is not moved each time that something goes. */
static void what_waits_stays_where_it_is(void **state)
{
    struct rounds rounds = {0};
    struct block_place place;
    for (uint32_t i = 0; i < 1000; i++)
        push(&rounds, 1000000 + i, i);
    assert_int_equal(rounds_close_at(&rounds, 0), 0);
    for (uint32_t i = 1; i <= 100; i++) {
        push(&rounds, i, 1000 + i);
        assert_int_equal(rounds_close_at(&rounds, i), 0);
        assert_int_equal(rounds_pop(&rounds, &place), i > 1);
        assert_true(i < 2 || place.at == 1000 + i - 1);
        assert_false(rounds_pop(&rounds, &place));
    }
    assert_int_equal(rounds.gone, 99);
    assert_int_equal(rounds_end(&rounds), 0);
    assert_true(rounds_pop(&rounds, &place) && place.at == 1100);
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(rounds_pop(&rounds, &place) && place.at == i);
    assert_false(rounds_pop(&rounds, &place));
    assert_int_equal(rounds.count, 0);
    rounds_done(&rounds);
}

static void without_memory_a_push_says_so(void **state)
{
    struct rounds rounds = {0};
    push(&rounds, 5, 0);
    for (long n = 0; n < 2; n++) {
        struct rounds fresh = {0};
        mem_fail_after(n);
        assert_int_equal(rounds_push(&fresh, 1, (struct block_place){0}), -1);
        mem_fail_after(-1);
        rounds_done(&fresh);
    }
    mem_fail_after(0);
    assert_int_equal(rounds_end(&rounds), -1);
    mem_fail_after(-1);
    assert_int_equal(rounds_end(&rounds), 0);
    EXPECT(&rounds, 0);
    for (uint32_t i = 0; i < 1000; i++)
        push(&rounds, 5000 - i, i);
    for (long n = 0; n < 2; n++) { /* to join runs, and for the heap */
        mem_fail_after(n);
        assert_int_equal(rounds_end(&rounds), -1);
        mem_fail_after(-1);
    }
    assert_int_equal(rounds_end(&rounds), 0);
    struct block_place place;
    assert_true(rounds_pop(&rounds, &place) && place.at == 999);
    rounds_done(&rounds);
}

RUN_TESTS(TEST(a_round_lets_go_what_the_round_before_had),
          TEST(equal_times_keep_the_order_of_the_file),
          TEST(what_comes_late_is_given_all_the_same_and_counted),
          TEST(many_rounds_come_out_sorted), TEST(times_in_no_order_come_out_sorted_and_stable),
          TEST(what_waits_stays_where_it_is), TEST(without_memory_a_push_says_so))
