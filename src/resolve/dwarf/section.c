/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/section.h"

#include <gelf.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/source.h"

enum { BLOCK = 4096 };

static void section_let_go(struct dwarf_section *section)
{
    mem_free(section->block);
    mem_free(section->present);
    section->block = section->present = NULL;
}

void dwarf_section_done(struct dwarf_section *section)
{
    dwarf_packed_free(section->unpacks);
    section_let_go(section);
    *section = (struct dwarf_section){.fd = -1};
}

/* Whatever else it is packed by: libelf refuses sizes that no compression could have come from. */
static bool section_expand(struct dwarf_section *section, Elf_Scn *packed)
{
    section->size = 0;
    if ((section->head == PACKED_GNU ? elf_compress_gnu(packed, 0, 0)
                                     : elf_compress(packed, 0, 0)) < 0)
        return false;
    Elf_Data *data = elf_rawdata(packed, NULL);
    if (!data || !data->d_buf || data->d_size > LIMIT_DEBUG_SECTION)
        return false;
    section->bytes = data->d_buf;
    section->size = data->d_size;
    return true;
}

/* Room for all of it, and for what is there if not all is. */
static bool section_room(struct dwarf_section *section)
{
    size_t blocks = (size_t)(section->size / BLOCK + 1);
    bool whole = section->unpacks && !section->passed;
    section->block = mem_alloc((size_t)section->size);
    section->present = whole ? NULL : mem_zalloc(blocks / 8 + 1, 1);
    section->failed = !section->block || !(whole || section->present);
    if (section->failed) {
        section_let_go(section);
        section->size = 0;
        return false;
    }
    section->bytes = section->block;
    return true;
}

static bool section_reserve(struct dwarf_section *section)
{
    Elf_Scn *packed = section->packed;
    if (section->bytes)
        return true;
    section->packed = NULL;
    if (packed) {
        int r = dwarf_packed_open(&section->unpacks, section->fd, section->offset, section->size,
                                  section->head, section->swap);
        if (r == 0)
            return section_expand(section, packed);
        section->failed = r < 0;
        section->size = r > 0 ? section->unpacks->unpacked : 0;
        if (r < 0)
            return false;
    }
    return section_room(section);
}

static bool is_present(const struct dwarf_section *section, uint64_t block)
{
    return section->present[block / 8] >> (block % 8) & 1;
}

/* Unpacks it again, and keeps all from now on. What was there before is written anew, so it must be
 * whole when this ends: somebody may be reading it. */
static bool section_keep(struct dwarf_section *section, uint64_t end)
{
    uint64_t made = section->unpacks->made;
    mem_free(section->present);
    section->present = NULL;
    if (!dwarf_packed_rewind(section->unpacks))
        return false;
    (void)dwarf_packed_upto(section->unpacks, section->block, made);
    return dwarf_packed_upto(section->unpacks, section->block, end);
}

static bool section_pread(struct dwarf_section *section, uint64_t at, uint64_t end)
{
    size_t size = (size_t)(end - at), got = 0;
    return source_pread(section->fd, section->offset + at, section->block + at, size, &got) == 0 &&
           got == size;
}

/* Reads the blocks from `first` up to `last`. */
static bool section_read(struct dwarf_section *section, uint64_t first, uint64_t last)
{
    uint64_t at = first * BLOCK, end = (last + 1) * BLOCK;
    if (end > section->size)
        end = section->size;
    if (section->unpacks ? !dwarf_packed_part(section->unpacks, section->block, at, end)
                         : !section_pread(section, at, end))
        return false;
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
    if (section->unpacks && !section->present)
        return dwarf_packed_upto(section->unpacks, section->block, at + size);
    uint64_t last = size ? (at + size - 1) / BLOCK : 0;
    for (uint64_t block = at / BLOCK; size && section->present && block <= last; block++) {
        if (is_present(section, block))
            continue;
        uint64_t end = block;
        while (end < last && !is_present(section, end + 1))
            end++;
        if (!section_read(section, block, end))
            return section->unpacks && section_keep(section, at + size);
        block = end;
    }
    return true;
}

void dwarf_section_unpack(struct dwarf_section *section)
{
    if (!section->packed)
        return;
    section->passed = false;
    if (dwarf_section_need(section, 0, 0))
        (void)dwarf_section_need(section, 0, section->size);
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
