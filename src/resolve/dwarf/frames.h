/* SPDX-License-Identifier: MIT */
/* From addresses of a program to the functions that were inlined there, all of them at once.
 *
 *     units whose ranges hold an address ─▶ one walk over the entries of each
 *
 *       subprogram main            40110-40180   ─┐ of each address, the deepest entry that
 *         inlined parse  called at 12  40118-40140 │ holds it, and with it those around
 *           inlined next called at 7   40120-40128 ▼
 *
 *     0x40124 ─▶ next, parse (line 7), main (line 12)
 *
 * The addresses are sorted, so an entry finds those it holds by one search; no index of the
 * program is made, and only units that are needed are read. The sections are read directly:
 * libdw knows no .dwp before 0.191, and its entries cost ten times as much. What a hostile file
 * can make us do is bounded by a budget that grows with what there is to be read. */
#ifndef PFL_RESOLVE_DWARF_FRAMES_H
#define PFL_RESOLVE_DWARF_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "base/mem.h"
#include "resolve/dwarf/file.h"
#include "resolve/dwarf/image.h"

/* An inlined function or, behind those of its address, the function that they are in. */
struct dwarf_frame {
    uint32_t name; /* as the compiler has it, a number in `texts`; 0: not told */
    uint32_t file; /* base name of the file of `line`; 0: not told */
    uint32_t line; /* where control is: of the address, or of the call further in */
};

struct dwarf_place {
    uint64_t address;
    uint32_t number;       /* for the caller */
    uint32_t first, count; /* in `frames`, innermost first; 0: nothing is known */
    /* While looking: */
    uint32_t owner;       /* the unit that has a function there, counting from 1; 0: none */
    uint32_t node, depth; /* the deepest entry so far */
    uint64_t span;        /* how long the range was */
    uint32_t file, line;  /* of the line table */
    bool told;            /* .debug_aranges has it */
    bool covered;         /* by the code of a unit that was looked at */
};

struct dwarf_frames {
    struct dwarf_place *places; /* by address; the caller's */
    size_t place_count;
    const struct dwarf_image *image; /* of the program; borrowed, as the texts below */
    bool lines;                      /* files and lines are wanted */
    bool scoped;                     /* names with what they are in, where g++ wrote none */
    const char *recorded; /* where `program` was, if it is a copy; others may lie beside it */
    const char *symfs;    /* root of absolute paths; NULL: / */
    struct intern *texts;
    struct dwarf_frame *frames;
    size_t frame_count, frame_capacity;
};

/* Appends a frame. Returns 0, or -1 without memory. */
int dwarf_frames_add(struct dwarf_frames *frames, struct dwarf_frame frame);

void dwarf_frames_done(struct dwarf_frames *frames);

/* Opens the first file that has debug information: NULL (in *ret_file) if none has. `program` is
 * the file that was mapped, `debug` one that has its debug information, or NULL. Returns 0, or -1
 * without memory. */
int dwarf_frames_open(struct dwarf_file **ret_file, const char *program, const char *debug,
                      const char *symfs);

/* Finds the frames of all places in it. Places are left without where there is none. Returns 0, or
 * -1 without memory. */
int dwarf_frames_find(struct dwarf_frames *frames, struct dwarf_file *file);

#endif
