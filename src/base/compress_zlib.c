/* SPDX-License-Identifier: MIT */
#include <zlib.h>

#include "base/mem.h"
#include "base/unzlib.h"

struct unzlib {
    z_stream stream;
};

static void *unzlib_alloc(void *context, unsigned count, unsigned size)
{
    return mem_zalloc(count, size);
}

static void unzlib_release(void *context, void *block)
{
    mem_free(block);
}

struct unzlib *unzlib_new(void)
{
    struct unzlib *unzlib = mem_zalloc(1, sizeof *unzlib);
    if (!unzlib)
        return NULL;
    unzlib->stream.zalloc = unzlib_alloc;
    unzlib->stream.zfree = unzlib_release;
    if (inflateInit(&unzlib->stream) == Z_OK)
        return unzlib;
    mem_free(unzlib);
    return NULL;
}

void unzlib_free(struct unzlib *unzlib)
{
    if (unzlib)
        inflateEnd(&unzlib->stream);
    mem_free(unzlib);
}

enum unzlib_state unzlib_run(struct unzlib *unzlib, const uint8_t **data, size_t *size,
                             uint8_t **to, size_t *room)
{
    z_stream *stream = &unzlib->stream;
    const uInt most = 1 << 30;
    uInt given = *size > most ? most : (uInt)*size, space = *room > most ? most : (uInt)*room;
    stream->next_in = (Bytef *)(uintptr_t)*data; /* it only reads */
    stream->avail_in = given;
    stream->next_out = *to;
    stream->avail_out = space;
    int r = inflate(stream, Z_NO_FLUSH);
    *data += given - stream->avail_in;
    *size -= given - stream->avail_in;
    *to += space - stream->avail_out;
    *room -= space - stream->avail_out;
    return r == Z_STREAM_END               ? UNZLIB_ENDED
           : r == Z_OK || r == Z_BUF_ERROR ? UNZLIB_MORE
                                           : UNZLIB_DAMAGED;
}
