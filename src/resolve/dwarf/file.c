/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/file.h"

#include <dwarf.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "resolve/dwarf/form.h"

void dwarf_file_free(struct dwarf_file *file)
{
    /* A supplementary file has none of its own: dwarf_file_sup is asked of the other only. */
    while (file) {
        struct dwarf_file *sup = file->sup;
        for (size_t i = 0; i < DWARF_SECTION_COUNT; i++)
            dwarf_section_done(&file->sections[i]);
        for (size_t i = 0; i < DWARF_TABLES; i++)
            dwarf_abbrevs_done(&file->tables[i]);
        if (file->elf)
            elf_end(file->elf);
        if (file->fd >= 0)
            close(file->fd);
        mem_free(file->heads);
        mem_free(file->path);
        mem_free(file);
        file = sup;
    }
}

/* Which section of ours a name stands for: ".debug_info", ".zdebug_info", ".debug_info.dwo". */
static int section_id(const char *name, bool split, bool *ret_old_style)
{
    static const char *const names[DWARF_SECTION_COUNT] = {
        [DWARF_INFO] = "info",
        [DWARF_ABBREV] = "abbrev",
        [DWARF_STR] = "str",
        [DWARF_LINE] = "line",
        [DWARF_LINE_STR] = "line_str",
        [DWARF_RANGES] = "ranges",
        [DWARF_RNGLISTS] = "rnglists",
        [DWARF_ADDR] = "addr",
        [DWARF_STR_OFFSETS] = "str_offsets",
        [DWARF_CU_INDEX] = "cu_index",
        [DWARF_ARANGES] = "aranges",
        [DWARF_ALT_LINK] = "",
        [DWARF_SUP] = "sup",
    };
    if (strcmp(name, ".gnu_debugaltlink") == 0)
        return DWARF_ALT_LINK;
    *ret_old_style = strncmp(name, ".zdebug_", 8) == 0;
    if (!*ret_old_style && strncmp(name, ".debug_", 7) != 0)
        return -1;
    name += *ret_old_style ? 8 : 7;
    size_t length = strlen(name);
    bool dwo = length > 4 && strcmp(name + length - 4, ".dwo") == 0;
    if (dwo)
        length -= 4;
    for (int i = 0; i < DWARF_SECTION_COUNT; i++)
        if (*names[i] && strlen(names[i]) == length && strncmp(names[i], name, length) == 0)
            return dwo == (split && i != DWARF_CU_INDEX) ? i : -1;
    return -1;
}

/* True for a section of a .dwo file that holds a unit of a type alone: g++ gives each of them one
 * of its own, by the name of that which holds the functions. */
static bool is_of_type(const struct dwarf_file *file, const GElf_Shdr *header)
{
    const size_t most = 4 + 8 + 2 + 1; /* a length of 64 bits, the version and the unit's type */
    uint8_t bytes[4 + 8 + 2 + 1];
    ssize_t size = pread(file->fd, bytes, most, (off_t)header->sh_offset);
    if (size < 0 || (header->sh_flags & SHF_COMPRESSED))
        return false;
    struct cursor c = cursor_of(bytes, (size_t)size, file->swap);
    if (cursor_u32(&c) == UINT32_MAX)
        cursor_skip(&c, 8);
    return cursor_u16(&c) >= 5 && cursor_u8(&c) == DW_UT_split_type;
}

static void file_section(struct dwarf_file *file, Elf_Scn *section, const GElf_Shdr *header,
                         const char *name, uint64_t file_size, bool split)
{
    bool old_style = false;
    int id = section_id(name, split, &old_style);
    if (id < 0 || dwarf_file_has(file, (enum dwarf_section_id)id) ||
        header->sh_type == SHT_NOBITS || header->sh_offset > file_size ||
        header->sh_size > file_size - header->sh_offset || header->sh_size > LIMIT_DEBUG_SECTION ||
        header->sh_size > SIZE_MAX / 2 || (split && id == DWARF_INFO && is_of_type(file, header)))
        return;
    struct dwarf_section *to = &file->sections[id];
    *to = (struct dwarf_section){
        .fd = file->fd,
        .offset = header->sh_offset,
        .size = header->sh_size,
        .head = old_style                                ? PACKED_GNU
                : gelf_getclass(file->elf) == ELFCLASS32 ? PACKED_ELF_32
                                                         : PACKED_ELF_64,
        .swap = file->swap,
        .passed = id == DWARF_INFO || id == DWARF_ABBREV,
        .packed = old_style || (header->sh_flags & SHF_COMPRESSED) ? section : NULL,
    };
}

static void file_note(struct dwarf_file *file, Elf_Scn *section)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    if (data && data->d_buf && !file->build_id.size)
        (void)build_id_from_notes(&file->build_id, data->d_buf, data->d_size, file->swap);
}

static void file_sections(struct dwarf_file *file, uint64_t file_size, bool split)
{
    size_t names;
    if (elf_getshdrstrndx(file->elf, &names) < 0)
        return;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section));) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            continue;
        const char *name = elf_strptr(file->elf, names, header.sh_name);
        if (header.sh_type == SHT_NOTE)
            file_note(file, section);
        else if (name)
            file_section(file, section, &header, name, file_size, split);
    }
}

int dwarf_file_open(struct dwarf_file **ret_file, const char *path, bool split)
{
    CLEANUP(dwarf_file_cleanup) struct dwarf_file *file = mem_zalloc(1, sizeof *file);
    *ret_file = NULL;
    if (!file)
        return -1;
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (file->fd < 0 || fstat(file->fd, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    elf_version(EV_CURRENT);
    file->elf = elf_begin(file->fd, ELF_C_READ, NULL);
    GElf_Ehdr header;
    if (!file->elf || elf_kind(file->elf) != ELF_K_ELF || !gelf_getehdr(file->elf, &header))
        return 0;
    file->swap = header.e_ident[EI_DATA] !=
                 (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB);
    file->path = mem_copy_text(path, strlen(path));
    if (!file->path)
        return -1;
    file->relocatable = header.e_type == ET_REL;
    file_sections(file, (uint64_t)st.st_size, split);
    *ret_file = MEM_TAKE(file);
    return 0;
}

void dwarf_file_unpack(struct dwarf_file *file)
{
    static const enum dwarf_section_id large[] = {DWARF_INFO, DWARF_RANGES, DWARF_RNGLISTS};
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        dwarf_section_unpack(&file->sections[large[i]]);
}

struct cursor dwarf_file_cursor(struct dwarf_file *file, enum dwarf_section_id id, uint64_t at,
                                uint64_t size)
{
    struct dwarf_section *section = &file->sections[id];
    if (!dwarf_section_need(section, at, size)) {
        struct cursor none = cursor_of("", 0, file->swap);
        none.failed = true;
        return none;
    }
    return cursor_of(section->bytes + at, (size_t)size, file->swap);
}

/* A unit's header: DWARF 5, section 7.5.1. */
bool dwarf_head_read(struct dwarf_file *file, uint64_t offset, struct dwarf_head *ret_head)
{
    enum { LONGEST = 40 };
    struct dwarf_section *info = &file->sections[DWARF_INFO];
    if (!dwarf_section_need(info, offset, 0))
        return false;
    uint64_t left = info->size - offset;
    struct cursor c = dwarf_file_cursor(file, DWARF_INFO, offset, left < LONGEST ? left : LONGEST);
    struct dwarf_head head = {.offset = offset, .sizes.offset = 4};
    uint64_t length = cursor_u32(&c);
    if (length == UINT32_MAX) {
        head.sizes.offset = 8;
        length = cursor_u64(&c);
    }
    if (c.failed || length > left - c.position || length == 0)
        return false;
    head.end = offset + c.position + length;
    uint16_t version = cursor_u16(&c);
    if (version < 2 || version > 5) {
        head.entries = head.end; /* passed over */
        *ret_head = head;
        return true;
    }
    head.sizes.version = (uint8_t)version;
    if (version >= 5) {
        head.type = cursor_u8(&c);
        head.sizes.address = cursor_u8(&c);
    }
    head.abbrev = dwarf_number(&c, head.sizes.offset);
    if (version < 5)
        head.sizes.address = cursor_u8(&c);
    if (head.type == DW_UT_skeleton || head.type == DW_UT_split_compile)
        head.dwo_id = cursor_u64(&c);
    head.entries = offset + c.position;
    bool known = head.sizes.address == 4 || head.sizes.address == 8;
    if (c.failed || !known || head.entries > head.end)
        head.entries = head.end;
    *ret_head = head;
    return true;
}

int dwarf_file_heads(struct dwarf_file *file)
{
    if (file->heads_read)
        return 0;
    file->heads_read = true;
    struct dwarf_head head;
    for (uint64_t at = 0; file->head_count < LIMIT_DEBUG_UNITS; at = head.end) {
        if (!dwarf_head_read(file, at, &head))
            return file->sections[DWARF_INFO].failed ? -1 : 0;
        if (mem_grow(&file->heads, &file->head_capacity, file->head_count + 1, sizeof head) < 0)
            return -1;
        file->heads[file->head_count++] = head;
    }
    return 0;
}

const struct dwarf_head *dwarf_file_head(const struct dwarf_file *file, uint64_t offset)
{
    size_t low = 0, high = file->head_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->heads[middle].end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == file->head_count || offset < file->heads[low].entries)
        return NULL;
    return &file->heads[low];
}

const struct dwarf_abbrevs *dwarf_file_abbrevs(struct dwarf_file *file, uint64_t offset,
                                               struct dwarf_sizes sizes, uint64_t *cost)
{
    for (size_t i = 0; i < DWARF_TABLES; i++) {
        const struct dwarf_abbrevs *table = &file->tables[i];
        if (table->valid && table->offset == offset && table->sizes.version == sizes.version &&
            table->sizes.address == sizes.address && table->sizes.offset == sizes.offset)
            return table;
    }
    struct dwarf_abbrevs *table = &file->tables[file->next_table++ % DWARF_TABLES];
    int64_t r = dwarf_abbrevs_read(table, &file->sections[DWARF_ABBREV], offset, sizes);
    if (r < 0)
        return NULL;
    *cost += (uint64_t)r;
    return table;
}
