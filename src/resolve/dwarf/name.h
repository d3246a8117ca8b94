/* SPDX-License-Identifier: MIT */
/* Names of functions: an inlined one refers to what was inlined, that perhaps to its declaration
 * in a class, and one of them has the name that the linker would see. */
#ifndef PFL_RESOLVE_DWARF_NAME_H
#define PFL_RESOLVE_DWARF_NAME_H

#include "base/index.h"
#include "base/intern.h"
#include "resolve/dwarf/unit.h"

struct dwarf_named {
    uint64_t entry;
    uint32_t owner, name;
};

/* Names that were looked up, by entry: inlined functions are the same ones all over. */
struct dwarf_names {
    struct intern *texts;
    struct dwarf_named *items;
    size_t count, capacity;
    struct index index;
};

void dwarf_names_done(struct dwarf_names *names);

/* The name of the function that an entry is, or stands for; 0 if it has none. The entry is in
 * `file`, that of `unit` or its supplementary one; `owner` tells files apart. Returns 0, or -1. */
int dwarf_names_find(struct dwarf_names *names, const struct dwarf_unit *unit, uint32_t owner,
                     struct dwarf_file *file, uint64_t entry, uint32_t *ret_name);

#endif
