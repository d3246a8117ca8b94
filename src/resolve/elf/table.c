/* SPDX-License-Identifier: MIT */
#include "resolve/elf/table.h"

#include <string.h>
#include <sys/stat.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/source.h"

/* A window holds the longest name, and so many symbols that reading them is no matter; of what is
 * asked for out of order less is read, as little of it may be of use. */
enum { WINDOW = LIMIT_NAME_BYTES, SMALL_WINDOW = 4096 };

void elf_table_done(struct elf_table *table)
{
    mem_free(table->symbols.block);
    mem_free(table->names.block);
    *table = (struct elf_table){0};
}

/* An image, or what libelf has read of a file that is closed. */
static void window_image(struct elf_window *window, Elf_Scn *section)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    window->fd = -1;
    if (!data || !data->d_buf)
        return;
    window->bytes = data->d_buf;
    window->size = window->have = data->d_size;
}

/* Opens a section; one that is not all in the file stays empty. Returns 0, or -1 without memory. */
static int window_open(struct elf_window *window, const struct elf_file *file, Elf_Scn *section,
                       const GElf_Shdr *header, bool whole)
{
    struct stat st;
    if (file->fd < 0) {
        window_image(window, section);
        return 0;
    }
    if (header->sh_type == SHT_NOBITS || fstat(file->fd, &st) < 0 ||
        header->sh_offset > (uint64_t)st.st_size ||
        header->sh_size > (uint64_t)st.st_size - header->sh_offset)
        return 0;
    window->fd = file->fd;
    window->offset = header->sh_offset;
    window->size = header->sh_size;
    window->room = whole || window->size < WINDOW ? (size_t)window->size : WINDOW;
    window->block = mem_alloc(window->room);
    window->bytes = window->block;
    return window->block ? 0 : -1;
}

static bool window_holds(const struct elf_window *window, uint64_t at, size_t size)
{
    return at >= window->at && at - window->at <= window->have &&
           size <= window->have - (at - window->at);
}

/* Moves the window to where `size` bytes, which it has room for, lie. False if they are not there.
 */
static bool window_move(struct elf_window *window, uint64_t at, size_t size)
{
    bool on = at >= window->at && at - window->at <= window->have + WINDOW;
    size_t reach = on || size > SMALL_WINDOW ? WINDOW : SMALL_WINDOW;
    if (window->fd < 0 || at > window->size || size > window->size - at)
        return false;
    window->at = window->room < window->size ? at : 0;
    if (reach > window->size - window->at || window->at == 0)
        reach = (size_t)(window->size - window->at);
    if (reach > window->room)
        reach = window->room;
    if (source_pread(window->fd, window->offset + window->at, window->block, reach, &window->have) <
        0)
        window->have = 0;
    return window_holds(window, at, size);
}

int elf_table_open(struct elf_table *table, const struct elf_file *file, Elf_Scn *section,
                   bool anyhow)
{
    GElf_Shdr header, names;
    Elf_Scn *strings;
    if (!gelf_getshdr(section, &header) || !(strings = elf_getscn(file->elf, header.sh_link)) ||
        !gelf_getshdr(strings, &names) || names.sh_type != SHT_STRTAB)
        return 0;
    if (window_open(&table->symbols, file, section, &header, false) < 0 ||
        window_open(&table->names, file, strings, &names, anyhow) < 0)
        return -1;
    bool wide = file->header.e_ident[EI_CLASS] == ELFCLASS64;
    table->swap = elf_file_swap(file);
    table->native = wide && !table->swap;
    table->entry = wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    uint64_t count = table->symbols.size / table->entry;
    table->count = count < LIMIT_SYMBOLS ? (size_t)count : LIMIT_SYMBOLS;
    return 0;
}

/* ELF specification, "Symbol Table": the two layouts differ in order. */
static GElf_Sym table_decode(const struct elf_table *table, const uint8_t *bytes)
{
    GElf_Sym symbol;
    struct cursor c = cursor_of(bytes, table->entry, table->swap);
    bool wide = table->entry == sizeof(Elf64_Sym);
    symbol.st_name = cursor_u32(&c);
    if (!wide) {
        symbol.st_value = cursor_u32(&c);
        symbol.st_size = cursor_u32(&c);
    }
    symbol.st_info = cursor_u8(&c);
    symbol.st_other = cursor_u8(&c);
    symbol.st_shndx = cursor_u16(&c);
    if (wide) {
        symbol.st_value = cursor_u64(&c);
        symbol.st_size = cursor_u64(&c);
    }
    return symbol;
}

bool elf_table_seek(struct elf_table *table, size_t number, GElf_Sym *ret_symbol)
{
    struct elf_window *window = &table->symbols;
    uint64_t at = (uint64_t)number * table->entry;
    if (number >= table->count ||
        (!window_holds(window, at, table->entry) && !window_move(window, at, table->entry)))
        return false;
    const uint8_t *bytes = window->bytes + (at - window->at);
    if (table->native)
        memcpy(ret_symbol, bytes, sizeof *ret_symbol);
    else
        *ret_symbol = table_decode(table, bytes);
    return true;
}

/* The text at a place of a window, without what lies beyond it. */
static const char *window_text(const struct elf_window *window, uint64_t at, size_t *ret_length)
{
    size_t left = window->have - (size_t)(at - window->at);
    const char *text = (const char *)window->bytes + (at - window->at);
    *ret_length = strnlen(text, left < LIMIT_NAME_BYTES ? left : LIMIT_NAME_BYTES);
    return *ret_length < left || left >= LIMIT_NAME_BYTES ? text : NULL;
}

const char *elf_table_name(struct elf_table *table, uint64_t at, size_t *ret_length)
{
    struct elf_window *window = &table->names;
    uint64_t left = at < window->size ? window->size - at : 0;
    size_t most = left < LIMIT_NAME_BYTES ? (size_t)left : LIMIT_NAME_BYTES;
    const char *text = window_holds(window, at, 1) ? window_text(window, at, ret_length) : NULL;
    if (!text && window_move(window, at, 1))
        text = window_text(window, at, ret_length);
    if (!text && most && window_move(window, at, most))
        text = window_text(window, at, ret_length);
    if (!text)
        *ret_length = 0;
    return text;
}
