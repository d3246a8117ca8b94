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

static void a_piece_is_known_by_its_words_and_its_context(void **state)
{
    struct memo memo;
    const uint64_t words[] = {1, 2, 3}, others[] = {1, 2, 4};
    struct memo_key key = key_of(words, 3, 77, 5), context = key_of(words, 3, 77, 6);
    struct memo_key collides = key_of(others, 3, 77, 5), shorter = key_of(words, 2, 77, 5);
    assert_int_equal(memo_init(&memo), 0);
    assert_null(memo_find(&memo, &key));
    assert_int_equal(memo_add(&memo, &key, 9, true), 0);
    assert_null(memo_find(&memo, &key)); /* it may never come again */
    assert_int_equal(memo.size, 0);
    assert_int_equal(memo_add(&memo, &key, 9, true), 0);
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
            assert_int_equal(memo_add(&memo, &key, (uint32_t)i, false), 0);
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
            assert_int_equal(memo_add(&memo, &key, (uint32_t)i, false), 0);
        assert_int_equal(memo_find(&memo, &key)->part, i);
    }
    assert_true(memo.capacity <= 1024 * 1024);
    words[0] = 0;
    struct memo_key first = key_of(words, 1000, 0, 1);
    assert_null(memo_find(&memo, &first));
    memo_done(&memo);
}

RUN_TESTS(TEST(a_piece_is_known_by_its_words_and_its_context),
          TEST(what_is_known_stays_known_while_the_table_grows), TEST(it_forgets_rather_than_grow))
