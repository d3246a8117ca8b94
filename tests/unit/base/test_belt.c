/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/belt.h"
#include "base/mem.h"

struct taker {
    uint64_t next;     /* the item that is due */
    uint64_t fails_at; /* an item */
};

static int take(void *context, void *item)
{
    struct taker *taker = context;
    if (taker->next == taker->fails_at)
        return -1;
    assert_int_equal(*(uint64_t *)item, taker->next);
    taker->next++;
    return 0;
}

static void put(struct belt *belt, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        *(uint64_t *)belt_put(belt) = i;
}

static void all_items_are_taken_in_their_order(void **state)
{
    static const uint64_t counts[] = {0, 1, 2, 3, 4, 7, 8, 9, 100, 1000, 20000};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct taker taker = {.fails_at = UINT64_MAX};
        struct belt belt = {.begun = false};
        assert_true(belt_begin(&belt, sizeof(uint64_t), take, &taker));
        put(&belt, counts[i]);
        assert_int_equal(belt_end(&belt), 0);
        assert_int_equal(taker.next, counts[i]);
        assert_int_equal(belt_end(&belt), 0);
    }
}

static void what_fails_is_told_at_the_end(void **state)
{
    (void)state;
    for (uint64_t at = 0; at < 300; at += 13) {
        struct taker taker = {.fails_at = at};
        struct belt belt = {.begun = false};
        assert_true(belt_begin(&belt, sizeof(uint64_t), take, &taker));
        put(&belt, 300);
        assert_int_equal(belt_end(&belt), -1);
        assert_int_equal(taker.next, at);
    }
}

static void without_memory_there_is_none(void **state)
{
    struct taker taker = {.fails_at = UINT64_MAX};
    struct belt belt = {.begun = false};
    (void)state;
    mem_fail_after(0);
    assert_false(belt_begin(&belt, sizeof(uint64_t), take, &taker));
    mem_fail_after(-1);
    assert_int_equal(belt_end(&belt), 0);
}

RUN_TESTS(TEST(all_items_are_taken_in_their_order), TEST(what_fails_is_told_at_the_end),
          TEST(without_memory_there_is_none))
