/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/inflate.h"

#define MOST (120 * 1000)

/* Text that repeats, in a measure that depends on `kind`, and noise in between. */
static void make_data(uint8_t *data, size_t size, unsigned kind)
{
    uint64_t state = kind;
    for (size_t i = 0; i < size; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t number = state >> 33, back = number % (kind % 7 == 0 ? 3 : 33000) + 1;
        data[i] = number % (kind % 5 + 2) && back <= i ? data[i - back]
                                                       : (uint8_t)(number >> 8) >> kind % 4;
    }
}

static size_t pack(uint8_t *packed, size_t room, const uint8_t *data, size_t size, int level,
                   int strategy)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data,
                       .avail_in = (uInt)size,
                       .next_out = packed,
                       .avail_out = (uInt)room};
    assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, 15, 8, strategy), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

/* Blocks (of exactly their sizes, so that sanitizers see what lies outside). */
static uint8_t *block_of(const uint8_t *bytes, size_t size)
{
    uint8_t *block = malloc(size + !size);
    assert_non_null(block);
    if (bytes)
        memcpy(block, bytes, size);
    return block;
}

static void check(const uint8_t *packed, size_t packed_size, const uint8_t *data, size_t size)
{
    CLEANUP(inflate_cleanup) struct inflate *inflate = NULL;
    uint8_t *in = block_of(packed, packed_size), *out = block_of(NULL, size);
    assert_int_equal(inflate_new(&inflate, in, packed_size, out, size), 0);
    for (size_t want = 0; want < size; want += want / 2 + 1) {
        assert_true(inflate_upto(inflate, want));
        assert_true(inflate_made(inflate) >= want);
        assert_memory_equal(out, data, inflate_made(inflate));
    }
    assert_true(inflate_upto(inflate, size));
    assert_int_equal(inflate_made(inflate), size);
    assert_memory_equal(out, data, size);
    assert_false(inflate_upto(inflate, size + 1));
    free(in);
    free(out);
}

static void what_zlib_packs_is_unpacked_as_far_as_wanted(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 257, 258, 259, 3000, 70000, MOST};
    static uint8_t data[MOST], packed[MOST * 2];
    for (unsigned kind = 0; kind < 36; kind++) {
        size_t size = sizes[kind % 9];
        make_data(data, size, kind);
        for (int level = 0; level <= 9; level += 3)
            for (int strategy = Z_DEFAULT_STRATEGY; strategy <= Z_FIXED; strategy++)
                check(packed, pack(packed, sizeof packed, data, size, level, strategy), data, size);
    }
}

static void what_is_cut_gives_its_beginning(void **state)
{
    static uint8_t data[3000], packed[6000];
    make_data(data, sizeof data, 3);
    size_t size = pack(packed, sizeof packed, data, sizeof data, 9, Z_DEFAULT_STRATEGY);
    for (size_t cut = 0; cut + 4 < size; cut++) { /* the last four bytes are the checksum */
        CLEANUP(inflate_cleanup) struct inflate *inflate = NULL;
        uint8_t *in = block_of(packed, cut), *out = block_of(NULL, sizeof data);
        assert_int_equal(inflate_new(&inflate, in, cut, out, sizeof data), 0);
        (void)inflate_upto(inflate, sizeof data);
        assert_memory_equal(out, data, inflate_made(inflate));
        assert_true(cut + 8 > size || inflate_made(inflate) < sizeof data);
        free(in);
        free(out);
    }
}

static void what_is_damaged_is_survived(void **state)
{
    static uint8_t data[3000], packed[6000];
    for (int level = 0; level <= 9; level += 3) {
        make_data(data, sizeof data, 3);
        size_t size = pack(packed, sizeof packed, data, sizeof data, level, Z_DEFAULT_STRATEGY);
        for (size_t bit = 0; bit < size * 8; bit += 1 + bit / 200) {
            CLEANUP(inflate_cleanup) struct inflate *inflate = NULL;
            uint8_t *in = block_of(packed, size), *out = block_of(NULL, sizeof data);
            in[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(inflate_new(&inflate, in, size, out, sizeof data), 0);
            if (inflate_upto(inflate, sizeof data))
                assert_int_equal(inflate_made(inflate), sizeof data);
            assert_true(inflate_made(inflate) <= sizeof data);
            free(in);
            free(out);
        }
    }
}

static void without_memory_it_says_so(void **state)
{
    struct inflate *inflate = NULL;
    uint8_t byte = 0;
    mem_fail_after(0);
    assert_int_equal(inflate_new(&inflate, &byte, 1, &byte, 1), -1);
    mem_fail_after(-1);
    assert_null(inflate);
}

RUN_TESTS(TEST(what_zlib_packs_is_unpacked_as_far_as_wanted), TEST(what_is_cut_gives_its_beginning),
          TEST(what_is_damaged_is_survived), TEST(without_memory_it_says_so))
