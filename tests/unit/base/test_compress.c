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
/* What a browser makes of a stream, which is all of it; and how much that is. */
static size_t inflate_all(const struct buffer *packed, unsigned char *to, size_t room)
{
    z_stream stream = {.next_in = (Bytef *)packed->data,
                       .avail_in = (uInt)packed->size,
                       .next_out = to,
                       .avail_out = (uInt)room};
    assert_int_equal(inflateInit2(&stream, -15), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    inflateEnd(&stream);
    return stream.total_out;
}

static void deflate_round_trips(void **state)
{
    static unsigned char data[3 << 20], back[sizeof data + 1];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * i >> 7);
    const size_t sizes[] = {0, 1, 1 << 20, sizeof data};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct buffer packed = {0};
        assert_int_equal(compress_deflate(&packed, data, sizes[i], NULL), 0);
        assert_int_equal(inflate_all(&packed, back, sizeof back), sizes[i]);
        assert_memory_equal(back, data, sizes[i]);
        buffer_done(&packed);
    }
}

static void streams_are_joined(void **state)
{
    static const char tail[] = "what follows";
    static unsigned char data[200000], back[sizeof data + sizeof tail];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * i >> 7);
    bool ends[8] = {false}; /* how many bytes came behind what was packed */
    for (size_t size = 0; size <= sizeof data; size += size < 2000 ? 8 : 49500) {
        struct buffer packed = {0}, alone = {0};
        assert_int_equal(compress_deflate(&alone, data, size, NULL), 0);
        assert_int_equal(compress_deflate_open(&packed, data, size, NULL), 0);
        ends[packed.size - alone.size] = true;
        assert_memory_equal(packed.data + packed.size - 4, "\0\0\xff\xff", 4);
        assert_int_equal(compress_deflate(&packed, tail, sizeof tail, NULL), 0);
        assert_int_equal(inflate_all(&packed, back, sizeof back), size + sizeof tail);
        assert_memory_equal(back, data, size);
        assert_memory_equal(back + size, tail, sizeof tail);
        buffer_done(&packed);
        buffer_done(&alone);
    }
    /* With room in the last byte for what begins a stored block, and without. */
    assert_true(ends[4] && ends[5]);
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

/* "perflame " 40 times, as the tools of each format pack it. */
static const uint8_t gzip[] = {31, 139, 8,   0,  0,   0,   0,   0,  2,  3,   43,  72,
                               45, 74,  203, 73, 204, 77,  85,  40, 24, 101, 208, 146,
                               1,  0,   169, 65, 34,  174, 104, 1,  0,  0};
static const uint8_t xz[] = {253, 55,  122, 88,  90,  0,   0,   4,   230, 214, 180, 70,  2,   0,
                             33,  1,   22,  0,   0,   0,   116, 47,  229, 163, 224, 1,   103, 0,
                             18,  93,  0,   56,  25,  74,  171, 3,   162, 134, 26,  64,  115, 53,
                             115, 154, 221, 41,  208, 0,   0,   0,   0,   0,   135, 125, 151, 39,
                             244, 82,  234, 154, 0,   1,   46,  232, 2,   0,   0,   0,   14,  244,
                             94,  76,  177, 196, 103, 251, 2,   0,   0,   0,   0,   4,   89,  90};
static const uint8_t zstd[] = {40, 181, 47,  253, 4, 88, 133, 0,  0,   72, 112, 101, 114, 102, 108,
                               97, 109, 101, 32,  1, 0,  92,  84, 203, 17, 3,   30,  53,  238};

static const struct {
    const uint8_t *bytes;
    size_t size;
} packed_forms[] = {{gzip, sizeof gzip}, {xz, sizeof xz}, {zstd, sizeof zstd}};
#define PACKED_FORMS (sizeof packed_forms / sizeof *packed_forms)

static void each_form_expands(void **state)
{
    for (size_t i = 0; i < PACKED_FORMS; i++) {
        struct buffer buffer = {0};
        buffer_text(&buffer, "before ");
        assert_true(compress_kind_of(packed_forms[i].bytes, packed_forms[i].size));
        assert_int_equal(compress_expand(&buffer, packed_forms[i].bytes, packed_forms[i].size, 360),
                         0);
        assert_int_equal(buffer.size, 7 + 360);
        assert_memory_equal(buffer.data + 358, "perflame ", 9);
        buffer_done(&buffer);
    }
}

/* As a compressed section of an ELF file is: from its beginning up to what is needed. */
static void zlib_is_unpacked_piece_by_piece(void **state)
{
    static unsigned char plain[100000], packed[sizeof plain], back[sizeof plain];
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (unsigned char)(i * i >> 9);
    uLongf packed_size = sizeof packed;
    assert_int_equal(compress(packed, &packed_size, plain, sizeof plain), Z_OK);
    struct inflater *inflater;
    assert_int_equal(inflater_new(&inflater, COMPRESS_ZLIB, NULL), 0);
    const uint8_t *rest = packed;
    size_t rest_size = packed_size, made = 0, got = 1;
    while (got) {
        size_t room = sizeof back - made < 7777 ? sizeof back - made : 7777;
        assert_int_equal(
            inflater_run(inflater, &rest, &rest_size, true, back + made, room, &got, NULL), 0);
        made += got;
    }
    assert_int_equal(made, sizeof plain);
    assert_memory_equal(back, plain, sizeof plain);
    inflater_free(inflater);
}

static void what_is_damaged_or_too_large_leaves_the_buffer_alone(void **state)
{
    for (size_t i = 0; i < PACKED_FORMS; i++) {
        struct buffer buffer = {0};
        buffer_text(&buffer, "before");
        for (size_t size = 0; size < packed_forms[i].size; size++)
            assert_int_equal(compress_expand(&buffer, packed_forms[i].bytes, size, 1000), 1);
        assert_int_equal(compress_expand(&buffer, packed_forms[i].bytes, packed_forms[i].size, 359),
                         1);
        uint8_t copy[256];
        for (size_t at = 0; at < packed_forms[i].size; at++) {
            memcpy(copy, packed_forms[i].bytes, packed_forms[i].size);
            copy[at] ^= 0xff;
            if (compress_expand(&buffer, copy, packed_forms[i].size, 100000) == 0)
                buffer.size = 6;
        }
        assert_int_equal(buffer.size, 6);
        buffer_done(&buffer);
    }
}

static void crc32_is_that_of_gzip(void **state)
{
    assert_int_equal(compress_crc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(compress_crc32(compress_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
}

RUN_TESTS(TEST(zlib_is_unpacked_piece_by_piece), TEST(base64_pads), TEST(base64_is_read_back),
          TEST(deflate_round_trips), TEST(streams_are_joined), TEST(inflating_is_bounded),
          TEST(each_form_expands), TEST(what_is_damaged_or_too_large_leaves_the_buffer_alone),
          TEST(crc32_is_that_of_gzip))
