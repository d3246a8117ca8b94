/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "resolve/elf/table.h"

/* A file of two sections, larger than the windows through which they are read:
 *
 *     [ header ][ symbols ][ names ][ section headers ]
 *
 * Symbol i has the value 3 * i, and the names stand in another order than their symbols. */
enum { COUNT = 20000, LONG = LIMIT_NAME_BYTES - 1, STEP = 7 };

struct made {
    struct buffer image;
    uint64_t at[COUNT]; /* of the names */
    uint64_t longest, cut, open;
    uint64_t symbols_end;
};

static void made_done(struct made *made)
{
    buffer_done(&made->image);
}

static void put_symbol(struct buffer *to, uint32_t name, uint64_t value)
{
    Elf64_Sym symbol = {.st_name = name, .st_info = 2, .st_shndx = 1, .st_value = value};
    buffer_append(to, &symbol, sizeof symbol);
}

static void put_letters(struct buffer *to, char letter, size_t count)
{
    while (count-- > 0)
        buffer_append(to, &letter, 1);
}

static void make(struct made *made)
{
    struct buffer names = {0}, symbols = {0};
    buffer_append(&names, "", 1);
    for (size_t i = 0; i < COUNT; i++) {
        size_t which = i * STEP % COUNT;
        made->at[which] = names.size;
        buffer_printf(&names, "name_%zu", which);
        buffer_append(&names, "", 1);
    }
    made->longest = names.size;
    put_letters(&names, 'l', LONG);
    buffer_append(&names, "", 1);
    made->cut = names.size;
    put_letters(&names, 'c', LIMIT_NAME_BYTES + 10);
    buffer_append(&names, "", 1);
    made->open = names.size;
    buffer_text(&names, "without end");
    for (size_t i = 0; i < COUNT; i++)
        put_symbol(&symbols, (uint32_t)made->at[i], 3 * i);
    Elf64_Ehdr header = {
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64,
                    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
                    EV_CURRENT},
        .e_type = ET_DYN,
        .e_version = EV_CURRENT,
        .e_shoff = sizeof header + symbols.size + names.size,
        .e_ehsize = sizeof header,
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = 3};
    Elf64_Shdr sections[] = {
        {0},
        {.sh_type = SHT_SYMTAB,
         .sh_offset = sizeof header,
         .sh_size = symbols.size,
         .sh_link = 2,
         .sh_entsize = sizeof(Elf64_Sym)},
        {.sh_type = SHT_STRTAB, .sh_offset = sizeof header + symbols.size, .sh_size = names.size}};
    made->symbols_end = sizeof header + symbols.size;
    buffer_append(&made->image, &header, sizeof header);
    buffer_append(&made->image, symbols.data, symbols.size);
    buffer_append(&made->image, names.data, names.size);
    buffer_append(&made->image, sections, sizeof sections);
    assert_false(made->image.failed);
    buffer_done(&names);
    buffer_done(&symbols);
}

static struct elf_file *open_written(const struct made *made, char *path)
{
    struct elf_file *file = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, made->image.data, made->image.size), made->image.size);
    close(fd);
    assert_int_equal(elf_file_open(&file, path), 0);
    assert_non_null(file);
    return file;
}

static void check_symbol(struct elf_table *table, size_t number)
{
    GElf_Sym symbol;
    assert_true(elf_table_symbol(table, number, &symbol));
    assert_int_equal(symbol.st_value, 3 * number);
    assert_int_equal(symbol.st_info, 2);
    assert_int_equal(symbol.st_shndx, 1);
}

static void check_name(struct elf_table *table, const struct made *made, size_t number)
{
    char expected[32];
    size_t length = 0;
    const char *name = elf_table_name(table, made->at[number], &length);
    assert_non_null(name);
    assert_int_equal(length, snprintf(expected, sizeof expected, "name_%zu", number));
    assert_memory_equal(name, expected, length);
}

static void check_table(const struct made *made, const struct elf_file *file, bool anyhow)
{
    struct elf_table table = {0};
    GElf_Sym symbol;
    size_t length = 0;
    assert_int_equal(elf_table_open(&table, file, file->symtab, anyhow), 0);
    assert_int_equal(table.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) { /* both in order */
        check_symbol(&table, i);
        check_name(&table, made, i * STEP % COUNT);
    }
    for (size_t i = COUNT; i-- > 0;) { /* backwards, and in no order */
        check_symbol(&table, i);
        check_name(&table, made, i);
    }
    assert_false(elf_table_symbol(&table, COUNT, &symbol));
    const char *name = elf_table_name(&table, made->longest, &length);
    assert_true(name && *name == 'l' && name[LONG - 1] == 'l');
    assert_int_equal(length, LONG);
    name = elf_table_name(&table, made->cut, &length);
    assert_true(name && *name == 'c');
    assert_int_equal(length, LIMIT_NAME_BYTES);
    assert_null(elf_table_name(&table, made->open, &length));
    assert_null(elf_table_name(&table, table.names.size, &length));
    assert_null(elf_table_name(&table, UINT64_MAX, &length));
    elf_table_done(&table);
}

static void a_large_table_is_read_through_windows(void **state)
{
    char path[] = "/tmp/perflame-table-XXXXXX";
    struct made made = {0};
    struct elf_file *image = NULL;
    make(&made);
    struct elf_file *file = open_written(&made, path);
    check_table(&made, file, false);
    check_table(&made, file, true);
    assert_int_equal(elf_file_image(&image, made.image.data, made.image.size), 0);
    check_table(&made, image, false);
    elf_file_free(image);
    elf_file_free(file);
    unlink(path);
    made_done(&made);
}

/* A file may be cut while it is read. */
static void what_is_gone_is_not_there(void **state)
{
    char path[] = "/tmp/perflame-table-XXXXXX";
    struct made made = {0};
    struct elf_table table = {0};
    GElf_Sym symbol;
    size_t length;
    make(&made);
    struct elf_file *file = open_written(&made, path);
    assert_int_equal(elf_table_open(&table, file, file->symtab, false), 0);
    check_symbol(&table, 0);
    assert_int_equal(truncate(path, (off_t)made.symbols_end - 24), 0);
    check_symbol(&table, COUNT - 2);
    assert_false(elf_table_symbol(&table, COUNT - 1, &symbol));
    assert_null(elf_table_name(&table, made.at[0], &length));
    elf_table_done(&table);
    assert_int_equal(elf_table_open(&table, file, file->symtab, false), 0);
    assert_int_equal(table.count, 0);
    elf_table_done(&table);
    elf_file_free(file);
    unlink(path);
    made_done(&made);
}

/* 32 bits, and the byte order of another machine. */
static void other_layouts_are_decoded(void **state)
{
    static const uint8_t narrow[] = {0, 0, 0, 9, 0, 0, 1, 2, 0, 0, 3, 4, 18, 1, 0, 5};
    struct elf_table table = {
        .symbols = {.fd = -1, .size = sizeof narrow, .bytes = narrow, .have = sizeof narrow},
        .count = 1,
        .entry = sizeof narrow,
        .swap = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    };
    GElf_Sym symbol;
    assert_true(elf_table_symbol(&table, 0, &symbol));
    assert_int_equal(symbol.st_name, 9);
    assert_int_equal(symbol.st_value, 0x102);
    assert_int_equal(symbol.st_size, 0x304);
    assert_int_equal(symbol.st_info, 18);
    assert_int_equal(symbol.st_other, 1);
    assert_int_equal(symbol.st_shndx, 5);
}

RUN_TESTS(TEST(a_large_table_is_read_through_windows), TEST(what_is_gone_is_not_there),
          TEST(other_layouts_are_decoded))
