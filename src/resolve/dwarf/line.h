/* SPDX-License-Identifier: MIT */
/* Line tables: which file and line an address was compiled from. */
#ifndef PFL_RESOLVE_DWARF_LINE_H
#define PFL_RESOLVE_DWARF_LINE_H

#include "resolve/dwarf/scan.h"

/* The table of a unit: its files, and a program that makes its rows. */
struct dwarf_lines {
    struct dwarf_sizes sizes;
    uint8_t step, operations; /* bytes of the shortest instruction; operations in one */
    int8_t line_base;
    uint8_t line_range, first_special;
    uint8_t lengths[256]; /* arguments of the opcodes before the special ones */
    struct cursor program;
    struct dwarf_value *files; /* their names, from first_file on */
    uint32_t *names;           /* the same as numbers of texts; 0: not made yet */
    size_t file_count, file_capacity;
    uint32_t first_file;
    const struct dwarf_unit *unit;
};

void dwarf_lines_done(struct dwarf_lines *lines);

/* Reads the header of a unit's table, which must not have been read. Returns 1, 0 if there is
 * none that can be read, or -1 without memory. */
int dwarf_lines_open(struct dwarf_lines *lines, const struct dwarf_unit *unit);

/* The base name of a file, as a number of texts; 0 if there is none. Returns 0, or -1. */
int dwarf_lines_file(struct dwarf_lines *lines, struct intern *texts, uint32_t file,
                     uint32_t *ret_name);

/* Runs the program while the unit's cost is below `budget`, and tells the places that have no line
 * yet where they are. Returns 0, or -1. */
int dwarf_lines_run(struct dwarf_lines *lines, struct dwarf_frames *frames,
                    const struct dwarf_image *image, uint64_t budget);

#endif
