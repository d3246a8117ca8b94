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

RUN_TESTS(TEST(finds_what_was_added), TEST(equal_hashes_live_side_by_side))
