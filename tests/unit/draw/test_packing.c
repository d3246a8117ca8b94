/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/compress.h"
#include "draw/packing.h"

/* A trie of which the data are long: `count` leaves under each of a hundred functions. */
static struct trie *wide_trie(uint32_t count)
{
    struct trie *trie = trie_new();
    uint64_t random = 1;
    assert_non_null(trie);
    trie_column(trie, "cpu-clock", "period", "ns");
    for (uint32_t i = 0; i < 100 * count; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%" PRIu32, i % 100);
        uint32_t parent = sample_child(trie, 0, name, FRAME_USER, NULL);
        snprintf(name, sizeof name, "g%" PRIu32, i / 100);
        random = random * 6364136223846793005u + 1442695040888963407u;
        trie_add(trie, 0, sample_child(trie, parent, name, FRAME_USER, NULL),
                 (int64_t)(random >> 40));
    }
    assert_int_equal(trie_sum(trie), 0);
    return trie;
}

static struct buffer packed_form(const struct trie *trie, bool threads)
{
    struct packing packing = {0};
    struct buffer digits = {0};
    struct order order;
    assert_int_equal(order_make(&order, trie, NULL), 0);
    assert_int_equal(packing_begin(&packing, trie, &order, threads, NULL), 0);
    assert_int_equal(packing.packages[0].size != 0, trie->count > 50000);
    assert_int_equal(packing_end(&packing, &digits, NULL), 0);
    packing_done(&packing);
    order_done(&order);
    return digits;
}

/* In one package and in two, with one thread and with two, the same comes out as went in. */
static void what_is_packed_is_read_back(void **state)
{
    static const uint32_t counts[] = {10, 500};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct trie *trie = wide_trie(counts[i]);
        struct buffer one = packed_form(trie, false), two = packed_form(trie, true);
        struct buffer packed = {0}, bytes = {0}, plain = {0};
        struct order order;
        assert_int_equal(one.size, two.size);
        assert_memory_equal(one.data, two.data, one.size);
        assert_int_equal(compress_unbase64(&packed, one.data, one.size, NULL), 0);
        assert_int_equal(compress_inflate(&bytes, packed.data, packed.size, 64 << 20, NULL), 0);
        assert_int_equal(order_make(&order, trie, NULL), 0);
        assert_int_equal(payload_write(&plain, trie, &order, false, NULL), 0);
        assert_int_equal(bytes.size, plain.size);
        assert_memory_equal(bytes.data, plain.data, plain.size);
        struct buffer *const all[] = {&one, &two, &packed, &bytes, &plain};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            buffer_done(all[k]);
        order_done(&order);
        trie_free(trie);
    }
}

static void memory_that_is_missing_is_an_error(void **state)
{
    struct trie *trie = wide_trie(500);
    struct order order;
    int result = -1;
    assert_int_equal(order_make(&order, trie, NULL), 0);
    for (long allocations = 0; result < 0; allocations++) {
        struct packing packing = {0};
        struct buffer digits = {0};
        struct pfl_error error = {0};
        mem_fail_after(allocations);
        result = packing_begin(&packing, trie, &order, true, &error);
        if (result == 0)
            result = packing_end(&packing, &digits, &error);
        mem_fail_after(-1);
        if (result < 0)
            assert_int_equal(error.code, PFL_ERROR_MEMORY);
        packing_done(&packing);
        buffer_done(&digits);
    }
    order_done(&order);
    trie_free(trie);
}

RUN_TESTS(TEST(what_is_packed_is_read_back), TEST(memory_that_is_missing_is_an_error))
