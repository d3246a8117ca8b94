/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/split.h"

#include <dwarf.h>
#include <string.h>

#include "base/buffer.h"

void dwarf_split_done(struct dwarf_split *split)
{
    dwarf_file_free(split->package);
    dwarf_file_free(split->single);
    *split = (struct dwarf_split){0};
}

/* The index of a package (DWARF 5, section 7.3.5; version 2 is GNU's):
 *
 *     version, columns, units, slots
 *     ids:     [id] x slots           a hash table with open addressing
 *     rows:    [row] x slots          counting from 1; 0: free
 *     names:   [section] x columns
 *     offsets: [offset] x columns     for each row
 *     sizes:   [size] x columns       for each row */
struct package_index {
    struct cursor c;
    uint32_t version, columns, units, slots;
};

static uint64_t index_number(struct package_index *index, uint64_t at, unsigned bytes)
{
    struct cursor c = index->c;
    if (at > c.size)
        at = c.size;
    c.position = (size_t)at;
    uint64_t number = dwarf_number(&c, bytes);
    index->c.failed |= c.failed;
    return number;
}

static bool index_open(struct package_index *index, struct dwarf_file *package)
{
    struct dwarf_section *section = &package->sections[DWARF_CU_INDEX];
    if (!dwarf_section_need(section, 0, 0))
        return false;
    index->c = dwarf_file_cursor(package, DWARF_CU_INDEX, 0, section->size);
    index->version = cursor_u32(&index->c);
    if (index->version != 2) { /* half as wide since version 5, and then two bytes of padding */
        index->c.position = 0;
        index->version = cursor_u16(&index->c);
        cursor_skip(&index->c, 2);
    }
    index->columns = cursor_u32(&index->c);
    index->units = cursor_u32(&index->c);
    index->slots = cursor_u32(&index->c);
    uint64_t need = 16 + (uint64_t)index->slots * 12;
    return !index->c.failed && (index->version == 2 || index->version == 5) &&
           index->columns <= 16 && index->slots && !(index->slots & (index->slots - 1)) &&
           need <= section->size;
}

/* The row of an id; 0 if it is not there. */
static uint32_t index_find(struct package_index *index, uint64_t id)
{
    uint64_t mask = index->slots - 1, slot = id & mask, step = ((id >> 32) & mask) | 1;
    for (uint32_t tries = 0; tries < index->slots; tries++, slot = (slot + step) & mask) {
        uint64_t row = index_number(index, 16 + (uint64_t)index->slots * 8 + slot * 4, 4);
        if (row == 0 || row > index->units)
            return 0;
        if (index_number(index, 16 + slot * 8, 8) == id)
            return (uint32_t)row;
    }
    return 0;
}

/* Where the unit's share of each section begins. */
static bool index_parts(struct package_index *index, uint32_t row, uint64_t *ret_info,
                        struct dwarf_parts *parts)
{
    uint64_t names = 16 + (uint64_t)index->slots * 12;
    uint64_t offsets = names + (uint64_t)row * index->columns * 4;
    bool found = false;
    for (uint32_t i = 0; i < index->columns; i++) {
        uint64_t offset = index_number(index, offsets + (uint64_t)i * 4, 4);
        switch (index_number(index, names + (uint64_t)i * 4, 4)) {
        case DW_SECT_INFO:
            *ret_info = offset;
            found = true;
            break;
        case DW_SECT_ABBREV: parts->abbrev = offset; break;
        case DW_SECT_LINE: parts->line = offset; break;
        case DW_SECT_STR_OFFSETS: parts->str_offsets = offset; break;
        case DW_SECT_RNGLISTS: /* version 2 has something else of that number */
            parts->rnglists = index->version == 5 ? offset : 0;
            break;
        default: break;
        }
    }
    return found && !index->c.failed;
}

static int package_unit(struct dwarf_file *package, const struct dwarf_unit *skeleton,
                        struct dwarf_unit *ret_unit)
{
    struct package_index index;
    struct dwarf_parts parts = {0};
    struct dwarf_head head;
    uint64_t info;
    uint32_t row = index_open(&index, package) ? index_find(&index, skeleton->dwo_id) : 0;
    if (!row || !index_parts(&index, row, &info, &parts) || !dwarf_head_read(package, info, &head))
        return 0;
    int r = dwarf_unit_open(ret_unit, package, &head, skeleton, &parts, skeleton->symfs,
                            skeleton->cost);
    return r > 0 && ret_unit->dwo_id != skeleton->dwo_id ? 0 : r;
}

/* The unit of that id among those of a .dwo. */
static int single_unit(struct dwarf_file *single, const struct dwarf_unit *skeleton,
                       struct dwarf_unit *ret_unit)
{
    if (dwarf_file_heads(single) < 0)
        return -1;
    for (size_t i = 0; i < single->head_count; i++) {
        const struct dwarf_head *head = &single->heads[i];
        if (head->type && head->type != DW_UT_split_compile)
            continue;
        int r = dwarf_unit_open(ret_unit, single, head, skeleton, NULL, skeleton->symfs,
                                skeleton->cost);
        if (r < 0 || (r > 0 && ret_unit->dwo_id == skeleton->dwo_id))
            return r;
    }
    return 0;
}

static int single_try(struct dwarf_split *split, const char *path,
                      const struct dwarf_unit *skeleton, struct dwarf_unit *ret_unit)
{
    dwarf_file_free(split->single);
    split->single = NULL;
    if (dwarf_file_open(&split->single, path, true) < 0)
        return -1;
    return split->single ? single_unit(split->single, skeleton, ret_unit) : 0;
}

/* Tries a name beside a file, then its base name. */
static int single_beside(struct dwarf_split *split, const char *beside,
                         const struct dwarf_unit *skeleton, struct dwarf_unit *ret_unit)
{
    CLEANUP(buffer_done) struct buffer path = {0};
    const char *name = skeleton->dwo_name, *base = strrchr(name, '/');
    const char *slash = beside ? strrchr(beside, '/') : NULL;
    const char *tried[] = {*name == '/' ? NULL : name, base ? base + 1 : NULL};
    int r = 0;
    for (int i = 0; r == 0 && beside && i < 2; i++) {
        buffer_clear(&path);
        buffer_append(&path, beside, slash ? (size_t)(slash - beside) + 1 : 0);
        buffer_text(&path, tried[i] ? tried[i] : "");
        if (tried[i])
            r = path.failed ? -1 : single_try(split, buffer_string(&path), skeleton, ret_unit);
    }
    return r;
}

/* Where the compiler wrote it; else beside the program, to which it may have been moved. */
static int single_search(struct dwarf_split *split, const struct dwarf_unit *skeleton,
                         struct dwarf_unit *ret_unit)
{
    CLEANUP(buffer_done) struct buffer path = {0};
    const char *name = skeleton->dwo_name;
    buffer_text(&path, skeleton->symfs ? skeleton->symfs : "");
    if (*name != '/' && skeleton->folder)
        buffer_printf(&path, "%s/", skeleton->folder);
    buffer_text(&path, name);
    int r = path.failed ? -1 : single_try(split, buffer_string(&path), skeleton, ret_unit);
    if (r == 0)
        r = single_beside(split, skeleton->file->path, skeleton, ret_unit);
    return r ? r : single_beside(split, skeleton->file->recorded, skeleton, ret_unit);
}

static int package_open(struct dwarf_split *split, const char *program)
{
    CLEANUP(buffer_done) struct buffer path = {0};
    if (!program || split->package)
        return 0;
    buffer_printf(&path, "%s.dwp", program);
    return path.failed ? -1 : dwarf_file_open(&split->package, buffer_string(&path), true);
}

int dwarf_split_open(struct dwarf_split *split, const struct dwarf_unit *skeleton,
                     struct dwarf_unit *ret_unit)
{
    if (!split->package_tried) {
        split->package_tried = true;
        if (package_open(split, skeleton->file->path) < 0 ||
            package_open(split, skeleton->file->recorded) < 0)
            return -1;
    }
    int r = split->package ? package_unit(split->package, skeleton, ret_unit) : 0;
    if (r != 0 || !skeleton->dwo_name)
        return r;
    return single_search(split, skeleton, ret_unit);
}
