/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/hash.h"
#include "base/index.h"

static bool found(const struct index *index, uint64_t hash, uint32_t wanted)
{
    struct index_probe probe = index_probe(index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (id == wanted)
            return true;
    return false;
}

static void finds_what_was_added(void **state)
{
    struct index index = {0};
    assert_false(found(&index, 7, 0));
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(index_add(&index, hash_pair(i, 1), i), 0);
    for (uint32_t i = 0; i < 100000; i++)
        assert_true(found(&index, hash_pair(i, 1), i));
    assert_false(found(&index, hash_pair(100000, 1), 100000));
    index_clear(&index);
    assert_false(found(&index, hash_pair(1, 1), 1));
    index_done(&index);
}

static void equal_hashes_live_side_by_side(void **state)
{
    struct index index = {0};
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(index_add(&index, 42, i), 0);
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(found(&index, 42, i));
    index_done(&index);
}

/* Among few homes, so that most entries stand away from theirs. */
static void what_is_removed_is_gone_and_nothing_else(void **state)
{
    struct index index = {0};
    uint64_t hashes[4000];
    for (uint32_t i = 0; i < 4000; i++) {
        hashes[i] = (uint64_t)(i * 7919 % 97) << 32 | i % 3;
        assert_int_equal(index_add(&index, hashes[i], i), 0);
    }
    for (uint32_t i = 0; i < 4000; i += 3)
        index_remove(&index, hashes[i], i);
    index_remove(&index, hashes[0], 0);
    for (uint32_t i = 0; i < 4000; i++)
        assert_int_equal(found(&index, hashes[i], i), i % 3 != 0);
    assert_int_equal(index.count, 4000 - 1334);
    index_done(&index);
    index_remove(&index, 1, 1);
}

RUN_TESTS(TEST(what_is_removed_is_gone_and_nothing_else), TEST(finds_what_was_added),
          TEST(equal_hashes_live_side_by_side))
