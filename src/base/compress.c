/* SPDX-License-Identifier: MIT */
#include "base/compress.h"

#include <zlib.h>

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
