/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/section.h"

#include <errno.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/mem.h"

enum { BLOCK = 4096, UNPACKED_AT_ONCE = 1 << 16 };

void dwarf_section_done(struct dwarf_section *section)
{
    inflater_free(section->inflater);
    mem_free(section->block);
    mem_free(section->present);
    *section = (struct dwarf_section){.fd = -1};
}

/* What zlib has packed, where it says so itself: behind a header of ELF's, or behind "ZLIB" and
 * the size, as GNU tools once wrote. */
struct zlib_stream {
    const uint8_t *bytes;
    uint64_t size, unpacked;
};

static bool stream_find(struct zlib_stream *stream, const struct dwarf_section *section,
                        Elf_Scn *packed)
{
    enum { MOST_TIMES = 1032 }; /* a block of deflate makes at most 258 bytes of 2 bits */
    Elf_Data *data = elf_rawdata(packed, NULL);
    size_t head = section->packed_head;
    GElf_Chdr header;
    if (!data || !data->d_buf || data->d_size <= head)
        return false;
    if (section->old_style) {
        struct cursor c =
            cursor_of(data->d_buf, data->d_size, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
        if (memcmp(data->d_buf, "ZLIB", 4) != 0)
            return false;
        cursor_skip(&c, 4);
        header.ch_size = cursor_u64(&c);
    } else if (!gelf_getchdr(packed, &header) || header.ch_type != ELFCOMPRESS_ZLIB) {
        return false;
    }
    stream->bytes = (const uint8_t *)data->d_buf + head;
    stream->size = data->d_size - head;
    stream->unpacked = header.ch_size;
    return header.ch_size <= LIMIT_DEBUG_SECTION && header.ch_size / MOST_TIMES <= stream->size;
}

/* Unpacks it whole, or begins to: of what is large, where it may be the beginning alone that is
 * needed, and of what is damaged, for as far as it goes. False if it is not packed so, or
 * (with `failed`) without memory. */
static bool section_inflate(struct dwarf_section *section, Elf_Scn *packed)
{
    struct zlib_stream stream;
    if (!stream_find(&stream, section, packed))
        return false;
    section->block = mem_alloc((size_t)stream.unpacked);
    bool whole =
        section->block && stream.unpacked <= LIMIT_UNPACKED_WHOLE &&
        compress_unzlib(section->block, (size_t)stream.unpacked, stream.bytes, (size_t)stream.size);
    if (!section->block || (!whole && inflater_new(&section->inflater, COMPRESS_ZLIB, NULL) < 0)) {
        mem_free(section->block);
        section->block = NULL;
        section->failed = true;
        return false;
    }
    section->rest = stream.bytes;
    section->rest_size = (size_t)stream.size;
    section->bytes = section->block;
    section->size = stream.unpacked;
    return true;
}

/* Unpacks on, at least up to `end`. */
static bool section_unpack_upto(struct dwarf_section *section, uint64_t end)
{
    while (section->made < end) {
        size_t room = (size_t)(section->size - section->made), got;
        if (room > UNPACKED_AT_ONCE)
            room = UNPACKED_AT_ONCE;
        (void)inflater_run(section->inflater, &section->rest, &section->rest_size, true,
                           section->block + section->made, room, &got, NULL);
        if (got == 0) /* it ends early, or what comes is damaged */
            return false;
        section->made += got;
    }
    return true;
}

/* Whatever else it is packed by: libelf refuses sizes that no compression could have come from. */
static bool section_unpack(struct dwarf_section *section)
{
    Elf_Scn *packed = section->packed;
    section->packed = NULL;
    section->size = 0;
    if (section_inflate(section, packed))
        return true;
    if (section->failed ||
        (section->old_style ? elf_compress_gnu(packed, 0, 0) : elf_compress(packed, 0, 0)) < 0)
        return false;
    Elf_Data *data = elf_rawdata(packed, NULL);
    if (!data || !data->d_buf || data->d_size > LIMIT_DEBUG_SECTION)
        return false;
    section->bytes = data->d_buf;
    section->size = data->d_size;
    return true;
}

static bool section_reserve(struct dwarf_section *section)
{
    if (section->packed)
        return section_unpack(section);
    if (section->bytes)
        return true;
    size_t blocks = (size_t)(section->size / BLOCK + 1);
    section->block = mem_alloc((size_t)section->size);
    section->present = mem_zalloc(blocks / 8 + 1, 1);
    section->failed = !section->block || !section->present;
    if (section->failed) {
        mem_free(section->block);
        mem_free(section->present);
        section->block = section->present = NULL;
        section->size = 0;
        return false;
    }
    section->bytes = section->block;
    return true;
}

static bool is_present(const struct dwarf_section *section, uint64_t block)
{
    return section->present[block / 8] >> (block % 8) & 1;
}

/* Reads the blocks from `first` up to `last`. */
static bool section_read(struct dwarf_section *section, uint64_t first, uint64_t last)
{
    uint64_t at = first * BLOCK, end = (last + 1) * BLOCK;
    if (end > section->size)
        end = section->size;
    while (at < end) {
        ssize_t got = pread(section->fd, section->block + at, (size_t)(end - at),
                            (off_t)(section->offset + at));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += (uint64_t)got;
    }
    for (uint64_t i = first; i <= last; i++)
        section->present[i / 8] |= (uint8_t)(1u << (i % 8));
    return true;
}

bool dwarf_section_need(struct dwarf_section *section, uint64_t at, uint64_t size)
{
    if (!section->bytes && (!section->size || !section_reserve(section)))
        return false;
    if (at > section->size || size > section->size - at)
        return false;
    if (section->inflater)
        return section_unpack_upto(section, at + size);
    if (!section->present || size == 0)
        return true;
    uint64_t last = (at + size - 1) / BLOCK;
    for (uint64_t block = at / BLOCK; block <= last; block++) {
        if (is_present(section, block))
            continue;
        uint64_t end = block;
        while (end < last && !is_present(section, end + 1))
            end++;
        if (!section_read(section, block, end))
            return false;
        block = end;
    }
    return true;
}

const char *dwarf_section_text(struct dwarf_section *section, uint64_t at)
{
    uint64_t have = 0;
    while (have < LIMIT_NAME_BYTES) {
        uint64_t step = 256;
        if (!dwarf_section_need(section, at, 0))
            return NULL;
        if (step > section->size - at - have)
            step = section->size - at - have;
        if (step == 0 || !dwarf_section_need(section, at + have, step))
            return NULL;
        if (memchr(section->bytes + at + have, 0, (size_t)step))
            return (const char *)section->bytes + at;
        have += step;
    }
    return NULL;
}
