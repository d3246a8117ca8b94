/* SPDX-License-Identifier: MIT */
/* What zlib packs, unpacked in pieces and steps: zlib comes as far, and to the same bytes. */
#include "base/inflate.h"

#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "fuzz.h"

enum { ROOM = 1 << 18, PIECE = 4096, STEP = 10000 };

static size_t unpack(const uint8_t *data, size_t size, uint8_t *to)
{
    static struct inflate_stream stream;
    size_t made = 0, given = 0, end = 0;
    inflate_begin(&stream);
    while (made < ROOM) {
        end = made + STEP < ROOM ? made + STEP : ROOM;
        made = inflate_on(&stream, to, made, end, ROOM);
        if (made < end && !inflate_wants(&stream))
            break;
        if (made < end) {
            size_t left = inflate_left(&stream);
            const uint8_t *piece = data + given - left;
            given = size - given < PIECE ? size : given + PIECE;
            inflate_give(&stream, piece, (size_t)(data + given - piece), given == size);
        }
    }
    return made;
}

static size_t unpack_zlib(const uint8_t *data, size_t size, uint8_t *to)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data,
                       .avail_in = (uInt)size,
                       .next_out = to,
                       .avail_out = ROOM};
    FUZZ_CHECK(inflateInit(&stream) == Z_OK);
    (void)inflate(&stream, Z_SYNC_FLUSH);
    inflateEnd(&stream);
    return ROOM - stream.avail_out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(mem_cleanup) uint8_t *made = mem_alloc(ROOM), *expected = mem_alloc(ROOM);
    FUZZ_CHECK(made && expected);
    size_t far = unpack(data, size, made), zlib = unpack_zlib(data, size, expected);
    /* A match that has no room is not begun. */
    FUZZ_CHECK(far <= zlib && (far == zlib || (zlib == ROOM && zlib - far <= 258)));
    FUZZ_CHECK(memcmp(made, expected, far) == 0);
    return 0;
}
