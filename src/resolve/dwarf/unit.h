/* SPDX-License-Identifier: MIT */
/* A unit: the debug information of one translation of one source file, or with split DWARF its
 * skeleton in the program, which tells where the rest is. */
#ifndef PFL_RESOLVE_DWARF_UNIT_H
#define PFL_RESOLVE_DWARF_UNIT_H

#include "resolve/dwarf/file.h"
#include "resolve/dwarf/form.h"

/* Where a unit's share of each section begins, in a file of many split units (.dwp). */
struct dwarf_parts {
    uint64_t abbrev, line, str_offsets, rnglists;
};

struct dwarf_unit {
    struct dwarf_file *file;
    struct dwarf_file *addresses; /* whose .debug_addr and .debug_ranges are meant */
    struct dwarf_head head;
    const struct dwarf_abbrevs *abbrevs; /* valid until a few others were asked for */
    struct dwarf_parts parts;
    const char *symfs;
    bool split; /* the part that is not in the program */
    uint64_t addr_base, str_offsets_base, rnglists_base, ranges_base;
    uint64_t low_pc; /* what its ranges are relative to */
    uint64_t lines;  /* its line table, if has_lines */
    bool has_lines;
    uint64_t dwo_id;
    uint16_t language;                    /* DW_LANG_...; 0: not told */
    const char *dwo_name, *folder;        /* NULL without; the folder is that of a dwo_name */
    struct dwarf_value low, high, ranges; /* where its code is, as told */
    uint64_t *cost;                       /* counts the work done */
};

/* Reads the first entry of a unit. `skeleton` is that of a split one, or NULL; `parts` may be
 * NULL. Returns 1, 0 if there is nothing to be read, or -1 without memory. */
int dwarf_unit_open(struct dwarf_unit *unit, struct dwarf_file *file, const struct dwarf_head *head,
                    const struct dwarf_unit *skeleton, const struct dwarf_parts *parts,
                    const char *symfs, uint64_t *cost);

/* What a value stands for. False (or NULL) if it cannot be read, or is no such thing. */
bool dwarf_unit_address(const struct dwarf_unit *unit, struct dwarf_value value, uint64_t *ret);
const char *dwarf_unit_text(const struct dwarf_unit *unit, struct dwarf_value value);

/* A reference to an entry: its offset in .debug_info of *ret_file. */
bool dwarf_unit_reference(const struct dwarf_unit *unit, struct dwarf_value value,
                          struct dwarf_file **ret_file, uint64_t *ret_offset);

/* Where the entry stands that follows what is inside of another one, if that tells: gcc does so of
 * nearly all. The cursor is over the entries of the unit, and behind the attributes of that one. */
bool dwarf_unit_sibling(const struct dwarf_unit *unit, const struct dwarf_abbrev *abbrev,
                        const struct cursor *c, uint64_t *ret_offset);

/* The code that an entry covers: low_pc to high_pc, or a list.
 *
 *     struct dwarf_ranges ranges = dwarf_ranges_of(unit, low, high, list);
 *     while (dwarf_ranges_next(&ranges, &start, &end)) */
struct dwarf_ranges {
    const struct dwarf_unit *unit;
    struct dwarf_file *file; /* NULL: no list */
    enum dwarf_section_id section;
    uint64_t at, base;
    uint64_t start, end; /* one without list; end 0: none, or told already */
};

struct dwarf_ranges dwarf_ranges_of(const struct dwarf_unit *unit, struct dwarf_value low,
                                    struct dwarf_value high, struct dwarf_value list);
bool dwarf_ranges_next(struct dwarf_ranges *ranges, uint64_t *ret_start, uint64_t *ret_end);

#endif
