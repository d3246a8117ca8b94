/* SPDX-License-Identifier: MIT */
#include "base/compress.h"

#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"

int compress_deflate(struct buffer *to, const void *data, size_t size, struct pfl_error *err)
{
    z_stream stream = {0};
    /* 15 bits of window; negative: raw, as the browsers' "deflate-raw" reads it. */
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return error_memory(err);
    const unsigned char *input = data;
    unsigned char block[32 * 1024];
    int state = Z_OK;
    while (state == Z_OK) {
        if (stream.avail_in == 0 && size) {
            uInt piece = size > 1 << 20 ? 1 << 20 : (uInt)size;
            /* zlib's field is not const unless ZLIB_CONST is defined; it only reads. */
            stream.next_in = (Bytef *)(uintptr_t)input;
            stream.avail_in = piece;
            input += piece;
            size -= piece;
        }
        stream.next_out = block;
        stream.avail_out = sizeof block;
        state = deflate(&stream, size ? Z_NO_FLUSH : Z_FINISH);
        buffer_append(to, block, sizeof block - stream.avail_out);
    }
    deflateEnd(&stream);
    return state == Z_STREAM_END && !to->failed ? 0 : error_memory(err);
}

int compress_inflate(struct buffer *to, const void *data, size_t size, size_t limit,
                     struct pfl_error *err)
{
    z_stream stream = {0};
    if (inflateInit2(&stream, -15) != Z_OK)
        return error_memory(err);
    const unsigned char *input = data;
    unsigned char block[32 * 1024];
    size_t made = 0;
    int state = Z_OK;
    while (state == Z_OK && made <= limit) {
        if (stream.avail_in == 0 && size) {
            uInt piece = size > 1 << 20 ? 1 << 20 : (uInt)size;
            stream.next_in = (Bytef *)(uintptr_t)input;
            stream.avail_in = piece;
            input += piece;
            size -= piece;
        }
        stream.next_out = block;
        stream.avail_out = sizeof block;
        state = inflate(&stream, Z_NO_FLUSH);
        buffer_append(to, block, sizeof block - stream.avail_out);
        made += sizeof block - stream.avail_out;
    }
    inflateEnd(&stream);
    if (to->failed || state == Z_MEM_ERROR)
        return error_memory(err);
    if (made > limit)
        return error_set(err, PFL_ERROR_LIMIT, "more than %zu MiB when inflated", limit >> 20);
    return state == Z_STREAM_END ? 0
                                 : error_set(err, PFL_ERROR_FORMAT, "the data is cut or damaged");
}

void compress_base64(struct buffer *to, const void *data, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *bytes = data;
    for (; size >= 3; size -= 3, bytes += 3) {
        const char four[4] = {digits[bytes[0] >> 2], digits[(bytes[0] & 3) << 4 | bytes[1] >> 4],
                              digits[(bytes[1] & 15) << 2 | bytes[2] >> 6], digits[bytes[2] & 63]};
        buffer_append(to, four, 4);
    }
    if (size) {
        unsigned char second = size == 2 ? bytes[1] : 0;
        const char four[4] = {digits[bytes[0] >> 2], digits[(bytes[0] & 3) << 4 | second >> 4],
                              size == 2 ? digits[(second & 15) << 2] : '=', '='};
        buffer_append(to, four, 4);
    }
}

/* The value of a base64 digit, 64 for white space, or 255. */
static unsigned digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 52;
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return 64;
    return c == '+' ? 62 : c == '/' ? 63 : 255;
}

int compress_unbase64(struct buffer *to, const char *text, size_t size, struct pfl_error *err)
{
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < size && text[i] != '='; i++) {
        unsigned value = digit_value(text[i]);
        if (value == 255)
            return error_set(err, PFL_ERROR_FORMAT, "the data is not base64");
        if (value == 64)
            continue;
        bits = bits << 6 | value;
        if (++count % 4 == 0)
            buffer_append(to, (char[]){(char)(bits >> 16), (char)(bits >> 8), (char)bits}, 3);
    }
    if (count % 4 == 3)
        buffer_append(to, (char[]){(char)(bits >> 10), (char)(bits >> 2)}, 2);
    else if (count % 4 == 2)
        buffer_char(to, (char)(bits >> 4));
    if (count % 4 == 1)
        return error_set(err, PFL_ERROR_FORMAT, "the data ends early");
    return to->failed ? error_memory(err) : 0;
}

static const unsigned char gzip_magic[] = {0x1f, 0x8b};
static const unsigned char xz_magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};
static const unsigned char zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};

#define BEGINS(data, size, magic)                                                                  \
    ((size) >= sizeof(magic) && memcmp(data, magic, sizeof(magic)) == 0)

/* A dictionary of more is refused: xz -9 has 64 MiB. */
#define XZ_MEMORY (UINT64_C(256) << 20)

#define EXPAND_BLOCK (64 * 1024)

bool compress_recognises(const void *data, size_t size)
{
    return BEGINS(data, size, gzip_magic) || BEGINS(data, size, xz_magic) ||
           BEGINS(data, size, zstd_magic);
}

/* What the expansion in progress has room for. */
struct expansion {
    struct buffer *to;
    size_t limit; /* of the buffer's size */
    unsigned char block[EXPAND_BLOCK];
};

/* Takes the first `size` bytes of the block; false if that is too much. */
static bool expansion_take(struct expansion *expansion, size_t size)
{
    if (size > expansion->limit - expansion->to->size)
        return false;
    buffer_append(expansion->to, expansion->block, size);
    return !expansion->to->failed;
}

static bool expand_gzip(struct expansion *expansion, const void *data, size_t size)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data,
                       .avail_in = size > UINT32_MAX ? UINT32_MAX : (uInt)size};
    if (inflateInit2(&stream, 15 + 16) != Z_OK)
        return false;
    int state;
    bool room;
    do {
        stream.next_out = expansion->block;
        stream.avail_out = EXPAND_BLOCK;
        state = inflate(&stream, Z_NO_FLUSH);
        room = expansion_take(expansion, EXPAND_BLOCK - stream.avail_out);
    } while (state == Z_OK && room);
    inflateEnd(&stream);
    return state == Z_STREAM_END && room;
}

static bool expand_xz(struct expansion *expansion, const void *data, size_t size)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_stream_decoder(&stream, XZ_MEMORY, LZMA_CONCATENATED) != LZMA_OK)
        return false;
    stream.next_in = data;
    stream.avail_in = size;
    lzma_ret state;
    bool room;
    do {
        stream.next_out = expansion->block;
        stream.avail_out = EXPAND_BLOCK;
        state = lzma_code(&stream, LZMA_FINISH);
        room = expansion_take(expansion, EXPAND_BLOCK - stream.avail_out);
    } while (state == LZMA_OK && room);
    lzma_end(&stream);
    return state == LZMA_STREAM_END && room;
}

static bool expand_zstd(struct expansion *expansion, const void *data, size_t size)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    ZSTD_inBuffer in = {data, size, 0};
    size_t left = stream ? 1 : 0;
    bool good = stream;
    while (good && (left > 0 || in.pos < in.size)) {
        ZSTD_outBuffer out = {expansion->block, EXPAND_BLOCK, 0};
        size_t before = in.pos;
        left = ZSTD_decompressStream(stream, &out, &in);
        good = !ZSTD_isError(left) && (out.pos || in.pos > before) &&
               expansion_take(expansion, out.pos);
    }
    ZSTD_freeDStream(stream);
    return good;
}

int compress_expand(struct buffer *to, const void *data, size_t size, size_t limit)
{
    size_t before = to->size;
    struct expansion *expansion = mem_alloc(sizeof *expansion);
    if (!expansion)
        return -1;
    expansion->to = to;
    expansion->limit = before + limit;
    bool good = false;
    if (BEGINS(data, size, gzip_magic))
        good = expand_gzip(expansion, data, size);
    else if (BEGINS(data, size, xz_magic))
        good = expand_xz(expansion, data, size);
    else if (BEGINS(data, size, zstd_magic))
        good = expand_zstd(expansion, data, size);
    mem_free(expansion);
    if (to->failed)
        return -1;
    if (!good)
        to->size = before;
    return good ? 0 : 1;
}

uint32_t compress_crc32(uint32_t crc, const void *data, size_t size)
{
    return (uint32_t)crc32_z(crc, data, size);
}
