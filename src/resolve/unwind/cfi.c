/* SPDX-License-Identifier: MIT */
/* Finds the sections of a file that hold CFI, and in them the FDE of an address. */
#include "resolve/unwind/cfi.h"

#include <dwarf.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "resolve/elf/data.h"

void cfi_free(struct cfi *cfi)
{
    if (!cfi)
        return;
    for (size_t i = 0; i < cfi->section_count; i++)
        mem_free(cfi->sections[i].ranges);
    mem_free(cfi->segments);
    elf_file_free(cfi->mapped);
    elf_file_free(cfi->debug);
    mem_free(cfi);
}

static int cfi_read_segments(struct cfi *cfi, Elf *elf)
{
    size_t count = 0;
    if (elf_getphdrnum(elf, &count) < 0)
        return 0;
    cfi->segments = mem_zalloc(count, sizeof *cfi->segments);
    if (!cfi->segments)
        return -1;
    for (size_t i = 0; i < count && cfi->segment_count < ELF_SEGMENTS; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)i, &header) && header.p_type == PT_LOAD)
            cfi->segments[cfi->segment_count++] =
                (struct cfi_segment){header.p_offset, header.p_filesz, header.p_vaddr};
    }
    return 0;
}

bool cfi_address(const struct cfi *cfi, uint64_t offset, uint64_t *ret_address)
{
    for (size_t i = 0; i < cfi->segment_count; i++) {
        const struct cfi_segment *segment = &cfi->segments[i];
        if (offset >= segment->offset && offset - segment->offset < segment->size) {
            *ret_address = offset - segment->offset + segment->address;
            return true;
        }
    }
    return false;
}

/* A section by name with what is in it, unpacked; NULL without. */
static Elf_Data *section_data(Elf *elf, const char *name, GElf_Shdr *header)
{
    size_t names;
    GElf_Chdr packed;
    if (elf_getshdrstrndx(elf, &names) < 0)
        return NULL;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
        if (!gelf_getshdr(section, header) || header->sh_type == SHT_NOBITS)
            continue;
        const char *its_name = elf_strptr(elf, names, header->sh_name);
        if (!its_name || strcmp(its_name, name) != 0)
            continue;
        if (header->sh_flags & SHF_COMPRESSED &&
            (!gelf_getchdr(section, &packed) || packed.ch_size > LIMIT_CFI_BYTES ||
             elf_compress(section, 0, 0) < 0))
            return NULL;
        Elf_Data *data = elf_rawdata(section, NULL);
        return data && data->d_buf && data->d_size ? data : NULL;
    }
    return NULL;
}

/* Takes the sorted table of .eh_frame_hdr if it is coded as all linkers do: 32 bits each, relative
 * to the header itself. */
static void section_table(struct cfi_section *section, Elf *elf)
{
    GElf_Shdr header;
    Elf_Data *data = section_data(elf, ".eh_frame_hdr", &header);
    if (!data)
        return;
    struct cursor c = cursor_of(data->d_buf, data->d_size, section->swap);
    uint8_t version = cursor_u8(&c), frame = cursor_u8(&c), count = cursor_u8(&c),
            table = cursor_u8(&c);
    uint64_t at = header.sh_addr + c.position + (uint64_t)(int32_t)cursor_u32(&c);
    uint32_t entries = cursor_u32(&c);
    if (version != 1 || frame != (DW_EH_PE_pcrel | DW_EH_PE_sdata4) || count != DW_EH_PE_udata4 ||
        table != (DW_EH_PE_datarel | DW_EH_PE_sdata4) || c.failed || at != section->address ||
        entries == 0 || entries > cursor_left(&c) / 8)
        return;
    section->table = c.data + c.position;
    section->table_count = entries;
    section->table_address = header.sh_addr;
}

static int range_compare(const void *left, const void *right)
{
    const struct cfi_range *a = left, *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* Reads all entries of a section without a table. */
static int section_ranges(struct cfi_section *section)
{
    struct cfi_range range;
    uint64_t offset = 0;
    int r;
    while ((r = cfi_section_next(section, &offset, &range)) >= 0) {
        if (r == 0)
            continue;
        if (mem_grow(&section->ranges, &section->range_capacity, section->range_count + 1,
                     sizeof range) < 0)
            return -1;
        section->ranges[section->range_count++] = range;
    }
    if (section->range_count)
        qsort(section->ranges, section->range_count, sizeof range, range_compare);
    return 0;
}

static int cfi_add_section(struct cfi *cfi, Elf *elf, const char *name)
{
    GElf_Shdr header;
    Elf_Data *data = section_data(elf, name, &header);
    if (!data)
        return 0;
    struct cfi_section *section = &cfi->sections[cfi->section_count];
    *section = (struct cfi_section){
        .bytes = data->d_buf,
        .size = data->d_size,
        .address = header.sh_addr,
        .eh = strcmp(name, ".eh_frame") == 0,
        .swap = cfi->swap,
        .wide = cfi->wide,
    };
    cfi->section_count++;
    if (section->eh)
        section_table(section, elf);
    return section->table ? 0 : section_ranges(section);
}

int cfi_new(struct cfi **ret_cfi, struct elf_file *mapped, struct elf_file *debug)
{
    CLEANUP(cfi_cleanup) struct cfi *cfi = mem_zalloc(1, sizeof *cfi);
    GElf_Ehdr header;
    if (!cfi) {
        elf_file_free(mapped);
        elf_file_free(debug);
        return -1;
    }
    cfi->mapped = mapped;
    cfi->debug = debug;
    Elf *elf = mapped->elf;
    if (gelf_getehdr(elf, &header)) {
        cfi->machine = header.e_machine;
        cfi->wide = header.e_ident[EI_CLASS] == ELFCLASS64;
        cfi->swap = header.e_ident[EI_DATA] !=
                    (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB);
        if (cfi_read_segments(cfi, elf) < 0 || cfi_add_section(cfi, elf, ".eh_frame") < 0 ||
            cfi_add_section(cfi, elf, ".debug_frame") < 0 ||
            (debug && cfi_add_section(cfi, debug->elf, ".debug_frame") < 0))
            return -1;
    }
    elf_file_detach(mapped);
    if (debug)
        elf_file_detach(debug);
    *ret_cfi = MEM_TAKE(cfi);
    return 0;
}

/* The number `i` of the pair `at` of the table, as an address. */
static uint64_t table_entry(const struct cfi_section *section, size_t at, size_t i)
{
    struct cursor c = cursor_of(section->table + at * 8 + i * 4, 4, section->swap);
    uint64_t address = section->table_address + (uint64_t)(int32_t)cursor_u32(&c);
    return section->wide ? address : (uint32_t)address;
}

/* The number of ranges that begin at or before an address. */
static size_t section_rank(const struct cfi_section *section, uint64_t address)
{
    size_t low = 0, high = section->table ? section->table_count : section->range_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint64_t start =
            section->table ? table_entry(section, middle, 0) : section->ranges[middle].start;
        if (start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool cfi_find(const struct cfi *cfi, uint64_t address, struct cfi_row *ret_row)
{
    for (size_t i = 0; i < cfi->section_count; i++) {
        const struct cfi_section *section = &cfi->sections[i];
        size_t rank = section_rank(section, address);
        if (rank == 0)
            continue;
        uint64_t fde = section->table ? table_entry(section, rank - 1, 1) - section->address
                                      : section->ranges[rank - 1].fde;
        if (cfi_section_row(section, fde, address, ret_row))
            return true;
    }
    return false;
}
