/* SPDX-License-Identifier: MIT */
/* The abbreviations of a unit: what entries of each code consist of.
 *
 *     entries:    by code          tag, has children, its attributes, how to skip it
 *     attributes: [name form] [name form] ...
 *     steps:      [bytes, then a form of no fixed size] ...
 *
 * Most entries of a unit are only passed over, so each code's attributes are summed up in steps:
 * an entry without variable parts is one addition. */
#ifndef PFL_RESOLVE_DWARF_ABBREV_H
#define PFL_RESOLVE_DWARF_ABBREV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "resolve/dwarf/section.h"

struct dwarf_attribute {
    uint16_t name, form;
    int64_t constant; /* for DW_FORM_implicit_const */
};

/* Passes over `bytes`, then over a value of `form`; 0: none. */
struct dwarf_step {
    uint32_t bytes;
    uint16_t form;
};

struct dwarf_abbrev {
    uint64_t code; /* 0: there is no such code */
    uint32_t first_attribute, first_step;
    uint16_t attribute_count, step_count;
    uint16_t tag;
    bool children;
    bool sibling; /* its last four bytes tell where the entry behind its children stands */
};

/* What sizes of values depend on. */
struct dwarf_sizes {
    uint8_t version, address, offset; /* bytes of an address, and of an offset: 4 or 8 */
};

struct dwarf_abbrevs {
    const struct dwarf_section *section; /* which table it is */
    uint64_t offset;
    struct dwarf_sizes sizes;
    bool valid; /* holds a table */
    struct dwarf_abbrev *entries;
    size_t entry_count, entry_capacity;
    struct dwarf_attribute *attributes;
    size_t attribute_count, attribute_capacity;
    struct dwarf_step *steps;
    size_t step_count, step_capacity;
};

void dwarf_abbrevs_done(struct dwarf_abbrevs *abbrevs);

/* Reads the table at `offset`; a damaged one ends where the damage begins. Returns the bytes it
 * takes, or -1 without memory. */
int64_t dwarf_abbrevs_read(struct dwarf_abbrevs *abbrevs, struct dwarf_section *section,
                           uint64_t offset, struct dwarf_sizes sizes);

/* The abbreviation of a code; NULL if there is none. */
static inline const struct dwarf_abbrev *dwarf_abbrev_find(const struct dwarf_abbrevs *abbrevs,
                                                           uint64_t code)
{
    if (code < abbrevs->entry_count && abbrevs->entries[code].code == code)
        return &abbrevs->entries[code];
    return NULL;
}

/* Moves the cursor over the attributes of an entry. */
void dwarf_abbrev_skip(const struct dwarf_abbrevs *abbrevs, const struct dwarf_abbrev *abbrev,
                       struct cursor *c);

#endif
