/* SPDX-License-Identifier: MIT */
#include "resolve/elf_file.h"

#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

struct elf_file {
    Elf *elf;
    int fd; /* -1: an image */
    GElf_Ehdr header;
    Elf_Scn *symtab, *dynsym;
    struct build_id build_id;
    struct elf_file_stat stat;
};

void elf_file_free(struct elf_file *file)
{
    if (!file)
        return;
    if (file->elf)
        elf_end(file->elf);
    if (file->fd >= 0)
        close(file->fd);
    mem_free(file);
}

/* The name of a section; "" where it has none. */
static const char *section_name(const struct elf_file *file, const GElf_Shdr *section)
{
    size_t names;
    if (elf_getshdrstrndx(file->elf, &names) < 0)
        return "";
    const char *name = elf_strptr(file->elf, names, section->sh_name);
    return name ? name : "";
}

static void elf_file_note(struct elf_file *file, Elf_Scn *section)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    bool swap = file->header.e_ident[EI_DATA] !=
                (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB);
    if (data && data->d_buf && !file->build_id.size)
        (void)build_id_from_notes(&file->build_id, data->d_buf, data->d_size, swap);
}

static void elf_file_sections(struct elf_file *file)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section));) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            continue;
        if (header.sh_type == SHT_SYMTAB && !file->symtab)
            file->symtab = section;
        else if (header.sh_type == SHT_DYNSYM && !file->dynsym)
            file->dynsym = section;
        else if (header.sh_type == SHT_NOTE)
            elf_file_note(file, section);
    }
}

/* Takes over elf and fd. */
static int elf_file_new(struct elf_file **ret_file, Elf *elf, int fd)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = mem_zalloc(1, sizeof *file);
    if (!file) {
        elf_end(elf);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    file->elf = elf;
    file->fd = fd;
    *ret_file = NULL;
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &file->header))
        return 0;
    elf_file_sections(file);
    *ret_file = MEM_TAKE(file);
    return 0;
}

int elf_file_open(struct elf_file **ret_file, const char *path)
{
    *ret_file = NULL;
    elf_version(EV_CURRENT);
    /* Whatever the path leads to: a FIFO must not make us wait. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0)
        return 0;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return 0;
    }
    struct elf_file *file = NULL;
    if (elf_file_new(&file, elf_begin(fd, ELF_C_READ, NULL), fd) < 0)
        return -1;
    if (file)
        file->stat = (struct elf_file_stat){st.st_mtime, st.st_ctime, st.st_ino};
    *ret_file = file;
    return 0;
}

int elf_file_image(struct elf_file **ret_file, const void *image, size_t size)
{
    elf_version(EV_CURRENT);
    return elf_file_new(ret_file, elf_memory((char *)(uintptr_t)image, size), -1);
}

struct build_id elf_file_build_id(const struct elf_file *file)
{
    return file->build_id;
}

bool elf_file_has_symtab(const struct elf_file *file)
{
    return file->symtab != NULL;
}

struct elf_file_stat elf_file_stat(const struct elf_file *file)
{
    return file->stat;
}

/* What the walk over a symbol table needs at hand. */
struct elf_walk {
    const struct elf_file *file;
    struct symbols *symbols;
    size_t names; /* number of the string section */
    GElf_Phdr *segments;
    size_t segment_count;
    GElf_Shdr *sections; /* by number */
    bool *labels;        /* by number: plain labels count there */
    size_t section_count;
};

static void elf_walk_done(struct elf_walk *walk)
{
    mem_free(walk->segments);
    mem_free(walk->sections);
    mem_free(walk->labels);
}

static int elf_walk_segments(struct elf_walk *walk, Elf *elf)
{
    size_t count;
    if (elf_getphdrnum(elf, &count) < 0)
        return 0;
    walk->segments = mem_zalloc(count, sizeof *walk->segments);
    if (!walk->segments)
        return -1;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr *segment = &walk->segments[walk->segment_count];
        if (gelf_getphdr(elf, (int)i, segment) && segment->p_type == PT_LOAD)
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
        const char *name = section_name(walk->file, &walk->sections[at]);
        walk->labels[at] = strstr(name, "text") || strstr(name, "data");
    }
    return 0;
}

/* Which symbols perf takes (elf_sym__filter, elf_sym__is_label, dso__load_sym_internal). */
static bool elf_walk_wants(const struct elf_walk *walk, const GElf_Sym *symbol)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    unsigned visibility = GELF_ST_VISIBILITY(symbol->st_other);
    if (symbol->st_name == 0 || symbol->st_shndx == SHN_UNDEF ||
        symbol->st_shndx >= walk->section_count ||
        !(walk->sections[symbol->st_shndx].sh_flags & SHF_ALLOC))
        return false;
    if (type == STT_NOTYPE)
        return visibility != STV_HIDDEN && visibility != STV_INTERNAL &&
               walk->labels[symbol->st_shndx];
    return type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_OBJECT;
}

/* "$a", "$d", "$t", "$x", alone or before a dot, mark code and data on ARM. */
static bool elf_walk_mark(const struct elf_walk *walk, const char *name)
{
    unsigned machine = walk->file->header.e_machine;
    if (name[0] != '$' || (machine != EM_ARM && machine != EM_AARCH64 && machine != EM_RISCV))
        return false;
    return name[1] && strchr("adtx", name[1]) && (name[2] == '\0' || name[2] == '.');
}

/* Where an address of the image lies in the file; the address itself if in no segment. */
static uint64_t elf_walk_offset(const struct elf_walk *walk, uint64_t address)
{
    for (size_t i = 0; i < walk->segment_count; i++) {
        const GElf_Phdr *segment = &walk->segments[i];
        if (address >= segment->p_vaddr && address - segment->p_vaddr < segment->p_memsz)
            return address - segment->p_vaddr + segment->p_offset;
    }
    return address;
}

static int elf_walk_symbol(struct elf_walk *walk, const GElf_Sym *from)
{
    if (!elf_walk_wants(walk, from))
        return 0;
    const char *name = elf_strptr(walk->file->elf, walk->names, from->st_name);
    if (!name || !*name || elf_walk_mark(walk, name))
        return 0;
    uint64_t value = from->st_value;
    if (walk->file->header.e_machine == EM_ARM && GELF_ST_TYPE(from->st_info) == STT_FUNC)
        value &= ~UINT64_C(1); /* the bit says Thumb */
    unsigned binding = GELF_ST_BIND(from->st_info);
    struct symbol symbol = {
        .start = elf_walk_offset(walk, value),
        .binding = binding == STB_WEAK     ? SYMBOL_WEAK
                   : binding == STB_GLOBAL ? SYMBOL_GLOBAL
                                           : SYMBOL_LOCAL,
    };
    if (__builtin_add_overflow(symbol.start, from->st_size, &symbol.end))
        symbol.end = UINT64_MAX;
    if (symbols_text(walk->symbols, name, strnlen(name, LIMIT_NAME_BYTES), &symbol.name) < 0)
        return -1;
    return symbols_add(walk->symbols, &symbol);
}

static int elf_walk_table(struct elf_walk *walk, Elf_Scn *table)
{
    GElf_Shdr header;
    Elf_Data *data = elf_getdata(table, NULL);
    if (!data || !gelf_getshdr(table, &header))
        return 0;
    size_t size = gelf_fsize(walk->file->elf, ELF_T_SYM, 1, EV_CURRENT);
    size_t count = size ? data->d_size / size : 0;
    walk->names = header.sh_link;
    for (size_t i = 1; i < count && i < LIMIT_SYMBOLS; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) && elf_walk_symbol(walk, &symbol) < 0)
            return -1;
    }
    return 0;
}

/* The first section of a name; NULL without. */
static Elf_Scn *elf_file_section(const struct elf_file *file, const char *name, GElf_Shdr *header)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section));)
        if (gelf_getshdr(section, header) && strcmp(section_name(file, header), name) == 0)
            return section;
    return NULL;
}

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

/* Adds "NAME@plt" for the entries of the jump table of the file that was mapped. */
static int elf_file_plt(const struct elf_file *file, struct symbols *symbols)
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

int elf_file_symbols(struct elf_file *file, struct elf_file *runtime, struct symbols *symbols)
{
    Elf_Scn *table = file->symtab ? file->symtab : file->dynsym;
    CLEANUP(elf_walk_done) struct elf_walk walk = {.file = file, .symbols = symbols};
    symbols->mangled = true;
    if (table && (elf_walk_segments(&walk, runtime->elf) < 0 || elf_walk_sections(&walk) < 0 ||
                  elf_walk_table(&walk, table) < 0))
        return -1;
    if (elf_file_plt(runtime, symbols) < 0)
        return -1;
    return symbols_finish(symbols);
}
