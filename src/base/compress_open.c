/* SPDX-License-Identifier: MIT */
/* A deflate stream that ends with its last block becomes one that another may follow (RFC 1951,
 * 3.2.3 and 3.2.4):
 *
 *     before:   [0 block][0 block][1 last block] padding
 *     after:    [0 block][0 block][0      block] [0 stored block without bytes]
 *
 * The stored block ends where a byte ends, as the first block of whatever follows begins.
 * libdeflate does not tell where the last block begins, nor where in its byte it ends; zlib does
 * while it unpacks. */
#include <zlib.h>

#include "base/compress.h"

/* Where the last block of a stream begins and ends, in bits. */
struct last_block {
    uint64_t start, end;
};

/* What zlib says of where it stands (zlib.h, at inflate). */
enum { UNUSED_BITS = 7, IN_LAST_BLOCK = 64, BEHIND_A_BLOCK = 128 };

/* Returns 0, or -1 without memory. */
static int find_last_block(const struct buffer *packed, struct last_block *ret_last)
{
    const uInt most = 1 << 30;
    z_stream stream = {0};
    unsigned char nowhere[32 * 1024];
    size_t given = 0;
    int state = inflateInit2(&stream, -15); /* 15 bits of window, and no header */
    while (state == Z_OK) {
        if (stream.avail_in == 0) {
            size_t left = packed->size - given;
            stream.next_in = (Bytef *)packed->data + given;
            stream.avail_in = left > most ? most : (uInt)left;
            given += stream.avail_in;
        }
        stream.next_out = nowhere;
        stream.avail_out = sizeof nowhere;
        state = inflate(&stream, Z_BLOCK);
        if (state != Z_OK || !(stream.data_type & BEHIND_A_BLOCK))
            continue;
        uint64_t at = 8 * (uint64_t)(given - stream.avail_in) - (stream.data_type & UNUSED_BITS);
        if (stream.data_type & IN_LAST_BLOCK) {
            ret_last->end = at;
            break;
        }
        ret_last->start = at;
    }
    inflateEnd(&stream);
    return state == Z_OK ? 0 : -1;
}

int compress_deflate_open(struct buffer *to, const void *data, size_t size, struct pfl_error *err)
{
    struct buffer packed = {0};
    struct last_block last = {0};
    int r = compress_deflate(&packed, data, size, err);
    if (r == 0 && find_last_block(&packed, &last) < 0)
        r = error_memory(err);
    if (r == 0) {
        packed.data[last.start / 8] &= (char)~(1u << last.start % 8);
        if (last.end % 8)
            packed.data[last.end / 8] &= (char)((1u << last.end % 8) - 1);
        buffer_append(to, packed.data, packed.size);
        /* Three bits begin the stored block; the rest of their byte counts as nothing. */
        buffer_append(to, "", (last.end + 3 + 7) / 8 - packed.size);
        buffer_append(to, "\0\0\xff\xff", 4);
        r = to->failed ? error_memory(err) : 0;
    }
    buffer_done(&packed);
    return r;
}
