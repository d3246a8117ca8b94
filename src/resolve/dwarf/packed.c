/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/packed.h"

#include <elf.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/source.h"

/* Not less is unpacked, if there is as much. */
enum { AT_ONCE = 4096 };

void dwarf_packed_free(struct dwarf_packed *packed)
{
    if (!packed)
        return;
    inflater_free(packed->inflater);
    mem_free(packed->window);
    mem_free(packed);
}

bool dwarf_packed_rewind(struct dwarf_packed *packed)
{
    packed->at = packed->begin;
    packed->made = 0;
    packed->window_at = packed->left_size = 0;
    inflater_free(MEM_TAKE(packed->inflater));
    return inflater_new(&packed->inflater, COMPRESS_ZLIB, NULL) == 0;
}

/* Reads at `at` of the file; less where it ends, or cannot be read. */
static size_t packed_read(const struct dwarf_packed *packed, uint8_t *to, size_t size)
{
    size_t got = 0;
    return source_pread(packed->fd, packed->at, to, size, &got) == 0 ? got : 0;
}

/* What the head says; false if zlib has not packed this, or not to this size. */
static bool packed_head(struct dwarf_packed *packed, enum dwarf_packed_head kind, bool swap)
{
    enum { MOST_TIMES = 1032 }; /* a block of deflate makes at most 258 bytes of 2 bits */
    uint8_t bytes[sizeof(Elf64_Chdr)];
    struct cursor c = cursor_of(bytes, packed_read(packed, bytes, sizeof bytes), swap);
    bool zlib;
    if (kind == PACKED_GNU) {
        const uint8_t *magic = cursor_bytes(&c, 4);
        zlib = magic && memcmp(magic, "ZLIB", 4) == 0;
        c.swap = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
        packed->unpacked = cursor_u64(&c);
    } else {
        zlib = cursor_u32(&c) == ELFCOMPRESS_ZLIB;
        cursor_skip(&c, kind == PACKED_ELF_64 ? 4 : 0);
        packed->unpacked = kind == PACKED_ELF_64 ? cursor_u64(&c) : cursor_u32(&c);
        cursor_skip(&c, kind == PACKED_ELF_64 ? 8 : 4); /* alignment */
    }
    packed->begin = packed->at + c.position;
    return zlib && !c.failed && packed->begin <= packed->end &&
           packed->unpacked <= LIMIT_DEBUG_SECTION &&
           packed->unpacked / MOST_TIMES <= packed->end - packed->begin;
}

int dwarf_packed_open(struct dwarf_packed **ret_packed, int fd, uint64_t offset, uint64_t size,
                      enum dwarf_packed_head head, bool swap)
{
    CLEANUP(dwarf_packed_cleanup) struct dwarf_packed *packed = mem_alloc(sizeof *packed);
    if (!packed)
        return -1;
    packed->fd = fd;
    packed->at = offset;
    packed->end = offset + size;
    packed->window = NULL;
    packed->inflater = NULL;
    if (!packed_head(packed, head, swap))
        return 0;
    if (!dwarf_packed_rewind(packed))
        return -1;
    *ret_packed = MEM_TAKE(packed);
    return 1;
}

/* Reads the next piece; false if there is none. */
static bool packed_feed(struct dwarf_packed *packed)
{
    uint64_t left = packed->end - packed->at;
    size_t size = left < sizeof packed->piece ? (size_t)left : sizeof packed->piece;
    packed->left = packed->piece;
    packed->left_size = packed_read(packed, packed->piece, size);
    packed->at += packed->left_size;
    return packed->left_size > 0;
}

/* Unpacks on from `at` to `end`; returns how far it came. */
static size_t packed_on(struct dwarf_packed *packed, uint8_t *to, size_t at, size_t end)
{
    size_t before = at, got = 1;
    int r = 0;
    while (at < end && r == 0 && packed->inflater && (got || packed_feed(packed))) {
        r = inflater_run(packed->inflater, &packed->left, &packed->left_size, false, to + at,
                         end - at, &got, NULL);
        at += got;
    }
    packed->made += at - before;
    return at;
}

bool dwarf_packed_upto(struct dwarf_packed *packed, uint8_t *to, uint64_t end)
{
    uint64_t far =
        packed->unpacked - packed->made > AT_ONCE ? packed->made + AT_ONCE : packed->unpacked;
    if (packed->made < end)
        packed_on(packed, to, (size_t)packed->made, (size_t)(far > end ? far : end));
    return packed->made >= end;
}

/* Copies of a part what the window has; returns where the rest begins. */
static uint64_t window_copy(const struct dwarf_packed *packed, uint8_t *to, uint64_t from,
                            uint64_t end)
{
    uint64_t first = packed->made - packed->window_at;
    if (end > packed->made)
        end = packed->made;
    if (from < end)
        memcpy(to + from, packed->window + (from - first), (size_t)(end - from));
    return from < end ? end : from;
}

/* Makes room in the window. */
static void window_move(struct dwarf_packed *packed)
{
    memmove(packed->window, packed->window + packed->window_at - PACKED_KEPT, PACKED_KEPT);
    packed->window_at = PACKED_KEPT;
}

bool dwarf_packed_part(struct dwarf_packed *packed, uint8_t *to, uint64_t from, uint64_t end)
{
    const size_t full = PACKED_WINDOW;
    if (!packed->window && !(packed->window = mem_alloc(PACKED_WINDOW)))
        return false;
    if (from < packed->made - packed->window_at)
        return false;
    while ((from = window_copy(packed, to, from, end)) < end) {
        if (packed->window_at >= full)
            window_move(packed);
        uint64_t missing = end - packed->made < AT_ONCE ? AT_ONCE : end - packed->made;
        size_t until =
            full - packed->window_at < missing ? full : packed->window_at + (size_t)missing;
        packed->window_at = packed_on(packed, packed->window, packed->window_at, until);
        if (packed->window_at < until)
            return window_copy(packed, to, from, end) == end;
    }
    return true;
}
