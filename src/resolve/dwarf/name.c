/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/name.h"

#include <dwarf.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "resolve/leb128.h"

void dwarf_names_done(struct dwarf_names *names)
{
    mem_free(names->items);
    index_done(&names->index);
    *names = (struct dwarf_names){0};
}

/* What an entry says of its name, and where more is said. */
struct name_entry_values {
    struct dwarf_value linkage, name, origin;
};

static bool entry_read(const struct dwarf_unit *unit, uint64_t entry, uint64_t room,
                       struct name_entry_values *values)
{
    uint64_t left = unit->head.end - entry;
    struct cursor c = dwarf_file_cursor(unit->file, DWARF_INFO, entry, room < left ? room : left);
    const struct dwarf_abbrev *abbrev = dwarf_abbrev_find(unit->abbrevs, leb128_unsigned(&c));
    *values = (struct name_entry_values){0};
    if (c.failed || !abbrev)
        return false;
    for (unsigned i = 0; i < abbrev->attribute_count; i++) {
        const struct dwarf_attribute *attribute =
            &unit->abbrevs->attributes[abbrev->first_attribute + i];
        struct dwarf_value value =
            dwarf_form_read(&c, attribute->form, attribute->constant, unit->head.sizes);
        switch (attribute->name) {
        case DW_AT_linkage_name:
        case DW_AT_MIPS_linkage_name: values->linkage = value; break;
        case DW_AT_name: values->name = value; break;
        case DW_AT_abstract_origin:
        case DW_AT_specification: values->origin = value; break;
        default: break;
        }
    }
    *unit->cost += 16 + abbrev->attribute_count;
    return !c.failed;
}

/* The unit in which an entry is, if it is not `unit`. Returns 1, 0, or -1 without memory. */
static int name_unit(struct dwarf_unit *unit, struct dwarf_file *file, uint64_t entry)
{
    if (file == unit->file && entry >= unit->head.entries && entry < unit->head.end)
        return 1;
    if (unit->split || dwarf_file_heads(file) < 0) /* split units refer to themselves */
        return unit->split ? 0 : -1;
    const struct dwarf_head *head = dwarf_file_head(file, entry);
    return head ? dwarf_unit_open(unit, file, head, NULL, NULL, unit->symfs, unit->cost) : 0;
}

/* Follows the references from an entry to a name. */
static int name_search(struct dwarf_unit *unit, struct dwarf_file *file, uint64_t entry,
                       const char **ret_text)
{
    const char *text = NULL;
    for (int i = 0; i < LIMIT_DEBUG_REFERENCES; i++) {
        struct name_entry_values values;
        int r = name_unit(unit, file, entry);
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        if (!entry_read(unit, entry, 512, &values) && !entry_read(unit, entry, UINT64_MAX, &values))
            break;
        const char *linkage = dwarf_unit_text(unit, values.linkage);
        if (linkage && *linkage) {
            text = linkage;
            break;
        }
        const char *name = text ? NULL : dwarf_unit_text(unit, values.name);
        if (name && *name)
            text = name;
        if (!dwarf_unit_reference(unit, values.origin, &file, &entry))
            break;
    }
    *ret_text = text;
    return 0;
}

int dwarf_names_find(struct dwarf_names *names, const struct dwarf_unit *unit, uint32_t owner,
                     struct dwarf_file *file, uint64_t entry, uint32_t *ret_name)
{
    uint64_t hash = hash_pair(owner, entry);
    struct index_probe probe = index_probe(&names->index, hash);
    for (uint32_t i; (i = index_next(&probe)) != INDEX_NONE;) {
        if (names->items[i].entry == entry && names->items[i].owner == owner) {
            *ret_name = names->items[i].name;
            return 0;
        }
    }
    struct dwarf_named named = {.entry = entry, .owner = owner};
    struct dwarf_unit at = *unit;
    const char *text = NULL;
    if (name_search(&at, file, entry, &text) < 0)
        return -1;
    size_t length = text ? strlen(text) : 0;
    *unit->cost += length;
    if ((text && intern_add(names->texts, text, length, &named.name) < 0) ||
        mem_grow(&names->items, &names->capacity, names->count + 1, sizeof named) < 0 ||
        index_add(&names->index, hash, (uint32_t)names->count) < 0)
        return -1;
    names->items[names->count++] = named;
    *ret_name = named.name;
    return 0;
}
