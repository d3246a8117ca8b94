/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "resolve/memo.h"

static struct memo_key key_of(const uint64_t *words, uint32_t count, uint64_t hash,
                              uint64_t context)
{
    return (struct memo_key){.words = {.bytes = (const uint8_t *)words, .count = count},
                             .hash = hash,
                             .context = context};
}

/* Returns where its part went, or NULL. */
static struct memo_slot *add(struct memo *memo, const struct memo_key *key, uint32_t part)
{
    struct memo_slot *slot;
    assert_int_equal(memo_add(memo, key, true, &slot), 0);
    if (slot)
        slot->part = part;
    return slot;
}

static void a_piece_is_known_by_its_words_and_its_context(void **state)
{
    struct memo memo;
    const uint64_t words[] = {1, 2, 3}, others[] = {1, 2, 4};
    struct memo_key key = key_of(words, 3, 77, 5), context = key_of(words, 3, 77, 6);
    struct memo_key collides = key_of(others, 3, 77, 5), shorter = key_of(words, 2, 77, 5);
    assert_int_equal(memo_init(&memo), 0);
    assert_null(memo_find(&memo, &key));
    assert_null(add(&memo, &key, 9));
    assert_null(memo_find(&memo, &key)); /* it may never come again */
    assert_int_equal(memo.size, 0);
    assert_non_null(add(&memo, &key, 9));
    const struct memo_slot *slot = memo_find(&memo, &key);
    assert_non_null(slot);
    assert_int_equal(slot->part, 9);
    assert_true(slot->broken);
    assert_null(memo_find(&memo, &context));
    assert_null(memo_find(&memo, &collides));
    assert_null(memo_find(&memo, &shorter));
    memo_done(&memo);
}

/* Two pieces of which only one can be kept are few. */
static void what_is_known_stays_known_while_the_table_grows(void **state)
{
    struct memo memo;
    unsigned known = 0;
    assert_int_equal(memo_init(&memo), 0);
    for (uint64_t i = 0; i < 3000; i++) {
        struct memo_key key = key_of(&i, 1, i, 1);
        for (int times = 0; times < 2; times++)
            add(&memo, &key, (uint32_t)i);
    }
    for (uint64_t i = 0; i < 3000; i++) {
        struct memo_key key = key_of(&i, 1, i, 1);
        const struct memo_slot *slot = memo_find(&memo, &key);
        assert_true(!slot || slot->part == i);
        known += slot != NULL;
    }
    assert_true(known > 2000);
    memo_done(&memo);
}

static void it_forgets_rather_than_grow(void **state)
{
    struct memo memo;
    uint64_t words[1000] = {0};
    assert_int_equal(memo_init(&memo), 0);
    for (uint64_t i = 0; i < 2000; i++) {
        struct memo_key key = key_of(words, 1000, i, 1);
        words[0] = i;
        for (int times = 0; times < 2; times++)
            add(&memo, &key, (uint32_t)i);
        assert_int_equal(memo_find(&memo, &key)->part, i);
    }
    assert_true(memo.capacity <= 1024 * 1024);
    words[0] = 0;
    struct memo_key first = key_of(words, 1000, 0, 1);
    assert_null(memo_find(&memo, &first));
    memo_done(&memo);
}

/* The part that was found last may be kept under a slot's number: whatever is added next, another
 * slot has another one. */
static void slots_have_numbers_of_their_own(void **state)
{
    enum { PIECES = 300 };
    struct memo memo;
    uint32_t numbers[2 * PIECES];
    (void)state;
    assert_int_equal(memo_init(&memo), 0);
    for (uint64_t i = 0; i < 2 * PIECES; i++) {
        struct memo_key key = key_of(&i, 1, i, 1);
        add(&memo, &key, 0);
        struct memo_slot *slot = add(&memo, &key, 0);
        assert_non_null(slot);
        numbers[i] = slot->number;
        if (i == PIECES)
            memo_forget(&memo);
    }
    unsigned distinct = 0;
    for (size_t i = 0; i < 2 * PIECES; i++) {
        bool same = false;
        for (size_t k = 0; k < i; k++)
            same = same || numbers[k] == numbers[i];
        distinct += !same;
    }
    unsigned in_use = 0;
    for (uint32_t i = 0; i < memo.slot_count; i++)
        in_use += memo.slots[i].number != 0;
    assert_int_equal(distinct, in_use);
    memo_done(&memo);
}

RUN_TESTS(TEST(a_piece_is_known_by_its_words_and_its_context),
          TEST(what_is_known_stays_known_while_the_table_grows), TEST(it_forgets_rather_than_grow),
          TEST(slots_have_numbers_of_their_own))
