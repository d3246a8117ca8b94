/* SPDX-License-Identifier: MIT */
/* The symbol tables of an ELF file. */
#include <string.h>

#include "base/compress.h"
#include "base/limits.h"
#include "base/radix.h"
#include "resolve/elf/data.h"
#include "resolve/elf/go_table.h"
#include "resolve/elf/table.h"

#define PAGE 4096u

/* How much of names is copied. Linkers let names share their ends, but a million symbols that all
 * bear one long name are no linker's. */
#define TEXT_LEAST (UINT64_C(1) << 20)
#define TEXT_TIMES 4

/* Stands for the start of what is passed over. Where a symbol should begin there, it is looked at
 * anew, so nothing hangs on it. */
#define PASSED_OVER (UINT64_MAX - 1)

/* What the walk over a symbol table needs at hand. */
struct elf_walk {
    const struct elf_file *file;
    struct symbols *symbols;
    struct elf_table table;
    struct keyed *taken; /* symbols whose names are still to be read: where, and which */
    size_t taken_count, taken_capacity;
    uint64_t text_left; /* bytes of names that may still be copied */
    size_t offered;     /* symbols that there were */
    uint64_t start;     /* of the last of them, as it was offered */
    uint64_t *starts;   /* of all of them, by number, when they come for the second time */
    GElf_Phdr *segments;
    size_t segment_count;
    uint64_t *bases;     /* of a module, by section: where its code is loaded */
    uint64_t moved;      /* added to addresses */
    bool kernel;         /* kernel addresses alone */
    bool confined;       /* no symbol reaches beyond its section */
    bool placed;         /* only the code's segment is known, from the mapping */
    GElf_Shdr *sections; /* by number */
    bool *labels;        /* by number: plain labels count there */
    bool marked;         /* names are needed to know what is a mark */
    size_t section_count;
};

static void elf_walk_done(struct elf_walk *walk)
{
    mem_free(walk->segments);
    mem_free(walk->sections);
    mem_free(walk->labels);
    mem_free(walk->bases);
    mem_free(walk->starts);
    mem_free(walk->taken);
    elf_table_done(&walk->table);
}

/* The offsets of a file without code are not those of the file it was cut from, but the mapping
 * told in which page the code lay. */
static void elf_walk_place(const struct elf_file *runtime, GElf_Phdr *segment)
{
    segment->p_offset =
        (runtime->code_offset & ~(uint64_t)(PAGE - 1)) + (segment->p_vaddr & (PAGE - 1));
}

static int elf_walk_segments(struct elf_walk *walk, const struct elf_file *runtime)
{
    size_t count;
    Elf *elf = runtime->elf;
    if (elf_getphdrnum(elf, &count) < 0)
        return 0;
    walk->placed = !runtime->code;
    walk->segments = mem_zalloc(count, sizeof *walk->segments);
    if (!walk->segments)
        return -1;
    for (size_t i = 0; i < count && walk->segment_count < ELF_SEGMENTS; i++) {
        GElf_Phdr *segment = &walk->segments[walk->segment_count];
        if (!gelf_getphdr(elf, (int)i, segment) || segment->p_type != PT_LOAD ||
            (walk->placed && !(segment->p_flags & PF_X)))
            continue;
        if (walk->placed)
            elf_walk_place(runtime, segment);
        walk->segment_count++;
    }
    return 0;
}

/* perf takes labels of sections named like text or data (elf_sec__filter). */
static int elf_walk_sections(struct elf_walk *walk)
{
    size_t count;
    if (elf_getshdrnum(walk->file->elf, &count) < 0)
        return 0;
    walk->sections = mem_zalloc(count, sizeof *walk->sections);
    walk->labels = mem_zalloc(count, sizeof *walk->labels);
    if (!walk->sections || !walk->labels)
        return -1;
    walk->section_count = count;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(walk->file->elf, section));) {
        size_t at = elf_ndxscn(section);
        if (at >= count || !gelf_getshdr(section, &walk->sections[at]))
            continue;
        const char *name = elf_section_name(walk->file, &walk->sections[at]);
        walk->labels[at] = strstr(name, "text") || strstr(name, "data");
    }
    return 0;
}

/* Which symbols perf takes (elf_sym__filter, elf_sym__is_label, dso__load_sym_internal). */
static bool elf_walk_wants(const struct elf_walk *walk, const GElf_Sym *symbol)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    unsigned visibility = GELF_ST_VISIBILITY(symbol->st_other);
    if (symbol->st_name == 0 || symbol->st_name >= walk->table.names.size ||
        symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= walk->section_count ||
        !(walk->sections[symbol->st_shndx].sh_flags & SHF_ALLOC))
        return false;
    if (type == STT_NOTYPE)
        return visibility != STV_HIDDEN && visibility != STV_INTERNAL &&
               walk->labels[symbol->st_shndx];
    return type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_OBJECT;
}

static bool has_marks(const struct elf_file *file)
{
    unsigned machine = file->header.e_machine;
    return machine == EM_ARM || machine == EM_AARCH64 || machine == EM_RISCV;
}

/* "$a", "$d", "$t", "$x", alone or before a dot, mark code and data on ARM. */
static bool elf_walk_mark(struct elf_walk *walk, const GElf_Sym *symbol)
{
    size_t length;
    const char *name = walk->marked ? elf_table_name(&walk->table, symbol->st_name, &length) : NULL;
    return name && name[0] == '$' && name[1] && strchr("adtx", name[1]) &&
           (name[2] == '\0' || name[2] == '.');
}

/* A mark in assembly code, such as construct_stub_create_deopt_addr in a builtin of node. Not in
 * the kernel, where kallsyms knows no sizes and so every mark is a name. */
static bool elf_walk_label(const struct elf_walk *walk, const GElf_Sym *symbol)
{
    return !walk->kernel && !walk->bases && symbol->st_size == 0 &&
           GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE &&
           GELF_ST_BIND(symbol->st_info) == STB_LOCAL;
}

/* The kernel's half of the addresses. */
static bool elf_walk_high(const struct elf_walk *walk, uint64_t address)
{
    return address >> (walk->file->header.e_ident[EI_CLASS] == ELFCLASS32 ? 31 : 63);
}

/* Where a symbol lies: in the file; without segments at its address; in a module from where its
 * code is loaded. False if that cannot be known. */
static bool elf_walk_offset(const struct elf_walk *walk, const GElf_Sym *symbol, uint64_t address,
                            uint64_t *ret_offset)
{
    if (walk->bases) {
        *ret_offset = address + walk->bases[symbol->st_shndx];
        return walk->sections[symbol->st_shndx].sh_flags & SHF_EXECINSTR;
    }
    for (size_t i = 0; i < walk->segment_count; i++) {
        const GElf_Phdr *segment = &walk->segments[i];
        if (address >= segment->p_vaddr && address - segment->p_vaddr < segment->p_memsz) {
            *ret_offset = address - segment->p_vaddr + segment->p_offset;
            return true;
        }
    }
    *ret_offset = address + walk->moved;
    return !walk->placed && (!walk->kernel || elf_walk_high(walk, address));
}

/* Where the section of a symbol ends, counted as its `start`; 0 if that does not matter. Without it
 * a _init, which has no size, would reach over a jump table whose entries have no names: those of a
 * file of debug information, which has none of the code. */
static uint64_t elf_walk_limit(const struct elf_walk *walk, const GElf_Sym *symbol, uint64_t value,
                               uint64_t start)
{
    const GElf_Shdr *section = &walk->sections[symbol->st_shndx];
    uint64_t limit, inside = value - section->sh_addr;
    if (!walk->confined || value < section->sh_addr || inside >= section->sh_size ||
        __builtin_add_overflow(start, section->sh_size - inside, &limit))
        return 0;
    return limit;
}

/* Adds a symbol, whose name is read when all are there. */
static int elf_walk_take(struct elf_walk *walk, const GElf_Sym *from, uint64_t value,
                         uint64_t start, uint64_t end)
{
    unsigned binding = GELF_ST_BIND(from->st_info);
    struct symbol symbol = {
        .start = start,
        .end = end,
        .limit = elf_walk_limit(walk, from, value, start),
        .binding = binding == STB_WEAK     ? SYMBOL_WEAK
                   : binding == STB_GLOBAL ? SYMBOL_GLOBAL
                                           : SYMBOL_LOCAL,
        .label = elf_walk_label(walk, from),
    };
    if (mem_grow(&walk->taken, &walk->taken_capacity, walk->taken_count + 1, sizeof *walk->taken) <
        0)
        return -1;
    walk->taken[walk->taken_count++] =
        (struct keyed){.key = from->st_name, .item = (uint32_t)walk->symbols->count};
    return symbols_add(walk->symbols, &symbol);
}

static int elf_walk_symbol(struct elf_walk *walk, const GElf_Sym *from)
{
    uint64_t value = from->st_value, start, end;
    if (!elf_walk_wants(walk, from) || (walk->marked && elf_walk_mark(walk, from)))
        return 0;
    if (walk->file->header.e_machine == EM_ARM && GELF_ST_TYPE(from->st_info) == STT_FUNC)
        value &= ~UINT64_C(1); /* the bit says Thumb */
    if (!elf_walk_offset(walk, from, value, &start))
        return 0;
    if (__builtin_add_overflow(start, from->st_size, &end))
        end = UINT64_MAX;
    walk->offered++;
    walk->start = start;
    return symbols_takes(walk->symbols, start, end) ? elf_walk_take(walk, from, value, start, end)
                                                    : 0;
}

/* Gives the symbols that were taken their names, by rising offset, and drops those without. */
static int elf_walk_names(struct elf_walk *walk, size_t first)
{
    struct symbols *symbols = walk->symbols;
    if (walk->taken_count == 0)
        return 0;
    CLEANUP(mem_cleanup) struct keyed *spare = mem_alloc(walk->taken_count * sizeof *spare);
    if (!spare)
        return -1;
    const struct keyed *taken = radix_sort(walk->taken, spare, walk->taken_count);
    for (size_t i = 0; i < walk->taken_count; i++) {
        size_t length;
        const char *name = elf_table_name(&walk->table, taken[i].key, &length);
        if (!name || length == 0 || length > walk->text_left)
            continue;
        walk->text_left -= length;
        if (symbols_text(symbols, name, length, &symbols->items[taken[i].item].name) < 0)
            return -1;
    }
    walk->taken_count = 0;
    size_t kept = first;
    for (size_t i = first; i < symbols->count; i++)
        if (symbols->items[i].name)
            symbols->items[kept++] = symbols->items[i];
    symbols->count = kept;
    return 0;
}

/* Gives all symbols, and notes where each begins. */
static int elf_walk_first(struct elf_walk *walk)
{
    bool again = walk->symbols->round == SYMBOLS_NOTE;
    size_t count = walk->table.count;
    GElf_Sym symbol;
    walk->offered = 0;
    if (again && !(walk->starts = mem_alloc(count * sizeof *walk->starts)))
        return -1;
    for (size_t i = 1; i < count; i++) {
        walk->start = PASSED_OVER;
        if (elf_table_symbol(&walk->table, i, &symbol) && elf_walk_symbol(walk, &symbol) < 0)
            return -1;
        if (again)
            walk->starts[i] = walk->start;
    }
    return 0;
}

/* Gives those that will be taken: few of many, for which it is enough to know where they begin. */
static int elf_walk_second(struct elf_walk *walk)
{
    size_t offered = walk->offered;
    GElf_Sym symbol;
    for (size_t i = 1; i < walk->table.count; i++)
        if (symbols_takes(walk->symbols, walk->starts[i], walk->starts[i]) &&
            elf_table_symbol(&walk->table, i, &symbol) && elf_walk_symbol(walk, &symbol) < 0)
            return -1;
    walk->offered = offered;
    return 0;
}

static int elf_walk_table(struct elf_walk *walk, Elf_Scn *section)
{
    size_t first = walk->symbols->count;
    bool again = walk->starts != NULL;
    walk->marked = has_marks(walk->file);
    if (!again && elf_table_open(&walk->table, walk->file, section, walk->marked) < 0)
        return -1;
    walk->text_left = TEXT_LEAST + TEXT_TIMES * walk->table.names.size;
    if ((again ? elf_walk_second(walk) : elf_walk_first(walk)) < 0)
        return -1;
    return elf_walk_names(walk, first);
}

/* .gnu_debugdata is a whole ELF file, compressed, with the symbols that .dynsym has not. NULL
 * without; the image must outlive it. */
static int elf_file_minidebug(const struct elf_file *file, struct buffer *image,
                              struct elf_file **ret_mini)
{
    size_t size = 0;
    const uint8_t *packed = elf_file_bytes(file, ".gnu_debugdata", &size);
    int r = packed ? compress_expand(image, packed, size, LIMIT_EXPANDED_BYTES) : 1;
    if (r)
        return r < 0 ? -1 : 0;
    return elf_file_image(ret_mini, image->data, image->size);
}

uint64_t elf_file_relocated(const struct elf_file *file, uint64_t address)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_file_section(file, ".rela.dyn", &header);
    Elf_Data *data = section && header.sh_type == SHT_RELA ? elf_getdata(section, NULL) : NULL;
    GElf_Rela relocation;
    for (int i = 0; data && gelf_getrela(data, i, &relocation); i++)
        if (relocation.r_offset == address)
            return (uint64_t)relocation.r_addend;
    return 0;
}

/* Opens Go's table in a section, at its beginning or, where linkers have merged it with other
 * data, wherever it begins. */
static bool elf_section_go_table(const struct elf_file *file, const char *name, bool anywhere,
                                 struct go_table *ret_table)
{
    GElf_Shdr header;
    size_t size = 0;
    const uint8_t *bytes = elf_file_bytes(file, name, &size);
    if (!bytes || !elf_file_section(file, name, &header))
        return false;
    for (size_t at = 0; at == 0 || (anywhere && at < size); at += 8) {
        if (!go_table_open(ret_table, bytes + at, size - at, elf_file_swap(file)))
            continue;
        ret_table->address = header.sh_addr + at;
        if (ret_table->text_at && !ret_table->text)
            ret_table->text = elf_file_relocated(file, header.sh_addr + at + ret_table->text_at);
        if (ret_table->text_at && !ret_table->text && elf_file_section(file, ".text", &header))
            ret_table->text = header.sh_addr;
        return true;
    }
    return false;
}

bool elf_file_go_table(const struct elf_file *file, struct go_table *ret_table)
{
    return elf_section_go_table(file, ".gopclntab", false, ret_table) ||
           elf_section_go_table(file, ".data.rel.ro.gopclntab", false, ret_table) ||
           elf_section_go_table(file, ".data.rel.ro", true, ret_table);
}

/* Adds a function of Go's table that is taken. */
static int elf_walk_function(struct elf_walk *walk, const struct go_table *table, uint64_t number,
                             struct symbol *symbol)
{
    size_t length = 0;
    const char *name = walk->text_left ? go_table_name(table, number, &length) : NULL;
    if (!name)
        return 0;
    if (length > walk->text_left) {
        walk->text_left = 0;
        return 0;
    }
    walk->text_left -= length;
    if (symbols_text(walk->symbols, name, length, &symbol->name) < 0)
        return -1;
    return symbols_add(walk->symbols, symbol);
}

/* Returns 1 if the file has Go's table, whose functions are added, else 0, or -1. */
static int elf_file_go(const struct elf_file *file, struct symbols *symbols)
{
    CLEANUP(elf_walk_done) struct elf_walk walk = {.file = file, .symbols = symbols};
    struct go_table table;
    int any = 0;
    if (!elf_file_go_table(file, &table))
        return 0;
    if (elf_walk_segments(&walk, file) < 0)
        return -1;
    walk.text_left = TEXT_LEAST + TEXT_TIMES * table.size;
    for (uint64_t i = 0, count = go_table_count(&table); i < count; i++) {
        struct symbol symbol = {.binding = SYMBOL_GLOBAL};
        uint64_t start, end;
        if (!go_table_range(&table, i, &start, &end) ||
            !elf_walk_offset(&walk, NULL, start, &symbol.start) ||
            __builtin_add_overflow(symbol.start, end - start, &symbol.end))
            continue;
        any = 1;
        if (symbols_takes(symbols, symbol.start, symbol.end) &&
            elf_walk_function(&walk, &table, i, &symbol) < 0)
            return -1;
    }
    return any;
}

/* The tables of a file: its own, and that of its .gnu_debugdata. */
struct elf_offer {
    struct elf_file *file, *runtime;
    struct elf_walk own, mini;
    enum elf_tables tables;
};

static void elf_offer_done(struct elf_offer *offer)
{
    elf_walk_done(&offer->own);
    elf_walk_done(&offer->mini);
}

/* Begins to walk over the table of a file, if there is one. */
static int elf_offer_walk(const struct elf_offer *offer, const struct elf_file *file,
                          struct symbols *symbols, struct elf_walk *walk)
{
    *walk = (struct elf_walk){
        .file = file, .symbols = symbols, .confined = offer->tables == ELF_ALL_TABLES};
    return elf_walk_segments(walk, offer->runtime) < 0 || elf_walk_sections(walk) < 0 ? -1 : 0;
}

/* Returns 1 if there is more than a .dynsym, else 0, or -1. */
static int elf_file_offer(struct elf_offer *offer, struct symbols *symbols)
{
    struct elf_file *file = offer->file;
    Elf_Scn *table = file->symtab ? file->symtab : file->dynsym;
    int rich = file->symtab != NULL;
    if (table && elf_walk_table(&offer->own, table) < 0)
        return -1;
    if (!rich && offer->mini.file) {
        if (elf_walk_table(&offer->mini, offer->mini.file->symtab) < 0)
            return -1;
        rich = offer->mini.offered > 0;
    }
    if (!rich && offer->tables == ELF_ALL_TABLES && (rich = elf_file_go(file, symbols)) < 0)
        return -1;
    return elf_file_plt(offer->runtime, file, offer->tables, symbols) < 0 ? -1 : rich;
}

int elf_file_symbols(struct elf_file *file, struct elf_file *runtime, enum elf_tables tables,
                     struct symbols *symbols, bool *ret_rich)
{
    CLEANUP(buffer_done) struct buffer image = {0};
    CLEANUP(elf_file_cleanup) struct elf_file *mini = NULL; /* it lies in the image */
    CLEANUP(elf_offer_done)
    struct elf_offer offer = {.file = file, .runtime = runtime, .tables = tables};
    symbols->mangled = true;
    if (!file->symtab && tables == ELF_ALL_TABLES && elf_file_minidebug(file, &image, &mini) < 0)
        return -1;
    if (elf_offer_walk(&offer, file, symbols, &offer.own) < 0 ||
        (mini && mini->symtab && elf_offer_walk(&offer, mini, symbols, &offer.mini) < 0))
        return -1;
    do {
        int rich = elf_file_offer(&offer, symbols);
        if (rich < 0)
            return -1;
        *ret_rich = rich;
    } while (symbols_again(symbols));
    return symbols_finish(symbols);
}

/* Gives the file's .symtab, as often as the symbols ask for it. */
static int elf_walk_symtab(struct elf_walk *walk)
{
    do {
        if (elf_walk_table(walk, walk->file->symtab) < 0)
            return -1;
    } while (symbols_again(walk->symbols));
    return symbols_finish(walk->symbols);
}

int elf_file_addresses(struct elf_file *file, uint64_t moved, struct symbols *symbols)
{
    CLEANUP(elf_walk_done)
    struct elf_walk walk = {.file = file, .symbols = symbols, .moved = moved, .kernel = true};
    if (!file->symtab)
        return 0;
    if (elf_walk_sections(&walk) < 0)
        return -1;
    return elf_walk_symtab(&walk);
}

bool elf_file_symbol_value(const struct elf_file *file, const char *name, uint64_t *ret_value)
{
    CLEANUP(elf_table_done) struct elf_table table = {0};
    GElf_Sym symbol;
    size_t length;
    if (!file->symtab || elf_table_open(&table, file, file->symtab, true) < 0)
        return false;
    for (size_t i = 1; i < table.count && elf_table_symbol(&table, i, &symbol); i++) {
        if (symbol.st_shndx == SHN_UNDEF)
            continue;
        const char *text = elf_table_name(&table, symbol.st_name, &length);
        if (text && length == strlen(name) && memcmp(text, name, length) == 0) {
            *ret_value = symbol.st_value;
            return true;
        }
    }
    return false;
}

/* The kernel lays the sections of a module's code out one behind the other, as they come in the
 * file; what is for loading alone goes elsewhere (kernel/module/main.c: layout_sections). */
static int elf_walk_bases(struct elf_walk *walk)
{
    uint64_t at = 0;
    walk->bases = mem_zalloc(walk->section_count, sizeof *walk->bases);
    if (!walk->bases)
        return -1;
    for (size_t i = 0; i < walk->section_count; i++) {
        GElf_Shdr *section = &walk->sections[i];
        bool init = strncmp(elf_section_name(walk->file, section), ".init", 5) == 0;
        if (!(section->sh_flags & SHF_ALLOC) || !(section->sh_flags & SHF_EXECINSTR) || init) {
            section->sh_flags &= ~(GElf_Xword)SHF_EXECINSTR;
            continue;
        }
        uint64_t align = section->sh_addralign ? section->sh_addralign : 1;
        if (align > UINT32_MAX || section->sh_size > UINT32_MAX)
            return 0;
        at += (align - at % align) % align;
        walk->bases[i] = at;
        at += section->sh_size;
    }
    return 0;
}

int elf_file_module(struct elf_file *file, struct symbols *symbols)
{
    CLEANUP(elf_walk_done) struct elf_walk walk = {.file = file, .symbols = symbols};
    if (!file->symtab || file->header.e_type != ET_REL)
        return 0;
    if (elf_walk_sections(&walk) < 0 || elf_walk_bases(&walk) < 0)
        return -1;
    return elf_walk_symtab(&walk);
}
