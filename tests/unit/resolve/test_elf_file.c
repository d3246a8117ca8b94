/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "resolve/elf/file.h"

/* Functions of this very program, whose addresses are known. */
int subject_one(int n);
int subject_two(int n);

__attribute__((noinline)) int subject_one(int n)
{
    return n + 1;
}

__attribute__((noinline)) int subject_two(int n)
{
    return n * 3;
}

/* Finds where in its file an address of this program lies. */
struct where {
    uintptr_t address;
    uint64_t offset;
    bool found;
};

static int where_segment(struct dl_phdr_info *info, size_t size, void *data)
{
    struct where *where = data;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && where->address - start < segment->p_memsz) {
            where->offset = where->address - start + segment->p_offset;
            where->found = true;
        }
    }
    return where->found;
}

static uint64_t offset_of(int (*function)(int))
{
    struct where where = {.address = (uintptr_t)function};
    dl_iterate_phdr(where_segment, &where);
    assert_true(where.found);
    return where.offset;
}

static const char *name_at(struct symbols *symbols, uint64_t offset)
{
    struct symbol *symbol = symbols_find(symbols, offset);
    return symbol ? symbols_name(symbols, symbol) : "";
}

static void names_the_functions_of_this_program(void **state)
{
    struct elf_file *file = NULL;
    struct symbols symbols = {0};
    bool rich = false;
    assert_int_equal(elf_file_open(&file, "/proc/self/exe"), 0);
    assert_non_null(file);
    assert_true(elf_file_has_symtab(file));
    assert_int_equal(elf_file_symbols(file, file, ELF_ALL_TABLES, &symbols, &rich), 0);
    assert_string_equal(name_at(&symbols, offset_of(subject_one)), "subject_one");
    assert_string_equal(name_at(&symbols, offset_of(subject_two)), "subject_two");
    assert_string_equal(name_at(&symbols, offset_of(subject_two) + 1), "subject_two");
    assert_string_equal(name_at(&symbols, UINT64_MAX - 1), "");
    assert_int_equal(subject_one(1) + subject_two(1), 5);
    symbols_done(&symbols);
    elf_file_free(file);
}

static void names_the_vdso_from_memory(void **state)
{
    const char *image = (const char *)(uintptr_t)getauxval(AT_SYSINFO_EHDR);
    if (!image)
        skip();
    ElfW(Ehdr) header;
    memcpy(&header, image, sizeof header);
    struct elf_file *file = NULL;
    struct symbols symbols = {0};
    bool rich = false;
    size_t size = header.e_shoff + (size_t)header.e_shnum * header.e_shentsize;
    assert_int_equal(elf_file_image(&file, image, size), 0);
    assert_non_null(file);
    assert_int_equal(elf_file_build_id(file).size, 20);
    assert_int_equal(elf_file_symbols(file, file, ELF_ALL_TABLES, &symbols, &rich), 0);
    assert_true(symbols.count > 0);
    symbols_done(&symbols);
    elf_file_free(file);
}

static void what_is_no_elf_file_is_none(void **state)
{
    static const char *const paths[] = {"/dev/null", "/", "/no/such/file", "", "/etc/passwd"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct elf_file *file = NULL;
        assert_int_equal(elf_file_open(&file, paths[i]), 0);
        assert_null(file);
    }
}

/* Of 32 bits the kernel has the upper half of 4 GiB. */
static void a_kernel_of_32_bits_gives_its_symbols(void **state)
{
    enum { TEXT = 1, SYMBOLS, NAMES, SECTIONS };
    const unsigned char order =
        __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
    struct {
        Elf32_Ehdr header;
        Elf32_Sym symbols[3];
        char names[20];
        Elf32_Shdr sections[SECTIONS];
    } image = {
        .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, order, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = EM_386,
                   .e_version = EV_CURRENT,
                   .e_shoff = (Elf32_Off)((char *)image.sections - (char *)&image),
                   .e_ehsize = sizeof image.header,
                   .e_shentsize = sizeof *image.sections,
                   .e_shnum = SECTIONS,
                   .e_shstrndx = NAMES},
        .symbols = {{0},
                    {1, 0xc1000010, 16, ELF32_ST_INFO(STB_GLOBAL, STT_FUNC), 0, TEXT},
                    {14, 0x1000, 16, ELF32_ST_INFO(STB_GLOBAL, STT_FUNC), 0, TEXT}},
        .names = "\0start_kernel\0user",
        .sections = {[TEXT] = {.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_EXECINSTR},
                     [SYMBOLS] = {.sh_type = SHT_SYMTAB,
                                  .sh_offset = (Elf32_Off)((char *)image.symbols - (char *)&image),
                                  .sh_size = sizeof image.symbols,
                                  .sh_link = NAMES,
                                  .sh_entsize = sizeof *image.symbols},
                     [NAMES] = {.sh_type = SHT_STRTAB,
                                .sh_offset = (Elf32_Off)(image.names - (char *)&image),
                                .sh_size = sizeof image.names}},
    };
    struct elf_file *file = NULL;
    struct symbols symbols = {0};
    assert_int_equal(elf_file_image(&file, &image, sizeof image), 0);
    assert_non_null(file);
    assert_int_equal(elf_file_addresses(file, 0, &symbols), 0);
    assert_int_equal(symbols.count, 1);
    assert_string_equal(name_at(&symbols, 0xc1000010), "start_kernel");
    symbols_done(&symbols);
    elf_file_free(file);
}

static char *read_self(size_t *ret_size)
{
    FILE *self = fopen("/proc/self/exe", "rb");
    assert_non_null(self);
    fseek(self, 0, SEEK_END);
    *ret_size = (size_t)ftell(self);
    rewind(self);
    char *bytes = malloc(*ret_size);
    assert_int_equal(fread(bytes, 1, *ret_size, self), *ret_size);
    fclose(self);
    return bytes;
}

static void read_image(const char *bytes, size_t size)
{
    struct elf_file *file = NULL;
    struct symbols symbols = {0};
    bool rich = false;
    char *copy = malloc(size ? size : 1); /* exactly as long, so that overreads are seen */
    memcpy(copy, bytes, size);
    assert_int_equal(elf_file_image(&file, copy, size), 0);
    if (file)
        assert_int_equal(elf_file_symbols(file, file, ELF_ALL_TABLES, &symbols, &rich), 0);
    symbols_done(&symbols);
    elf_file_free(file);
    free(copy);
}

static void damaged_files_give_what_they_have(void **state)
{
    size_t size;
    char *bytes = read_self(&size);
    ElfW(Ehdr) header;
    memcpy(&header, bytes, sizeof header);
    for (size_t cut = 0; cut < size; cut += size / 37 + 1)
        read_image(bytes, cut);
    uint32_t seed = 7;
    size_t sections = (size_t)header.e_shnum * header.e_shentsize;
    for (unsigned round = 0; round < 300; round++) {
        seed = seed * 1664525u + 1013904223u;
        size_t at = round % 3 == 0   ? (seed >> 8) % sizeof header
                    : round % 3 == 1 ? header.e_shoff + (seed >> 8) % sections
                                     : header.e_phoff + (seed >> 8) % 512;
        char old = bytes[at];
        bytes[at] = (char)(seed >> 24);
        read_image(bytes, size);
        bytes[at] = old;
    }
    free(bytes);
}

static void notes_end_where_they_end(void **state)
{
    /* name size, data size, type, "GNU", four bytes of id */
    static const uint8_t note[] = {4, 0, 0,    0,    4,    0, 0,    0,    3,    0,
                                   0, 0, 0x47, 0x4e, 0x55, 0, 0xde, 0xad, 0xbe, 0xef};
    struct build_id id = {0};
    assert_true(build_id_from_notes(&id, note, sizeof note, false));
    assert_int_equal(id.size, 4);
    assert_int_equal(id.bytes[3], 0xef);
    for (size_t size = 0; size < sizeof note; size++)
        assert_false(build_id_from_notes(&id, note, size, false));
    uint8_t hostile[sizeof note];
    memcpy(hostile, note, sizeof note);
    memset(hostile, 0xff, 8);
    assert_false(build_id_from_notes(&id, hostile, sizeof hostile, false));
}

RUN_TESTS(TEST(names_the_functions_of_this_program), TEST(a_kernel_of_32_bits_gives_its_symbols),
          TEST(names_the_vdso_from_memory), TEST(what_is_no_elf_file_is_none),
          TEST(damaged_files_give_what_they_have), TEST(notes_end_where_they_end))
