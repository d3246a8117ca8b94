/* SPDX-License-Identifier: MIT */
#include "resolve/elf/go_table.h"

#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"

#define GO_1_2  0xfffffffbu
#define GO_1_16 0xfffffffau
#define GO_1_18 0xfffffff0u
#define GO_1_20 0xfffffff1u

/* The number of `width` bytes at `at`; 0, with *failed, behind the end. */
static uint64_t go_number(const struct go_table *table, uint64_t at, unsigned width, bool *failed)
{
    if (at > table->size) {
        *failed = true;
        return 0;
    }
    struct cursor c = cursor_of(table->data + at, table->size - (size_t)at, table->swap);
    uint64_t value = width == 8 ? cursor_u64(&c) : cursor_u32(&c);
    *failed |= c.failed;
    return value;
}

/* Word `i` of the header. */
static uint64_t go_word(const struct go_table *table, unsigned i, bool *failed)
{
    return go_number(table, 8 + (uint64_t)i * table->pointer, table->pointer, failed);
}

bool go_table_open(struct go_table *ret_table, const void *data, size_t size, bool swap)
{
    struct go_table table = {.data = data, .size = size, .swap = swap};
    struct cursor c = cursor_of(data, size, swap);
    uint32_t magic = cursor_u32(&c);
    uint16_t zero = cursor_u16(&c);
    table.quantum = cursor_u8(&c);
    table.pointer = cursor_u8(&c);
    if (c.failed || zero || (table.quantum != 1 && table.quantum != 2 && table.quantum != 4) ||
        (table.pointer != 4 && table.pointer != 8))
        return false;
    bool failed = false;
    table.count = go_word(&table, 0, &failed);
    if (magic == GO_1_2) {
        table.functab = 8 + table.pointer;
    } else if (magic == GO_1_16) {
        table.names = go_word(&table, 2, &failed);
        table.functab = table.functions = go_word(&table, 6, &failed);
    } else if (magic == GO_1_18 || magic == GO_1_20) {
        table.text_relative = true;
        table.text = go_word(&table, 2, &failed);
        table.text_at = 8 + 2u * table.pointer;
        table.names = go_word(&table, 3, &failed);
        table.functab = table.functions = go_word(&table, 7, &failed);
    } else {
        return false;
    }
    *ret_table = table;
    return !failed && table.count && table.names <= size && table.functab <= size;
}

bool go_table_parts(const struct go_table *table, bool *ret_start_line, uint64_t *ret_files,
                    uint64_t *ret_paths, uint64_t *ret_positions)
{
    bool failed = false;
    uint32_t magic = (uint32_t)go_number(table, 0, 4, &failed);
    *ret_start_line = magic == GO_1_20;
    *ret_files = go_word(table, 4, &failed);
    *ret_paths = go_word(table, 5, &failed);
    *ret_positions = go_word(table, 6, &failed);
    return !failed && (magic == GO_1_18 || magic == GO_1_20) && *ret_files <= table->size &&
           *ret_paths <= table->size && *ret_positions <= table->size;
}

static unsigned entry_width(const struct go_table *table)
{
    return table->text_relative ? 4 : table->pointer;
}

uint64_t go_table_count(const struct go_table *table)
{
    uint64_t most = (table->size - table->functab) / (2u * entry_width(table));
    uint64_t count = table->count < most ? table->count : most;
    return count < LIMIT_SYMBOLS ? count : LIMIT_SYMBOLS;
}

bool go_table_range(const struct go_table *table, uint64_t i, uint64_t *ret_start,
                    uint64_t *ret_end)
{
    unsigned width = entry_width(table);
    uint64_t at = table->functab + i * 2 * width, base = table->text_relative ? table->text : 0;
    bool failed = false;
    *ret_start = base + go_number(table, at, width, &failed);
    *ret_end = base + go_number(table, at + 2u * width, width, &failed);
    return !failed && *ret_start <= *ret_end;
}

const char *go_table_name(const struct go_table *table, uint64_t i, size_t *ret_length)
{
    unsigned entry = entry_width(table);
    bool failed = false;
    uint64_t at = table->functab + (2 * i + 1) * entry;
    uint64_t function = go_number(table, at, entry, &failed);
    failed |= function > table->size;
    uint64_t name = go_number(table, table->functions + function + entry, 4, &failed);
    if (failed || name >= table->size - table->names)
        return NULL;
    const char *text = (const char *)table->data + table->names + name;
    size_t most = table->size - (size_t)(table->names + name);
    *ret_length = strnlen(text, most < LIMIT_NAME_BYTES ? most : LIMIT_NAME_BYTES);
    return *ret_length && *ret_length < most ? text : NULL;
}
