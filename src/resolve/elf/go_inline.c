/* SPDX-License-Identifier: MIT */
#include "resolve/elf/go_inline.h"

#include <string.h>

#include "base/limits.h"
#include "resolve/leb128.h"

#define PCDATA_INLINE_INDEX  2
#define FUNCDATA_INLINE_TREE 3
#define NO_FUNCDATA          UINT32_MAX

/* What the record of a function says. */
struct go_function {
    uint64_t entry, size;           /* entry: from where the code begins */
    uint32_t name;                  /* offset among the names */
    uint32_t files, lines, inlines; /* of tables of positions; 0: none */
    uint32_t unit;                  /* where its files begin in the table of units */
    uint64_t tree;                  /* in the section of inline trees; 0: none */
};

static uint32_t number_at(const uint8_t *data, size_t size, bool swap, uint64_t at, bool *failed)
{
    if (at > size) {
        *failed = true;
        return 0;
    }
    struct cursor c = cursor_of(data + at, size - (size_t)at, swap);
    uint32_t value = cursor_u32(&c);
    *failed |= c.failed;
    return value;
}

/* Offsets of the table are below its size, and those in it have 32 bits: sums do not wrap. */
static uint32_t table_number(const struct go_inlines *inlines, uint64_t at, bool *failed)
{
    const struct go_table *table = &inlines->table;
    return number_at(table->data, table->size, table->swap, at, failed);
}

/* The text at an offset of one part of the table; NULL if none begins there. */
static const char *table_text(const struct go_inlines *inlines, uint64_t part, uint32_t offset,
                              size_t *ret_length)
{
    const struct go_table *table = &inlines->table;
    uint64_t at = part + offset;
    if (offset == 0 || at >= table->size || table->data[at - 1] != '\0')
        return NULL;
    const char *text = (const char *)table->data + at;
    size_t most = table->size - (size_t)at;
    *ret_length = strnlen(text, most < LIMIT_NAME_BYTES ? most : LIMIT_NAME_BYTES);
    return *ret_length && *ret_length < most && *ret_length < LIMIT_NAME_BYTES ? text : NULL;
}

/* The value of a table of positions at an offset in a function; false if it has none there.
 * (runtime.pcvalue: pairs of differences, of the value and of where it ends.) */
static bool position_value(struct go_inlines *inlines, uint32_t offset, uint64_t target,
                           int32_t *ret_value)
{
    const struct go_table *table = &inlines->table;
    uint64_t begin = inlines->positions + offset, end = 0;
    uint32_t value = UINT32_MAX;
    if (offset == 0 || begin >= table->size)
        return false;
    struct cursor c = cursor_of(table->data + begin, table->size - (size_t)begin, table->swap);
    for (bool first = true; !c.failed && c.position < inlines->budget; first = false) {
        uint32_t change = (uint32_t)leb128_unsigned(&c);
        if (change == 0 && !first)
            break;
        value += (change >> 1) ^ (0 - (change & 1));
        end += (leb128_unsigned(&c) & UINT32_MAX) * table->quantum;
        if (target < end && !c.failed) {
            inlines->budget -= c.position;
            *ret_value = (int32_t)value;
            return true;
        }
    }
    inlines->budget -= c.position < inlines->budget ? c.position : inlines->budget;
    return false;
}

/* The last entry of the table of functions that begins at or below `pc`. */
static bool function_find(const struct go_inlines *inlines, uint64_t pc,
                          struct go_function *ret_function, uint64_t *ret_at)
{
    const struct go_table *table = &inlines->table;
    bool failed = false;
    uint64_t low = 0, high = (table->size - table->functab) / 8;
    high = high < table->count ? high : table->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (table_number(inlines, table->functab + 8 * middle, &failed) <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return false;
    uint64_t at = table->functab + 8 * (low - 1);
    ret_function->entry = table_number(inlines, at, &failed);
    uint64_t end = table_number(inlines, at + 8, &failed);
    *ret_at = table->functions + table_number(inlines, at + 4, &failed);
    if (failed || pc < ret_function->entry || pc >= end)
        return false;
    ret_function->size = end - ret_function->entry;
    return true;
}

/* Reads the record of the function at `pc` (runtime._func). */
static bool function_read(const struct go_inlines *inlines, uint64_t pc, struct go_function *f)
{
    uint64_t at;
    bool failed = false;
    *f = (struct go_function){0};
    if (!function_find(inlines, pc, f, &at))
        return false;
    f->name = table_number(inlines, at + 4, &failed);
    f->files = table_number(inlines, at + 20, &failed);
    f->lines = table_number(inlines, at + 24, &failed);
    uint32_t pcdata_count = table_number(inlines, at + 28, &failed);
    f->unit = table_number(inlines, at + 32, &failed);
    uint64_t pcdata = at + (inlines->has_start_line ? 44 : 40);
    if (failed || pcdata > inlines->table.size)
        return false;
    uint8_t funcdata_count = inlines->table.data[pcdata - 1];
    if (pcdata_count <= PCDATA_INLINE_INDEX || funcdata_count <= FUNCDATA_INLINE_TREE)
        return true;
    f->inlines = table_number(inlines, pcdata + 4 * PCDATA_INLINE_INDEX, &failed);
    uint32_t tree = table_number(
        inlines, pcdata + 4 * ((uint64_t)pcdata_count + FUNCDATA_INLINE_TREE), &failed);
    f->tree = tree == NO_FUNCDATA ? 0 : inlines->functions + tree;
    return !failed;
}

/* Fills in the line and the file at an offset in a function. */
static void frame_position(struct go_inlines *inlines, const struct go_function *f, uint64_t offset,
                           struct go_frame *frame)
{
    int32_t file, line;
    bool failed = false;
    if (!position_value(inlines, f->lines, offset, &line) || line <= 0 ||
        !position_value(inlines, f->files, offset, &file) || file < 0)
        return;
    uint64_t at = inlines->files + 4 * ((uint64_t)f->unit + (uint32_t)file);
    uint32_t name = table_number(inlines, at, &failed);
    const struct go_table *table = &inlines->table;
    uint64_t text = inlines->paths + name;
    if (failed || text >= table->size)
        return;
    size_t length = strnlen((const char *)table->data + text, table->size - (size_t)text);
    if (length == 0 || length >= LIMIT_PATH_BYTES || text + length >= table->size)
        return;
    const char *path = (const char *)table->data + text;
    const char *slash = memrchr(path, '/', length);
    frame->file = slash ? slash + 1 : path;
    frame->file_length = length - (size_t)(frame->file - path);
    frame->line = (uint32_t)line;
}

/* The entry of the inline tree at `index`: whose call it is, and where in the function it stood. */
static bool tree_entry(const struct go_inlines *inlines, const struct go_function *f, int32_t index,
                       struct go_frame *frame, uint64_t *ret_parent)
{
    bool failed = false, swap = inlines->table.swap;
    uint64_t size = inlines->has_start_line ? 16 : 20, name = inlines->has_start_line ? 4 : 12;
    uint64_t at = f->tree + size * (uint32_t)index;
    if (!f->tree)
        return false;
    frame->name = table_text(inlines, inlines->table.names,
                             number_at(inlines->data, inlines->size, swap, at + name, &failed),
                             &frame->name_length);
    *ret_parent = number_at(inlines->data, inlines->size, swap, at + name + 4, &failed);
    return !failed && frame->name && *ret_parent < f->size;
}

uint32_t go_inlines_at(struct go_inlines *inlines, uint64_t address,
                       struct go_frame frames[GO_INLINE_DEPTH])
{
    struct go_function f;
    uint32_t count = 0;
    if (address < inlines->table.text || !function_read(inlines, address - inlines->table.text, &f))
        return 0;
    uint64_t offset = address - inlines->table.text - f.entry, parent;
    int32_t index;
    while (position_value(inlines, f.inlines, offset, &index) && index >= 0) {
        frames[count] = (struct go_frame){0};
        if (count + 1 >= GO_INLINE_DEPTH ||
            !tree_entry(inlines, &f, index, &frames[count], &parent))
            return 0;
        frame_position(inlines, &f, offset, &frames[count++]);
        offset = parent;
    }
    frames[count] = (struct go_frame){0};
    frames[count].name =
        table_text(inlines, inlines->table.names, f.name, &frames[count].name_length);
    frame_position(inlines, &f, offset, &frames[count]);
    return frames[count].name ? count + 1 : 0;
}
