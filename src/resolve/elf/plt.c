/* SPDX-License-Identifier: MIT */
/* The jump tables of an ELF file: "NAME@plt". */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "resolve/elf/got.h"
#include "resolve/elf/table.h"

/* How long an entry is: the section's header may not tell, where lld has linked. */
static uint64_t plt_entry_size(const struct elf_file *file, const GElf_Shdr *plt)
{
    switch (file->header.e_machine) {
    case EM_386:
    case EM_X86_64: return plt->sh_entsize ? plt->sh_entsize : 16;
    case EM_ARM: return 12;
    case EM_AARCH64:
    case EM_RISCV: return 16;
    default: return plt->sh_entsize;
    }
}

/* The jump table's entries follow a header. What perf 6.1 takes for the sizes
 * (dso__synthesize_plt_symbols), but of RISC-V, which it does not know (the psABI's "Program
 * Linkage Table"). */
static uint64_t plt_header_size(const struct elf_file *file, uint64_t entry_size)
{
    switch (file->header.e_machine) {
    case EM_ARM: return 20;
    case EM_AARCH64:
    case EM_RISCV: return 32;
    default: return entry_size;
    }
}

/* Whether anything is to be said of a jump table. perf lets a symbol without a size reach up to the
 * next one, which may be one of these. */
static bool plt_matters(const struct elf_file *file, const char *name, enum elf_tables tables,
                        const struct symbols *symbols)
{
    GElf_Shdr plt;
    uint64_t end;
    if (!elf_file_section(file, name, &plt))
        return false;
    uint64_t entry = plt_entry_size(file, &plt), header = plt_header_size(file, entry);
    if (__builtin_add_overflow(plt.sh_offset, plt.sh_size, &end) ||
        __builtin_add_overflow(end, header > entry ? header : entry, &end))
        end = UINT64_MAX; /* the last entry may lie half outside, where it is damaged */
    return tables == ELF_PERFS_TABLES || symbols_wants(symbols, plt.sh_offset, end);
}

/* Adds an entry under the name of the function that it leads to. */
static int plt_add_name(struct symbols *symbols, uint64_t start, uint64_t size, const char *name,
                        size_t length)
{
    struct symbol symbol = {.start = start, .end = start + size, .binding = SYMBOL_GLOBAL};
    uint32_t rest; /* lands behind the name, where its NUL was */
    if (symbols_text(symbols, name, length, &symbol.name) < 0)
        return -1;
    symbols->names_size--;
    if (symbols_text(symbols, "@plt", 4, &rest) < 0)
        return -1;
    return symbols_add(symbols, &symbol);
}

/* Adds an entry that is wanted, by the name of a symbol of the table. Without a name it is shown as
 * "@plt", as perf does, if `unnamed`. */
static int plt_add(struct symbols *symbols, struct elf_table *table, size_t number, bool unnamed,
                   uint64_t start, uint64_t size)
{
    GElf_Sym dynamic;
    const char *name = NULL;
    size_t length = 0;
    if (!symbols_takes(symbols, start, start + size))
        return 0;
    if (elf_table_symbol(table, number, &dynamic))
        name = elf_table_name(table, dynamic.st_name, &length);
    if (!unnamed && (!name || length == 0))
        return 0;
    return plt_add_name(symbols, start, size, name ? name : "", length);
}

/* The table that fills itself in as functions are first called: its entries are in the order of the
 * words that they jump through. perf 6.1 takes that of the relocations, which is another one where
 * functions of the file itself are chosen as it is loaded (R_X86_64_IRELATIVE, listed last). */
static int plt_lazy(const struct elf_file *file, struct elf_table *table, enum elf_tables tables,
                    struct symbols *symbols)
{
    CLEANUP(got_done) struct got got = {0};
    GElf_Shdr plt;
    if (!elf_file_section(file, ".plt", &plt))
        return 0;
    if (got_add_all(&got, file, ".rela.plt") < 0 ||
        (!got.count && got_add_all(&got, file, ".rel.plt") < 0))
        return -1;
    if (tables == ELF_ALL_TABLES)
        got_sort(&got);
    uint64_t size = plt_entry_size(file, &plt), at = plt.sh_offset + plt_header_size(file, size);
    for (size_t i = 0; i < got.count; i++, at += size) {
        size_t number = got.items[i].symbol;
        if (number == 0 && tables == ELF_ALL_TABLES)
            continue;
        if (size && at >= plt.sh_offset && at - plt.sh_offset < plt.sh_size &&
            plt_add(symbols, table, number, true, at, size) < 0)
            return -1;
    }
    return 0;
}

/* The word that an entry of a jump table, whose bytes these are, jumps through; 0 if it is none.
 * "jmp *disp(%rip)" on x86-64; "jmp *address" or "jmp *disp(%ebx)" on i386, where %ebx holds the
 * global offset table. Other instructions may stand before it. */
static uint64_t entry_target(const struct elf_file *file, const uint8_t *bytes, size_t size,
                             uint64_t address, uint64_t table)
{
    for (size_t i = 0; i + 6 <= size; i++) {
        struct cursor c = cursor_of(bytes + i + 2, 4, elf_file_swap(file));
        uint32_t operand = cursor_u32(&c);
        if (bytes[i] != 0xff)
            continue;
        if (file->header.e_machine == EM_X86_64 && bytes[i + 1] == 0x25)
            return address + i + 6 + (uint64_t)(int32_t)operand;
        if (file->header.e_machine == EM_386 && bytes[i + 1] == 0x25)
            return operand;
        if (file->header.e_machine == EM_386 && bytes[i + 1] == 0xa3)
            return (uint32_t)(table + operand);
    }
    return 0;
}

/* What names the words of jump tables: the table of dynamic symbols; or, by their addresses, the
 * symbols that stand for functions to be chosen (STT_GNU_IFUNC), which are read when they are
 * asked for. */
struct plt_names {
    struct elf_table *dynamic; /* NULL: the others */
    const struct elf_file *file;
    bool read;
    struct symbols choosers;
};

static void plt_names_done(struct plt_names *names)
{
    symbols_done(&names->choosers);
}

static int choosers_read(struct plt_names *names)
{
    CLEANUP(elf_table_done) struct elf_table table = {0};
    const struct elf_file *file = names->file;
    Elf_Scn *section = file->symtab ? file->symtab : file->dynsym;
    GElf_Sym symbol;
    size_t length;
    names->read = true;
    if (elf_table_open(&table, file, section, true) < 0)
        return -1;
    uint64_t left = table.names.size; /* names overlap at their ends, if at all */
    for (size_t i = 1; i < table.count && elf_table_symbol(&table, i, &symbol); i++) {
        unsigned binding = GELF_ST_BIND(symbol.st_info);
        struct symbol chooser = {.start = symbol.st_value,
                                 .end = symbol.st_value + 1,
                                 .binding = binding == STB_WEAK     ? SYMBOL_WEAK
                                            : binding == STB_GLOBAL ? SYMBOL_GLOBAL
                                                                    : SYMBOL_LOCAL};
        if (GELF_ST_TYPE(symbol.st_info) != STT_GNU_IFUNC || symbol.st_shndx == SHN_UNDEF)
            continue;
        const char *name = elf_table_name(&table, symbol.st_name, &length);
        if (!name || length == 0 || length > left)
            continue;
        left -= length;
        if (symbols_text(&names->choosers, name, length, &chooser.name) < 0 ||
            symbols_add(&names->choosers, &chooser) < 0)
            return -1;
    }
    return symbols_finish(&names->choosers);
}

/* Adds an entry that jumps to what a function chooses. Where that has no symbol it is called as
 * objdump calls it. */
static int plt_add_chosen(struct plt_names *names, uint64_t address, uint64_t start, uint64_t size,
                          struct symbols *symbols)
{
    char unnamed[32];
    if (!symbols_takes(symbols, start, start + size))
        return 0;
    if (!names->read && choosers_read(names) < 0)
        return -1;
    const struct symbol *chooser = symbols_find(&names->choosers, address);
    snprintf(unnamed, sizeof unnamed, "*ABS*+0x%" PRIx64, address);
    const char *name = chooser ? symbols_name(&names->choosers, chooser) : unnamed;
    size_t length = strcspn(name, "@"); /* "memcpy@@GLIBC_2.14": dynamic symbols bear no version */
    return plt_add_name(symbols, start, size, name, length);
}

static int plt_add_word(struct plt_names *names, const struct got_entry *word, uint64_t start,
                        uint64_t size, struct symbols *symbols)
{
    return names->dynamic ? plt_add(symbols, names->dynamic, word->symbol, false, start, size)
                          : plt_add_chosen(names, word->chooser, start, size, symbols);
}

/* A table whose entries jump through words that the loader has filled in: each says by its own
 * code which word that is. perf 6.1 does not read these.
 *
 *     struct plt_direct plt = plt_direct(file, name);
 *     while (plt_next(&plt)) */
struct plt_direct {
    const struct elf_file *file;
    const uint8_t *bytes;
    uint64_t section, address, got, step, size;
    uint64_t next;        /* how far it was read */
    uint64_t start, word; /* of an entry: its offset in the file, and the word's address */
};

/* How long an entry is. Neither ld, for static programs, nor lld always tell it; then a short one
 * is known by the two bytes that fill it up behind its jump: xchg %ax,%ax. */
static uint64_t plt_step(const GElf_Shdr *header, const uint8_t *bytes, size_t size)
{
    if (header->sh_entsize == 8 || header->sh_entsize == 16)
        return header->sh_entsize;
    return size >= 8 && bytes[6] == 0x66 && bytes[7] == 0x90 ? 8 : 16;
}

static struct plt_direct plt_direct(const struct elf_file *file, const char *section_name)
{
    struct plt_direct plt = {.file = file};
    GElf_Shdr header, offsets = {0};
    size_t size = 0;
    plt.bytes = elf_file_bytes(file, section_name, &size);
    if (!plt.bytes || !elf_file_section(file, section_name, &header))
        return plt;
    if (!elf_file_section(file, ".got.plt", &offsets))
        (void)elf_file_section(file, ".got", &offsets);
    plt.section = header.sh_offset;
    plt.address = header.sh_addr;
    plt.got = offsets.sh_addr;
    plt.step = plt_step(&header, plt.bytes, size);
    plt.size = size;
    return plt;
}

static bool plt_next(struct plt_direct *plt)
{
    uint64_t at = plt->next;
    if (plt->size - at < plt->step || plt->step == 0)
        return false;
    plt->start = plt->section + at;
    plt->word = entry_target(plt->file, plt->bytes + at, plt->step, plt->address + at, plt->got);
    plt->next += plt->step;
    return true;
}

/* Adds the words of wanted entries, which are still to be named: of a large library's thousands,
 * most are nobody's business. */
static int plt_add_wanted(const struct elf_file *file, const char *section_name, struct got *got,
                          const struct symbols *symbols)
{
    struct plt_direct plt = plt_direct(file, section_name);
    while (plt_next(&plt))
        if (symbols_wants(symbols, plt.start, plt.start + plt.step) &&
            got_add(got, (struct got_entry){.address = plt.word}) < 0)
            return -1;
    return 0;
}

static int plt_add_direct(const struct elf_file *file, const char *section_name,
                          const struct got *got, struct plt_names *names, struct symbols *symbols)
{
    struct plt_direct plt = plt_direct(file, section_name);
    while (plt_next(&plt)) {
        const struct got_entry *found = got_find(got, plt.word);
        if (found && (found->symbol || found->chooser) &&
            plt_add_word(names, found, plt.start, plt.step, symbols) < 0)
            return -1;
    }
    return 0;
}

/* The tables of functions that the file's loader binds. */
static int plt_bound(const struct elf_file *file, enum elf_tables tables, struct symbols *symbols)
{
    static const char *const relocations[] = {".rela.plt", ".rel.plt", ".rela.dyn", ".rel.dyn"};
    static const char *const direct[] = {".plt.sec", ".plt.got", ".plt.bnd"};
    CLEANUP(elf_table_done) struct elf_table table = {0};
    CLEANUP(got_done) struct got got = {0};
    struct plt_names names = {.dynamic = &table};
    bool lazy = plt_matters(file, ".plt", tables, symbols), any = false;
    for (size_t i = 0; i < sizeof direct / sizeof *direct; i++)
        any |= plt_matters(file, direct[i], tables, symbols);
    if (!lazy && !any)
        return 0;
    if (elf_table_open(&table, file, file->dynsym, false) < 0 ||
        (lazy && plt_lazy(file, &table, tables, symbols) < 0))
        return -1;
    if (!any || (file->header.e_machine != EM_X86_64 && file->header.e_machine != EM_386))
        return 0;
    for (size_t i = 0; i < sizeof direct / sizeof *direct; i++)
        if (plt_add_wanted(file, direct[i], &got, symbols) < 0)
            return -1;
    got_sort(&got);
    for (size_t i = 0; i < sizeof relocations / sizeof *relocations; i++)
        got_name(&got, file, relocations[i]);
    for (size_t i = 0; i < sizeof direct / sizeof *direct; i++)
        if (plt_add_direct(file, direct[i], &got, &names, symbols) < 0)
            return -1;
    return 0;
}

/* The entries of functions that are chosen as the program is loaded, such as strlen by what the
 * processor can do: in the C library, in static programs, and some elsewhere. perf names them since
 * 6.3. ld and gold list them in .rela.plt, lld, which has a table of their own for them, among all
 * other relocations. */
static int plt_chosen(const struct elf_file *file, const struct elf_file *named,
                      struct symbols *symbols)
{
    static const char *const direct[] = {".plt", ".iplt", ".plt.sec", ".plt.got", ".plt.bnd"};
    CLEANUP(got_done) struct got got = {0};
    CLEANUP(plt_names_done) struct plt_names names = {.file = named};
    GElf_Shdr header;
    bool any = false;
    for (size_t i = 0; i < sizeof direct / sizeof *direct; i++)
        any |= plt_matters(file, direct[i], ELF_ALL_TABLES, symbols);
    if (!any || file->header.e_machine != EM_X86_64 || !(named->symtab || named->dynsym))
        return 0;
    bool apart = elf_file_section(file, ".iplt", &header) != NULL;
    if (got_add_chosen(&got, file, ".rela.plt") < 0 ||
        (apart && got_add_chosen(&got, file, ".rela.dyn") < 0))
        return -1;
    got_sort(&got);
    for (size_t i = 0; i < sizeof direct / sizeof *direct && got.count; i++)
        if (plt_add_direct(file, direct[i], &got, &names, symbols) < 0)
            return -1;
    return 0;
}

int elf_file_plt(const struct elf_file *file, const struct elf_file *named, enum elf_tables tables,
                 struct symbols *symbols)
{
    if (file->dynsym && plt_bound(file, tables, symbols) < 0)
        return -1;
    return tables == ELF_ALL_TABLES ? plt_chosen(file, named, symbols) : 0;
}
