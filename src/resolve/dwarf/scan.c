/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/scan.h"

#include <dwarf.h>

#include "base/limits.h"
#include "base/mem.h"
#include "resolve/leb128.h"

#define AROUND_NONE UINT32_MAX

void dwarf_scan_done(struct dwarf_scan *scan)
{
    mem_free(scan->levels);
    mem_free(scan->nodes);
    mem_free(scan->touched);
    *scan = (struct dwarf_scan){0};
}

size_t dwarf_places_from(const struct dwarf_frames *frames, uint64_t address)
{
    size_t low = 0, high = frames->place_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (frames->places[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The node of the entry at a depth, made with those around it if it has none yet. */
static int scan_node(struct dwarf_scan *scan, uint32_t depth, uint32_t *ret_node)
{
    uint32_t child = DWARF_NODE_NONE;
    for (uint32_t at = depth; at != AROUND_NONE; at = scan->levels[at].around) {
        struct dwarf_level *level = &scan->levels[at];
        bool made = level->node != DWARF_NODE_NONE;
        if (!made) {
            if (mem_grow(&scan->nodes, &scan->node_capacity, scan->node_count + 1,
                         sizeof *scan->nodes) < 0)
                return -1;
            level->node = (uint32_t)scan->node_count;
            scan->nodes[scan->node_count++] = level->entry;
        }
        if (child != DWARF_NODE_NONE)
            scan->nodes[child].parent = level->node;
        if (made || level->function)
            break;
        child = level->node;
    }
    *ret_node = scan->levels[depth].node;
    return 0;
}

static int scan_touch(struct dwarf_scan *scan, struct dwarf_place *place)
{
    if (place->owner)
        return 0;
    if (mem_grow(&scan->touched, &scan->touched_capacity, scan->touched_count + 1,
                 sizeof *scan->touched) < 0)
        return -1;
    scan->touched[scan->touched_count++] = (uint32_t)(place - scan->frames->places);
    place->owner = scan->owner;
    place->node = DWARF_NODE_NONE;
    return 0;
}

/* Of entries that hold a place, the deepest counts; of two as deep, the shorter. */
static bool is_better(const struct dwarf_place *place, uint32_t depth, uint64_t span)
{
    if (place->node == DWARF_NODE_NONE || depth != place->depth)
        return place->node == DWARF_NODE_NONE || depth > place->depth;
    return span <= place->span;
}

/* Gives the entry at a depth the places in a range. Returns 1 if there is any, 0, or -1. */
static int scan_range(struct dwarf_scan *scan, uint32_t depth, uint64_t start, uint64_t end)
{
    struct dwarf_frames *frames = scan->frames;
    int found = 0;
    for (size_t i = dwarf_places_from(frames, start);
         i < frames->place_count && frames->places[i].address < end; i++) {
        struct dwarf_place *place = &frames->places[i];
        found = 1;
        ++*scan->unit->cost;
        if (scan_touch(scan, place) < 0)
            return -1;
        if (place->owner != scan->owner ||
            !is_better(place, scan->levels[depth].depth, end - start))
            continue;
        place->depth = scan->levels[depth].depth;
        place->span = end - start;
        if (scan_node(scan, depth, &place->node) < 0)
            return -1;
    }
    return found;
}

/* What the attributes of a function say about its place. */
struct scan_entry {
    struct dwarf_value low, high, ranges, origin;
    uint32_t call_file, call_line;
    bool named;
};

static void scan_attributes(const struct dwarf_scan *scan, const struct dwarf_abbrev *abbrev,
                            struct cursor *c, struct scan_entry *entry)
{
    const struct dwarf_unit *unit = scan->unit;
    for (unsigned i = 0; i < abbrev->attribute_count; i++) {
        const struct dwarf_attribute *attribute =
            &unit->abbrevs->attributes[abbrev->first_attribute + i];
        struct dwarf_value value =
            dwarf_form_read(c, attribute->form, attribute->constant, unit->head.sizes);
        switch (attribute->name) {
        case DW_AT_low_pc: entry->low = value; break;
        case DW_AT_high_pc: entry->high = value; break;
        case DW_AT_ranges: entry->ranges = value; break;
        case DW_AT_call_file: entry->call_file = (uint32_t)value.number; break;
        case DW_AT_call_line: entry->call_line = (uint32_t)value.number; break;
        case DW_AT_abstract_origin:
        case DW_AT_specification: entry->origin = value; break;
        case DW_AT_linkage_name:
        case DW_AT_MIPS_linkage_name: entry->named = true; break;
        default: break;
        }
    }
}

/* A function, inlined or not. Returns 0, or -1 without memory. */
static int scan_function(struct dwarf_scan *scan, uint32_t depth, const struct scan_entry *entry)
{
    struct dwarf_level *level = &scan->levels[depth];
    struct dwarf_node *node = &level->entry, self = *node;
    node->call_file = entry->call_file;
    node->call_line = entry->call_line;
    if (!entry->named &&
        !dwarf_unit_reference(scan->unit, entry->origin, &node->file, &node->entry))
        *node = (struct dwarf_node){self.file, self.entry, self.parent, entry->call_file,
                                    entry->call_line};
    struct dwarf_ranges ranges =
        dwarf_ranges_of(scan->unit, entry->low, entry->high, entry->ranges);
    uint64_t start, end;
    bool live = false;
    while (*scan->unit->cost < scan->budget && dwarf_ranges_next(&ranges, &start, &end)) {
        if (!dwarf_image_is_code(scan->image, start))
            continue;
        int r = scan_range(scan, depth, start, end);
        if (r < 0)
            return -1;
        live |= r > 0;
    }
    /* Nothing inside a function is outside of it. Inlined ones are not always so tidy. */
    if (level->function)
        level->live = live;
    return 0;
}

/* Prepares the level of an entry; true if its attributes are of interest. */
static bool scan_enter(struct dwarf_scan *scan, uint32_t depth, uint16_t tag, uint64_t at)
{
    struct dwarf_level *level = &scan->levels[depth];
    const struct dwarf_level *around =
        level->around == AROUND_NONE ? NULL : &scan->levels[level->around];
    level->function = tag == DW_TAG_subprogram;
    if (!level->function && (tag != DW_TAG_inlined_subroutine || !around || !around->live))
        return false;
    level->entry =
        (struct dwarf_node){.file = scan->unit->file, .entry = at, .parent = DWARF_NODE_NONE};
    level->node = DWARF_NODE_NONE;
    level->depth = around ? around->depth + 1 : 0;
    level->live = true;
    return true;
}

/* Makes room for entries one deeper than `depth`, which are inside of `around`. */
static int scan_level(struct dwarf_scan *scan, uint32_t depth, uint32_t around)
{
    if (mem_grow(&scan->levels, &scan->level_capacity, (size_t)depth + 1, sizeof *scan->levels) < 0)
        return -1;
    scan->levels[depth] = (struct dwarf_level){.around = around};
    return 0;
}

/* True for what has inside of it neither functions nor what they consist of, as a rule. */
static bool is_barren(uint16_t tag)
{
    switch (tag) {
    case DW_TAG_array_type:
    case DW_TAG_class_type:
    case DW_TAG_enumeration_type:
    case DW_TAG_structure_type:
    case DW_TAG_subroutine_type:
    case DW_TAG_union_type:
    case DW_TAG_call_site:
    case DW_TAG_GNU_call_site: return true;
    default: return false;
    }
}

/* Passes over what is inside of an entry, if that is of no interest and it tells where it ends.
 * `function` is its level, if it is one. */
static bool scan_pass(struct dwarf_scan *scan, const struct dwarf_abbrev *abbrev,
                      const struct dwarf_level *function, struct cursor *c)
{
    uint64_t next;
    if (!scan->passes || (function ? function->live : !is_barren(abbrev->tag)) ||
        !dwarf_unit_sibling(scan->unit, abbrev, c, &next))
        return false;
    c->position = (size_t)(next - scan->unit->head.entries);
    scan->passed = true;
    return true;
}

void dwarf_scan_forget(struct dwarf_scan *scan)
{
    for (size_t i = 0; i < scan->touched_count; i++)
        scan->frames->places[scan->touched[i]].owner = 0;
    scan->touched_count = 0;
}

int dwarf_scan_unit(struct dwarf_scan *scan, const struct dwarf_unit *unit, uint32_t owner)
{
    const struct dwarf_head *head = &unit->head;
    struct cursor c =
        dwarf_file_cursor(unit->file, DWARF_INFO, head->entries, head->end - head->entries);
    scan->unit = unit;
    scan->owner = owner;
    scan->node_count = scan->touched_count = 0;
    scan->passed = false;
    *unit->cost += head->end - head->entries;
    uint32_t depth = 0;
    if (scan_level(scan, 0, AROUND_NONE) < 0)
        return -1;
    while (!c.failed && cursor_left(&c) && *unit->cost < scan->budget) {
        uint64_t at = head->entries + c.position;
        uint64_t code = leb128_unsigned(&c);
        if (code == 0) { /* the end of the entries of this depth */
            if (depth-- <= 1)
                break;
            continue;
        }
        const struct dwarf_abbrev *abbrev = dwarf_abbrev_find(unit->abbrevs, code);
        if (!abbrev)
            break;
        bool function = scan_enter(scan, depth, abbrev->tag, at);
        if (function) {
            struct scan_entry entry = {0};
            scan_attributes(scan, abbrev, &c, &entry);
            if (!c.failed && scan_function(scan, depth, &entry) < 0)
                return -1;
        } else {
            dwarf_abbrev_skip(unit->abbrevs, abbrev, &c);
        }
        if (!abbrev->children) {
            if (depth == 0)
                break;
            continue;
        }
        if (scan_pass(scan, abbrev, function ? &scan->levels[depth] : NULL, &c))
            continue;
        if (depth >= LIMIT_DEBUG_DEPTH)
            break;
        uint32_t around = function ? depth : scan->levels[depth].around;
        if (scan_level(scan, ++depth, around) < 0)
            return -1;
    }
    return unit->file->sections[DWARF_INFO].failed ? -1 : 0;
}
