/* SPDX-License-Identifier: MIT */
/* Names of functions: an inlined one refers to what was inlined, that perhaps to its declaration
 * in a class, and one of them has the name that the linker would see. g++ writes none for what no
 * other file can call, as in namespaces without a name and in functions: of these the name is put
 * together from what the declaration is in, as the demangler would show it.
 *
 *     inlined subroutine ─▶ subprogram ─▶ subprogram "next"        app::(anonymous namespace)
 *                                           in struct "Parser"       ::Parser::next
 *                                             in namespace
 *                                               in namespace "app" */
#ifndef PFL_RESOLVE_DWARF_NAME_H
#define PFL_RESOLVE_DWARF_NAME_H

#include "base/buffer.h"
#include "base/index.h"
#include "base/intern.h"
#include "resolve/dwarf/scope.h"
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
    bool scoped;     /* names are put together; else they are as they are written */
    uint64_t budget; /* of *unit->cost: beyond, too, they are as they are written */
    struct dwarf_scopes scopes;
    struct buffer whole, part; /* while one is put together */
};

void dwarf_names_done(struct dwarf_names *names);

/* The name of the function that an entry is, or stands for; 0 if it has none. The entry is in
 * `file`, that of `unit` or its supplementary one; `owner` tells files apart. Returns 0, or -1. */
int dwarf_names_find(struct dwarf_names *names, const struct dwarf_unit *unit, uint32_t owner,
                     struct dwarf_file *file, uint64_t entry, uint32_t *ret_name);

#endif
