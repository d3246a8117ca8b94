/* SPDX-License-Identifier: MIT */
/* The walk over the entries of a unit: which inlined functions hold which places. */
#ifndef PFL_RESOLVE_DWARF_SCAN_H
#define PFL_RESOLVE_DWARF_SCAN_H

#include "resolve/dwarf/frames.h"
#include "resolve/dwarf/image.h"
#include "resolve/dwarf/unit.h"

#define DWARF_NODE_NONE UINT32_MAX

/* An entry that holds a place, or has one inside that does. */
struct dwarf_node {
    struct dwarf_file *file; /* where it is named: itself, or what it is a copy of */
    uint64_t entry;
    uint32_t parent; /* the entry around it; DWARF_NODE_NONE: this is a function of its own */
    uint32_t call_file, call_line;
};

/* An entry that is being walked through, and what surrounds those at its depth. */
struct dwarf_level {
    struct dwarf_node entry;
    uint32_t node;   /* of `entry`, once it has one */
    uint32_t around; /* the depth of the function or inlined function around */
    uint32_t depth;  /* how many there are around `entry` */
    bool function;   /* `entry` is no inlined one */
    bool live;       /* it may hold places */
};

struct dwarf_scan {
    struct dwarf_frames *frames;
    const struct dwarf_image *image;
    uint64_t budget; /* of *unit->cost */
    const struct dwarf_unit *unit;
    uint32_t owner; /* its number */
    bool passes;    /* over what is in entries that seem to hold no places */
    bool passed;    /* over some */
    struct dwarf_level *levels;
    size_t level_count, level_capacity;
    struct dwarf_node *nodes; /* of this unit */
    size_t node_count, node_capacity;
    uint32_t *touched; /* the places that it owns */
    size_t touched_count, touched_capacity;
};

void dwarf_scan_done(struct dwarf_scan *scan);

/* Walks over a unit; number `owner` counts from 1. Returns 0, or -1 without memory. */
int dwarf_scan_unit(struct dwarf_scan *scan, const struct dwarf_unit *unit, uint32_t owner);

/* Takes from the unit that was walked over last the places that it was given. */
void dwarf_scan_forget(struct dwarf_scan *scan);

/* The first place at or behind an address. */
size_t dwarf_places_from(const struct dwarf_frames *frames, uint64_t address);

#endif
