/* SPDX-License-Identifier: MIT */
/* zlib is the oracle, as the writer and as another reader. */
#include "../check.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/inflate.h"
#include "base/mem.h"

enum { MOST = 300000, PACKED = MOST + 4096 };

static uint64_t chance(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

/* Bytes of which some repeat what lies near or far before: `kind` says how often, and how many
 * values there are. */
static void make_data(uint8_t *data, size_t size, unsigned kind, uint64_t *state)
{
    static const uint16_t values[] = {1, 2, 20, 256, 256, 256};
    for (size_t i = 0; i < size;) {
        size_t back = 1 + chance(state, chance(state, 2) ? 40 : 33000);
        size_t length = 1 + chance(state, chance(state, 9) ? 20 : 400);
        bool copy = kind != 4 && i >= back && chance(state, 3);
        for (; length > 0 && i < size; i++, length--)
            data[i] = copy ? data[i - back] : (uint8_t)chance(state, values[kind]);
    }
}

static size_t pack(uint8_t *packed, const uint8_t *data, size_t size, int level, int strategy)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, 15, 8, strategy), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)data;
    stream.avail_in = (uInt)size;
    stream.next_out = packed;
    stream.avail_out = PACKED;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return PACKED - stream.avail_out;
}

/* Unpacks in pieces and steps of the given sizes, into memory that is as large as it must be. */
static size_t unpack(const uint8_t *packed, size_t size, uint8_t *to, size_t room, size_t piece,
                     size_t step)
{
    struct inflate_stream *stream = malloc(sizeof *stream);
    CLEANUP(mem_cleanup) uint8_t *held = NULL;
    size_t made = 0, given = 0, end;
    assert_non_null(stream);
    inflate_begin(stream);
    do {
        end = room - made > step ? made + step : room;
        made = inflate_on(stream, to, made, end, room);
        if (made < end && inflate_wants(stream)) { /* pieces are where nothing lies behind them */
            size_t left = inflate_left(stream), next = size - given < piece ? size - given : piece;
            uint8_t *more = mem_alloc(left + next);
            assert_non_null(more);
            memcpy(more, packed + given - left, left + next);
            mem_free(held);
            held = more;
            given += next;
            inflate_give(stream, held, left + next, given == size);
        } else if (made < end) {
            break;
        }
    } while (made < room);
    free(stream);
    return made;
}

static void what_zlib_packs_is_unpacked_the_same(void **test_state)
{
    static uint8_t data[MOST], packed[PACKED];
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED};
    static const size_t sizes[] = {0, 1, 300, 5000, 70000, MOST};
    uint64_t state = 3;
    for (unsigned i = 0; i < 6 * 6 * 4; i++) {
        size_t size = sizes[i % 6];
        make_data(data, size, i / 6 % 6, &state);
        size_t packed_size =
            pack(packed, data, size, (int)chance(&state, 10), strategies[i / 36 % 4]);
        uint8_t *back = mem_alloc(size);
        assert_non_null(back);
        size_t made = unpack(packed, packed_size, back, size, 4096 << chance(&state, 8),
                             1 + chance(&state, 100000));
        assert_int_equal(made, size);
        assert_memory_equal(back, data, size);
        mem_free(back);
    }
}

/* How far zlib comes. */
static size_t unpack_zlib(const uint8_t *packed, size_t size, uint8_t *to, size_t room)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)packed,
                       .avail_in = (uInt)size,
                       .next_out = to,
                       .avail_out = (uInt)room};
    assert_int_equal(inflateInit(&stream), Z_OK);
    (void)inflate(&stream, Z_SYNC_FLUSH);
    inflateEnd(&stream);
    return room - stream.avail_out;
}

/* What is unpacked before the damage is the same too; zlib may have begun a match that has no room.
 */
static void what_is_damaged_is_unpacked_up_to_there(void **test_state)
{
    static uint8_t data[20000], packed[PACKED], expected[40000];
    uint64_t state = 5;
    for (unsigned i = 0; i < 3000; i++) {
        size_t size = 1 + chance(&state, sizeof data);
        make_data(data, size, i % 6, &state);
        size_t packed_size = pack(packed, data, size, (int)chance(&state, 10), i % 5 ? 0 : Z_FIXED);
        if (i % 3 == 0)
            packed_size = chance(&state, packed_size);
        for (unsigned k = i % 3; packed_size && k > 0; k--)
            packed[chance(&state, chance(&state, 2) ? packed_size : packed_size / 20 + 1)] ^=
                (uint8_t)(1u << chance(&state, 8));
        size_t room = i % 4 ? sizeof expected : size;
        uint8_t *back = mem_alloc(room);
        assert_non_null(back);
        size_t far = unpack_zlib(packed, packed_size, expected, room);
        size_t made = unpack(packed, packed_size, back, room, 4096, 5000);
        assert_true(made <= far && (far - made <= (room == size ? 258 : 0)));
        assert_memory_equal(back, expected, made);
        mem_free(back);
    }
}

RUN_TESTS(TEST(what_zlib_packs_is_unpacked_the_same), TEST(what_is_damaged_is_unpacked_up_to_there))
