/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/unit.h"

#include <dwarf.h>

#include "resolve/leb128.h"

/* Attributes of the first entry whose meaning depends on others of it. */
struct unit_root {
    struct dwarf_value name, folder, dwo_name, lines;
    uint64_t addr_base, str_offsets_base, rnglists_base;
    bool has_addr_base, has_str_offsets_base, has_rnglists_base;
};

static void root_base(struct dwarf_value value, uint64_t *ret_base, bool *ret_has)
{
    *ret_base = value.number;
    *ret_has = true;
}

static void root_attribute(struct dwarf_unit *unit, struct unit_root *root, uint16_t name,
                           struct dwarf_value value)
{
    switch (name) {
    case DW_AT_low_pc: unit->low = value; break;
    case DW_AT_high_pc: unit->high = value; break;
    case DW_AT_ranges: unit->ranges = value; break;
    case DW_AT_stmt_list: root->lines = value; break;
    case DW_AT_language: unit->language = (uint16_t)value.number; break;
    case DW_AT_comp_dir: root->folder = value; break;
    case DW_AT_dwo_name:
    case DW_AT_GNU_dwo_name: root->dwo_name = value; break;
    case DW_AT_GNU_dwo_id: unit->dwo_id = value.number; break;
    case DW_AT_addr_base:
    case DW_AT_GNU_addr_base: root_base(value, &root->addr_base, &root->has_addr_base); break;
    case DW_AT_str_offsets_base:
        root_base(value, &root->str_offsets_base, &root->has_str_offsets_base);
        break;
    case DW_AT_rnglists_base:
        root_base(value, &root->rnglists_base, &root->has_rnglists_base);
        break;
    case DW_AT_GNU_ranges_base: unit->ranges_base = value.number; break;
    default: break;
    }
}

/* Where a split unit's tables begin, is not told: behind their headers. */
static void root_bases(struct dwarf_unit *unit, const struct unit_root *root)
{
    bool wide = unit->head.sizes.offset == 8, five = unit->head.sizes.version >= 5;
    unit->str_offsets_base = unit->parts.str_offsets;
    unit->rnglists_base = unit->parts.rnglists;
    if (root->has_str_offsets_base)
        unit->str_offsets_base += root->str_offsets_base;
    else if (five)
        unit->str_offsets_base += wide ? 16 : 8;
    if (root->has_rnglists_base)
        unit->rnglists_base += root->rnglists_base;
    else if (five)
        unit->rnglists_base += wide ? 20 : 12;
    if (root->has_addr_base)
        unit->addr_base = root->addr_base;
    else if (five && !unit->split)
        unit->addr_base = wide ? 16 : 8;
}

static void root_finish(struct dwarf_unit *unit, const struct unit_root *root)
{
    root_bases(unit, root);
    uint64_t low;
    if (dwarf_unit_address(unit, unit->low, &low))
        unit->low_pc = low;
    unit->dwo_name = dwarf_unit_text(unit, root->dwo_name);
    if (unit->dwo_name) /* else a section of texts would be unpacked for nothing */
        unit->folder = dwarf_unit_text(unit, root->folder);
    unit->has_lines = root->lines.form != 0;
    unit->lines = root->lines.number + unit->parts.line;
    if (unit->head.type == DW_UT_skeleton || unit->head.type == DW_UT_split_compile)
        unit->dwo_id = unit->head.dwo_id;
}

static bool unit_root(struct dwarf_unit *unit, uint64_t room)
{
    uint64_t left = unit->head.end - unit->head.entries;
    struct unit_root root = {0};
    struct cursor c =
        dwarf_file_cursor(unit->file, DWARF_INFO, unit->head.entries, room < left ? room : left);
    const struct dwarf_abbrev *abbrev = dwarf_abbrev_find(unit->abbrevs, leb128_unsigned(&c));
    if (c.failed || !abbrev)
        return false;
    if (abbrev->tag != DW_TAG_compile_unit && abbrev->tag != DW_TAG_skeleton_unit &&
        abbrev->tag != DW_TAG_partial_unit)
        return false;
    for (unsigned i = 0; i < abbrev->attribute_count; i++) {
        const struct dwarf_attribute *attribute =
            &unit->abbrevs->attributes[abbrev->first_attribute + i];
        root_attribute(unit, &root, attribute->name,
                       dwarf_form_read(&c, attribute->form, attribute->constant, unit->head.sizes));
    }
    if (c.failed)
        return false;
    root_finish(unit, &root);
    return true;
}

int dwarf_unit_open(struct dwarf_unit *unit, struct dwarf_file *file, const struct dwarf_head *head,
                    const struct dwarf_unit *skeleton, const struct dwarf_parts *parts,
                    const char *symfs, uint64_t *cost)
{
    enum { FIRST_ENTRY = 1024 };
    struct dwarf_unit made = {
        .file = file, .addresses = file, .head = *head, .symfs = symfs, .cost = cost};
    if (parts)
        made.parts = *parts;
    if (skeleton) {
        made.split = true;
        made.addresses = skeleton->file;
        made.addr_base = skeleton->addr_base;
        made.ranges_base = skeleton->ranges_base;
        made.low_pc = skeleton->low_pc;
    }
    if (head->entries >= head->end)
        return 0;
    made.abbrevs = dwarf_file_abbrevs(file, head->abbrev + made.parts.abbrev, head->sizes, cost);
    if (!made.abbrevs)
        return -1;
    *cost += 16;
    if (!unit_root(&made, FIRST_ENTRY) && !unit_root(&made, UINT64_MAX))
        return 0;
    *unit = made;
    return 1;
}

bool dwarf_unit_address(const struct dwarf_unit *unit, struct dwarf_value value, uint64_t *ret)
{
    unsigned size = unit->head.sizes.address;
    switch (value.form) {
    case DW_FORM_addr: *ret = value.number; return true;
    case DW_FORM_addrx:
    case DW_FORM_addrx1:
    case DW_FORM_addrx2:
    case DW_FORM_addrx3:
    case DW_FORM_addrx4:
    case DW_FORM_GNU_addr_index: break;
    default: return false;
    }
    if (value.number > UINT32_MAX)
        return false;
    struct cursor c =
        dwarf_file_cursor(unit->addresses, DWARF_ADDR, unit->addr_base + value.number * size, size);
    *ret = dwarf_number(&c, size);
    return !c.failed;
}

/* The text of index `index` in the unit's table of offsets. */
static const char *unit_indexed_text(const struct dwarf_unit *unit, uint64_t index)
{
    unsigned size = unit->head.sizes.offset;
    if (index > UINT32_MAX)
        return NULL;
    struct cursor c = dwarf_file_cursor(unit->file, DWARF_STR_OFFSETS,
                                        unit->str_offsets_base + index * size, size);
    uint64_t offset = dwarf_number(&c, size);
    return c.failed ? NULL : dwarf_section_text(&unit->file->sections[DWARF_STR], offset);
}

const char *dwarf_unit_text(const struct dwarf_unit *unit, struct dwarf_value value)
{
    struct dwarf_file *sup;
    switch (value.form) {
    case DW_FORM_string: return value.text;
    case DW_FORM_strp: return dwarf_section_text(&unit->file->sections[DWARF_STR], value.number);
    case DW_FORM_line_strp:
        return dwarf_section_text(&unit->file->sections[DWARF_LINE_STR], value.number);
    case DW_FORM_strp_sup:
    case DW_FORM_GNU_strp_alt:
        if (dwarf_file_sup(unit->file, unit->symfs, &sup) < 0 || !sup)
            return NULL;
        return dwarf_section_text(&sup->sections[DWARF_STR], value.number);
    case DW_FORM_strx:
    case DW_FORM_strx1:
    case DW_FORM_strx2:
    case DW_FORM_strx3:
    case DW_FORM_strx4:
    case DW_FORM_GNU_str_index: return unit_indexed_text(unit, value.number);
    default: return NULL;
    }
}

bool dwarf_unit_reference(const struct dwarf_unit *unit, struct dwarf_value value,
                          struct dwarf_file **ret_file, uint64_t *ret_offset)
{
    switch (value.form) {
    case DW_FORM_ref1:
    case DW_FORM_ref2:
    case DW_FORM_ref4:
    case DW_FORM_ref8:
    case DW_FORM_ref_udata:
        *ret_file = unit->file;
        return !__builtin_add_overflow(unit->head.offset, value.number, ret_offset);
    case DW_FORM_ref_addr:
        *ret_file = unit->file;
        *ret_offset = value.number;
        return true;
    case DW_FORM_ref_sup4:
    case DW_FORM_ref_sup8:
    case DW_FORM_GNU_ref_alt:
        *ret_offset = value.number;
        return dwarf_file_sup(unit->file, unit->symfs, ret_file) == 0 && *ret_file;
    default: return false;
    }
}

bool dwarf_unit_sibling(const struct dwarf_unit *unit, const struct dwarf_abbrev *abbrev,
                        const struct cursor *c, uint64_t *ret_offset)
{
    const struct dwarf_head *head = &unit->head;
    if (!abbrev->sibling || c->failed)
        return false;
    struct cursor last = *c;
    last.position -= sizeof(uint32_t);
    *ret_offset = head->offset + cursor_u32(&last);
    return *ret_offset >= head->entries + c->position && *ret_offset <= head->end;
}
