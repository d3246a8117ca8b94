/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/abbrev.h"

#include <dwarf.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "resolve/dwarf/form.h"
#include "resolve/leb128.h"

void dwarf_abbrevs_done(struct dwarf_abbrevs *abbrevs)
{
    mem_free(abbrevs->entries);
    mem_free(abbrevs->attributes);
    mem_free(abbrevs->steps);
    *abbrevs = (struct dwarf_abbrevs){0};
}

static int abbrevs_attribute(struct dwarf_abbrevs *abbrevs, struct dwarf_attribute attribute)
{
    if (mem_grow(&abbrevs->attributes, &abbrevs->attribute_capacity, abbrevs->attribute_count + 1,
                 sizeof attribute) < 0)
        return -1;
    abbrevs->attributes[abbrevs->attribute_count++] = attribute;
    return 0;
}

static int abbrevs_step(struct dwarf_abbrevs *abbrevs, struct dwarf_step step)
{
    if (mem_grow(&abbrevs->steps, &abbrevs->step_capacity, abbrevs->step_count + 1, sizeof step) <
        0)
        return -1;
    abbrevs->steps[abbrevs->step_count++] = step;
    return 0;
}

/* Sums up the attributes of an entry. */
static int abbrevs_steps(struct dwarf_abbrevs *abbrevs, struct dwarf_abbrev *entry)
{
    struct dwarf_step step = {0};
    entry->first_step = (uint32_t)abbrevs->step_count;
    for (size_t i = 0; i < entry->attribute_count; i++) {
        uint16_t form = abbrevs->attributes[entry->first_attribute + i].form;
        int size = dwarf_form_size(form, abbrevs->sizes);
        if (size >= 0) {
            step.bytes += (uint32_t)size;
            continue;
        }
        step.form = form;
        if (abbrevs_step(abbrevs, step) < 0)
            return -1;
        step = (struct dwarf_step){0};
    }
    if (step.bytes && abbrevs_step(abbrevs, step) < 0)
        return -1;
    entry->step_count = (uint16_t)(abbrevs->step_count - entry->first_step);
    return 0;
}

/* Codes count up from 1, by every compiler; one far beyond its fellows is damage. */
static int abbrevs_add(struct dwarf_abbrevs *abbrevs, const struct dwarf_abbrev *entry)
{
    size_t old = abbrevs->entry_count, need = (size_t)entry->code + 1;
    if (need > old) {
        if (mem_grow(&abbrevs->entries, &abbrevs->entry_capacity, need, sizeof *entry) < 0)
            return -1;
        memset(abbrevs->entries + old, 0, (need - old) * sizeof *entry);
        abbrevs->entry_count = need;
    }
    if (abbrevs->entries[entry->code].code == 0)
        abbrevs->entries[entry->code] = *entry;
    return 0;
}

/* Reads one declaration. Returns 1, 0 at the end of the table or where it is damaged, or -1. */
static int abbrevs_entry(struct dwarf_abbrevs *abbrevs, struct cursor *c)
{
    struct dwarf_abbrev entry = {.code = leb128_unsigned(c),
                                 .first_attribute = (uint32_t)abbrevs->attribute_count};
    if (c->failed || entry.code == 0 || entry.code > c->position + LIMIT_DEBUG_GAP)
        return 0;
    uint64_t tag = leb128_unsigned(c);
    entry.tag = tag > UINT16_MAX ? 0 : (uint16_t)tag;
    entry.children = cursor_u8(c) != 0;
    for (;;) {
        uint64_t name = leb128_unsigned(c), form = leb128_unsigned(c);
        struct dwarf_attribute attribute = {.name = (uint16_t)name, .form = (uint16_t)form};
        if (form == 0x21) /* DW_FORM_implicit_const */
            attribute.constant = leb128_signed(c);
        if (c->failed || name > UINT16_MAX || form > UINT16_MAX)
            return 0;
        if (name == 0 && form == 0)
            break;
        if (entry.attribute_count >= LIMIT_DEBUG_ATTRIBUTES)
            return 0;
        if (abbrevs_attribute(abbrevs, attribute) < 0)
            return -1;
        entry.attribute_count++;
        entry.sibling = name == DW_AT_sibling && form == DW_FORM_ref4;
    }
    return abbrevs_steps(abbrevs, &entry) < 0 || abbrevs_add(abbrevs, &entry) < 0 ? -1 : 1;
}

int64_t dwarf_abbrevs_read(struct dwarf_abbrevs *abbrevs, struct dwarf_section *section,
                           uint64_t offset, struct dwarf_sizes sizes)
{
    abbrevs->section = section;
    abbrevs->offset = offset;
    abbrevs->sizes = sizes;
    abbrevs->valid = true;
    abbrevs->entry_count = abbrevs->attribute_count = abbrevs->step_count = 0;
    /* How long a table is, is known at its end: try with little, then with more. */
    for (uint64_t room = 4096;; room *= 8) {
        bool all = offset >= section->size || room >= section->size - offset;
        if (all && !dwarf_section_need(section, offset, 0))
            return section->failed ? -1 : 0;
        if (all)
            room = section->size - offset;
        if (!dwarf_section_need(section, offset, room))
            return section->failed ? -1 : 0;
        struct cursor c = cursor_of(section->bytes + offset, (size_t)room, false);
        abbrevs->entry_count = abbrevs->attribute_count = abbrevs->step_count = 0;
        int r;
        while ((r = abbrevs_entry(abbrevs, &c)) > 0)
            continue;
        if (r < 0)
            return -1;
        if (!c.failed || all)
            return (int64_t)c.position;
    }
}

void dwarf_abbrev_skip(const struct dwarf_abbrevs *abbrevs, const struct dwarf_abbrev *abbrev,
                       struct cursor *c)
{
    for (unsigned i = 0; i < abbrev->step_count; i++) {
        const struct dwarf_step *step = &abbrevs->steps[abbrev->first_step + i];
        cursor_skip(c, step->bytes);
        if (step->form)
            dwarf_form_skip(c, step->form, abbrevs->sizes);
    }
}
