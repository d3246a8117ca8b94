/* SPDX-License-Identifier: MIT */
/* The jump tables of an ELF file: "NAME@plt". */
#include <string.h>

#include "base/limits.h"
#include "resolve/elf_data.h"

/* The jump table's entries follow a header, in the order of its relocations. What perf 6.1 takes
 * for the sizes (dso__synthesize_plt_symbols). */
static uint64_t plt_header_size(const struct elf_file *file, uint64_t *entry_size)
{
    switch (file->header.e_machine) {
    case EM_ARM: *entry_size = 12; return 20;
    case EM_AARCH64: *entry_size = 16; return 32;
    default: return *entry_size;
    }
}

static int plt_add(struct symbols *symbols, const char *name, uint64_t start, uint64_t size)
{
    struct symbol symbol = {.start = start, .end = start + size, .binding = SYMBOL_GLOBAL};
    uint32_t rest; /* lands behind the name, where its NUL was */
    if (symbols_text(symbols, name, strnlen(name, LIMIT_NAME_BYTES), &symbol.name) < 0)
        return -1;
    symbols->names_size--;
    if (symbols_text(symbols, "@plt", 4, &rest) < 0)
        return -1;
    return symbols_add(symbols, &symbol);
}

/* The number of the dynamic symbol of relocation `i`; false behind the last. */
static bool plt_relocation(Elf_Data *data, const GElf_Shdr *header, size_t i, size_t *ret_symbol)
{
    GElf_Rela with_addend;
    GElf_Rel plain;
    if (i > INT32_MAX)
        return false;
    if (header->sh_type == SHT_RELA && gelf_getrela(data, (int)i, &with_addend))
        *ret_symbol = GELF_R_SYM(with_addend.r_info);
    else if (header->sh_type == SHT_REL && gelf_getrel(data, (int)i, &plain))
        *ret_symbol = GELF_R_SYM(plain.r_info);
    else
        return false;
    return true;
}

int elf_file_plt(const struct elf_file *file, struct symbols *symbols)
{
    GElf_Shdr plt, relocations, table;
    Elf_Scn *section = elf_file_section(file, ".rela.plt", &relocations);
    if (!section)
        section = elf_file_section(file, ".rel.plt", &relocations);
    if (!section || !file->dynsym || !elf_file_section(file, ".plt", &plt) ||
        relocations.sh_link != elf_ndxscn(file->dynsym) || !gelf_getshdr(file->dynsym, &table))
        return 0;
    Elf_Data *data = elf_getdata(section, NULL), *names = elf_getdata(file->dynsym, NULL);
    if (!data || !names)
        return 0;
    uint64_t size = plt.sh_entsize, at = plt.sh_offset + plt_header_size(file, &size);
    size_t number;
    for (size_t i = 0; plt_relocation(data, &relocations, i, &number); i++, at += size) {
        GElf_Sym symbol;
        const char *name = NULL;
        if (number <= INT32_MAX && gelf_getsym(names, (int)number, &symbol))
            name = elf_strptr(file->elf, table.sh_link, symbol.st_name);
        if (size && at >= plt.sh_offset && at - plt.sh_offset < plt.sh_size &&
            plt_add(symbols, name ? name : "", at, size) < 0)
            return -1;
    }
    return 0;
}
