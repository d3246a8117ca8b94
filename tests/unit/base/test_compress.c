/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <zlib.h>

#include "base/compress.h"

static void base64_pads(void **state)
{
    struct buffer buffer = {0};
    compress_base64(&buffer, "f", 1);
    compress_base64(&buffer, "fo", 2);
    compress_base64(&buffer, "foo", 3);
    compress_base64(&buffer, "", 0);
    assert_string_equal(buffer_string(&buffer), "Zg==Zm8=Zm9v");
    buffer_done(&buffer);
}

/* zlib's own inflate is the oracle. */
static void deflate_round_trips(void **state)
{
    static unsigned char data[3 << 20], back[sizeof data + 1];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * i >> 7);
    const size_t sizes[] = {0, 1, 1 << 20, sizeof data};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct buffer packed = {0};
        assert_int_equal(compress_deflate(&packed, data, sizes[i], NULL), 0);
        z_stream stream = {.next_in = (Bytef *)packed.data,
                           .avail_in = (uInt)packed.size,
                           .next_out = back,
                           .avail_out = sizeof back};
        assert_int_equal(inflateInit2(&stream, -15), Z_OK);
        assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
        assert_int_equal(stream.total_out, sizes[i]);
        assert_memory_equal(back, data, sizes[i]);
        inflateEnd(&stream);
        buffer_done(&packed);
    }
}

static void base64_is_read_back(void **state)
{
    struct buffer buffer = {0};
    assert_int_equal(compress_unbase64(&buffer, "Zm9v\n Zm8=", 10, NULL), 0);
    assert_int_equal(compress_unbase64(&buffer, "Zg==", 4, NULL), 0);
    assert_int_equal(compress_unbase64(&buffer, "", 0, NULL), 0);
    assert_string_equal(buffer_string(&buffer), "foofof");
    assert_int_equal(compress_unbase64(&buffer, "Zm<v", 4, NULL), -PFL_ERROR_FORMAT);
    assert_int_equal(compress_unbase64(&buffer, "Zm9vZ", 5, NULL), -PFL_ERROR_FORMAT);
    buffer_done(&buffer);
}

static void inflating_is_bounded(void **state)
{
    static char zeros[1 << 20];
    struct buffer packed = {0}, back = {0};
    struct pfl_error error;
    assert_int_equal(compress_deflate(&packed, zeros, sizeof zeros, NULL), 0);
    assert_int_equal(compress_inflate(&back, packed.data, packed.size, sizeof zeros, &error), 0);
    assert_int_equal(back.size, sizeof zeros);
    buffer_clear(&back);
    assert_int_equal(compress_inflate(&back, packed.data, packed.size, sizeof zeros - 1, &error),
                     -PFL_ERROR_LIMIT);
    assert_int_equal(compress_inflate(&back, packed.data, packed.size / 2, sizeof zeros, &error),
                     -PFL_ERROR_FORMAT);
    assert_int_equal(compress_inflate(&back, "", 0, 10, &error), -PFL_ERROR_FORMAT);
    assert_int_equal(compress_inflate(&back, "\xff\xff\xff", 3, 10, &error), -PFL_ERROR_FORMAT);
    buffer_done(&packed);
    buffer_done(&back);
}

RUN_TESTS(TEST(base64_pads), TEST(base64_is_read_back), TEST(deflate_round_trips),
          TEST(inflating_is_bounded))
