/* SPDX-License-Identifier: MIT */
/* Where a Go program keeps what its tables refer to: runtime.moduledata, which strip leaves as it
 * is but without a name. It is known by its first words, which lead to the table of functions and
 * to the names in it:
 *
 *     pcHeader, funcnametab (address, length, capacity), cutab, ..., rodata, gofunc, ...
 *
 * The order of the fields is that of runtime/symtab.go. */
#include <string.h>

#include "base/cursor.h"
#include "resolve/elf/data.h"
#include "resolve/elf/go_inline.h"

/* Which word gofunc is: Go 1.20 put two more before it. */
#define GOFUNC_1_18 38
#define GOFUNC_1_20 40

/* Reading more than the tables, over and over, makes no honest chain. */
#define BUDGET_TIMES 16
#define BUDGET_LEAST (UINT64_C(1) << 24)

/* Relocations that lead to the table of functions: an honest program has one or two. */
#define CANDIDATES_MOST 16

/* A section's bytes, and where the program finds them. */
struct go_section {
    const uint8_t *data;
    size_t size;
    uint64_t address;
};

static bool section_open(struct go_section *ret_section, Elf_Scn *section)
{
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header) || header.sh_type != SHT_PROGBITS ||
        !(header.sh_flags & SHF_ALLOC) || header.sh_flags & SHF_EXECINSTR)
        return false;
    Elf_Data *data = elf_rawdata(section, NULL);
    if (!data || !data->d_buf)
        return false;
    *ret_section = (struct go_section){data->d_buf, data->d_size, header.sh_addr};
    return true;
}

/* The word at an offset of a section; 0 behind its end. */
static uint64_t section_word(const struct go_section *section, const struct go_table *table,
                             uint64_t at)
{
    if (at > section->size)
        return 0;
    struct cursor c = cursor_of(section->data + at, section->size - (size_t)at, table->swap);
    uint64_t word = table->pointer == 8 ? cursor_u64(&c) : cursor_u32(&c);
    return c.failed ? 0 : word;
}

/* Finds the module in the data of a program that is loaded where it was linked. */
static uint64_t module_in_section(const struct go_section *section, const struct go_table *table,
                                  unsigned gofunc)
{
    for (uint64_t at = 0; at + table->pointer <= section->size; at += table->pointer)
        if (section_word(section, table, at) == table->address &&
            section_word(section, table, at + table->pointer) == table->address + table->names)
            return section_word(section, table, at + (uint64_t)gofunc * table->pointer);
    return 0;
}

/* The same where pointers are filled in by the loader: the addresses stand in relocations. */
static uint64_t module_in_relocations(const struct elf_file *file, const struct go_table *table,
                                      unsigned gofunc)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_file_section(file, ".rela.dyn", &header);
    Elf_Data *data = section && header.sh_type == SHT_RELA ? elf_getdata(section, NULL) : NULL;
    GElf_Rela relocation;
    unsigned candidates = 0;
    for (int i = 0; data && candidates < CANDIDATES_MOST && gelf_getrela(data, i, &relocation);
         i++) {
        if ((uint64_t)relocation.r_addend != table->address)
            continue;
        candidates++;
        uint64_t module = relocation.r_offset, pointer = table->pointer;
        if (elf_file_relocated(file, module + pointer) == table->address + table->names)
            return elf_file_relocated(file, module + gofunc * pointer);
    }
    return 0;
}

static uint64_t module_find(const struct elf_file *file, const struct go_table *table,
                            unsigned gofunc)
{
    struct go_section section;
    uint64_t found = 0;
    for (Elf_Scn *next = NULL; !found && (next = elf_nextscn(file->elf, next));)
        if (section_open(&section, next))
            found = module_in_section(&section, table, gofunc);
    return found ? found : module_in_relocations(file, table, gofunc);
}

/* Takes the section that holds an address. */
static bool inlines_section(struct go_inlines *inlines, const struct elf_file *file,
                            uint64_t address)
{
    struct go_section section;
    for (Elf_Scn *next = NULL; (next = elf_nextscn(file->elf, next));) {
        if (!section_open(&section, next) || address < section.address ||
            address - section.address >= section.size)
            continue;
        inlines->data = section.data;
        inlines->size = section.size;
        inlines->functions = address - section.address;
        return true;
    }
    return false;
}

bool go_inlines_open(struct go_inlines *ret_inlines, const struct elf_file *file)
{
    struct go_inlines inlines = {0};
    GElf_Shdr header;
    if ((!elf_file_section(file, ".gopclntab", &header) &&
         !elf_file_section(file, ".go.buildinfo", &header)) ||
        !elf_file_go_table(file, &inlines.table) ||
        !go_table_parts(&inlines.table, &inlines.has_start_line, &inlines.files, &inlines.paths,
                        &inlines.positions))
        return false;
    uint64_t gofunc =
        module_find(file, &inlines.table, inlines.has_start_line ? GOFUNC_1_20 : GOFUNC_1_18);
    if (!gofunc || !inlines_section(&inlines, file, gofunc))
        return false;
    inlines.budget = BUDGET_LEAST + BUDGET_TIMES * (uint64_t)inlines.table.size;
    *ret_inlines = inlines;
    return true;
}
