/* SPDX-License-Identifier: MIT */
/* Lists of ranges: .debug_ranges (DWARF 4, section 2.17.3) and .debug_rnglists (DWARF 5, section
 * 7.25). */
#include <dwarf.h>

#include "resolve/leb128.h"

#include "resolve/dwarf/unit.h"

/* Longer entries than this are damage. */
enum { ENTRY_BYTES = 64 };

static void ranges_list(struct dwarf_ranges *ranges, struct dwarf_value list)
{
    const struct dwarf_unit *unit = ranges->unit;
    bool five = unit->head.sizes.version >= 5;
    unsigned size = unit->head.sizes.offset;
    ranges->section = five ? DWARF_RNGLISTS : DWARF_RANGES;
    ranges->file =
        five && dwarf_file_has(unit->file, DWARF_RNGLISTS) ? unit->file : unit->addresses;
    ranges->base = unit->low_pc;
    if (list.form == DW_FORM_rnglistx) {
        struct cursor c = {.failed = true};
        if (list.number <= UINT32_MAX)
            c = dwarf_file_cursor(ranges->file, ranges->section,
                                  unit->rnglists_base + list.number * size, size);
        ranges->at = unit->rnglists_base + dwarf_number(&c, size);
        if (c.failed)
            ranges->file = NULL;
    } else {
        ranges->at = list.number + (five ? unit->parts.rnglists : 0) +
                     (unit->split && !five ? unit->ranges_base : 0);
    }
}

struct dwarf_ranges dwarf_ranges_of(const struct dwarf_unit *unit, struct dwarf_value low,
                                    struct dwarf_value high, struct dwarf_value list)
{
    struct dwarf_ranges ranges = {.unit = unit};
    if (list.form) {
        ranges_list(&ranges, list);
    } else if (high.form && dwarf_unit_address(unit, low, &ranges.start)) {
        /* An address, or how far behind low_pc the end is. */
        if (!dwarf_unit_address(unit, high, &ranges.end) &&
            __builtin_add_overflow(ranges.start, high.number, &ranges.end))
            ranges.end = 0;
    }
    return ranges;
}

static uint64_t ranges_address(struct dwarf_ranges *ranges, struct cursor *c)
{
    uint64_t address = 0;
    struct dwarf_value value = {.form = DW_FORM_addrx, .number = leb128_unsigned(c)};
    if (!dwarf_unit_address(ranges->unit, value, &address))
        c->failed = true;
    return address;
}

/* Reads one entry of .debug_rnglists. Returns 1 if it is a range, 0 if not, -1 at the end. */
static int ranges_entry_five(struct dwarf_ranges *ranges, struct cursor *c, uint64_t *start,
                             uint64_t *end)
{
    unsigned size = ranges->unit->head.sizes.address;
    switch (cursor_u8(c)) {
    case DW_RLE_base_addressx: ranges->base = ranges_address(ranges, c); return 0;
    case DW_RLE_base_address: ranges->base = dwarf_number(c, size); return 0;
    case DW_RLE_startx_endx:
        *start = ranges_address(ranges, c);
        *end = ranges_address(ranges, c);
        return 1;
    case DW_RLE_startx_length:
        *start = ranges_address(ranges, c);
        *end = *start + leb128_unsigned(c);
        return 1;
    case DW_RLE_offset_pair:
        *start = ranges->base + leb128_unsigned(c);
        *end = ranges->base + leb128_unsigned(c);
        return 1;
    case DW_RLE_start_end:
        *start = dwarf_number(c, size);
        *end = dwarf_number(c, size);
        return 1;
    case DW_RLE_start_length:
        *start = dwarf_number(c, size);
        *end = *start + leb128_unsigned(c);
        return 1;
    default: return -1; /* the end of the list, or nothing known */
    }
}

/* The same of .debug_ranges. */
static int ranges_entry_four(struct dwarf_ranges *ranges, struct cursor *c, uint64_t *start,
                             uint64_t *end)
{
    unsigned size = ranges->unit->head.sizes.address;
    uint64_t most = size == 8 ? UINT64_MAX : UINT32_MAX;
    *start = dwarf_number(c, size);
    *end = dwarf_number(c, size);
    if (*start == most) {
        ranges->base = *end;
        return 0;
    }
    if (*start == 0 && *end == 0)
        return -1;
    *start += ranges->base;
    *end += ranges->base;
    return 1;
}

bool dwarf_ranges_next(struct dwarf_ranges *ranges, uint64_t *ret_start, uint64_t *ret_end)
{
    if (!ranges->file) {
        bool some = ranges->end > ranges->start;
        *ret_start = ranges->start;
        *ret_end = ranges->end;
        ranges->end = 0;
        return some;
    }
    for (;;) {
        struct dwarf_section *section = &ranges->file->sections[ranges->section];
        if (!dwarf_section_need(section, ranges->at, 0))
            return false;
        uint64_t left = section->size - ranges->at;
        struct cursor c = dwarf_file_cursor(ranges->file, ranges->section, ranges->at,
                                            left < ENTRY_BYTES ? left : ENTRY_BYTES);
        int r = ranges->section == DWARF_RNGLISTS
                    ? ranges_entry_five(ranges, &c, ret_start, ret_end)
                    : ranges_entry_four(ranges, &c, ret_start, ret_end);
        *ranges->unit->cost += c.position;
        ranges->at += c.position;
        if (r < 0 || c.failed)
            return false;
        if (r > 0 && *ret_end > *ret_start)
            return true;
    }
}
