/* SPDX-License-Identifier: MIT */
/* Our own unpacking beside zlib's: what zlib takes, we take, to the same bytes. */
#include "base/inflate.h"

#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "fuzz.h"

enum { MOST = 1 << 18 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct inflate *inflate = NULL;
    struct buffer theirs = {0};
    int r = compress_inflate(&theirs, data, size, MOST, NULL);
    size_t room = r == 0 ? theirs.size : MOST;
    uint8_t *packed = malloc(size + 2), *out = malloc(room + !room);
    FUZZ_CHECK(packed && out);
    memcpy(packed, "\x78\x9c", 2); /* the header: deflate, a window of 32 KiB */
    memcpy(packed + 2, data, size);
    FUZZ_CHECK(inflate_new(&inflate, packed, size + 2, out, room) == 0);
    bool all = inflate_upto(inflate, room / 2) && inflate_upto(inflate, room);
    FUZZ_CHECK(r != 0 || (all && inflate_made(inflate) == theirs.size));
    FUZZ_CHECK(inflate_made(inflate) <= room);
    size_t both = theirs.size < inflate_made(inflate) ? theirs.size : inflate_made(inflate);
    FUZZ_CHECK(both == 0 || memcmp(theirs.data, out, both) == 0);
    fuzz_touch(out, inflate_made(inflate));
    inflate_free(inflate);
    buffer_done(&theirs);
    free(packed);
    free(out);
    return 0;
}
