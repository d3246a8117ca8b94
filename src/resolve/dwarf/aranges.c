/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/aranges.h"

#include <stdlib.h>

#include "resolve/dwarf/form.h"
#include "resolve/dwarf/scan.h"

/* Functions begin at multiples of so many bytes at most. */
#define PADDING_MOST 64u

void dwarf_aranges_done(struct dwarf_aranges *aranges)
{
    mem_free(aranges->units);
    *aranges = (struct dwarf_aranges){0};
}

/* One set: a unit, and what code it has. */
struct aranges_set {
    struct cursor c; /* over the rest of the set */
    uint64_t unit;
    unsigned size; /* of an address */
};

static int aranges_add(struct dwarf_aranges *aranges, uint64_t unit)
{
    size_t count = aranges->unit_count;
    if (count && aranges->units[count - 1] == unit)
        return 0;
    if (mem_grow(&aranges->units, &aranges->unit_capacity, count + 1, sizeof unit) < 0)
        return -1;
    aranges->units[aranges->unit_count++] = unit;
    return 0;
}

/* Reads the header of the set at which `c` stands, and moves `c` behind the set. */
static bool set_open(struct aranges_set *set, struct cursor *c)
{
    unsigned offset_size = 4;
    uint64_t length = cursor_u32(c);
    if (length == UINT32_MAX) {
        offset_size = 8;
        length = cursor_u64(c);
    }
    if (c->failed || length > cursor_left(c))
        return false;
    set->c = *c;
    set->c.size = c->position + (size_t)length;
    cursor_skip(c, (size_t)length);
    if (cursor_u16(&set->c) != 2)
        return false;
    set->unit = dwarf_number(&set->c, offset_size);
    set->size = cursor_u8(&set->c);
    if (cursor_u8(&set->c) != 0 || (set->size != 4 && set->size != 8)) /* segments: nobody's */
        return false;
    /* Pairs are aligned as they are large, counting from where the set begins. */
    size_t header = (offset_size == 4 ? 4 : 12) + 2 + offset_size + 2;
    size_t pair = 2 * (size_t)set->size;
    cursor_skip(&set->c, (pair - header % pair) % pair);
    return !set->c.failed;
}

/* Marks the places that lie a little below a range, and a little above it, of which `first` is the
 * first at or behind its start, and `behind` the first behind its end. */
static void range_beside(struct dwarf_frames *frames, size_t first, size_t behind, uint64_t start,
                         uint64_t end, uint64_t budget, uint64_t *cost)
{
    struct dwarf_place *places = frames->places;
    for (size_t i = first; i > 0 && start - places[i - 1].address < PADDING_MOST; i--) {
        places[i - 1].beside |= DWARF_BELOW_CODE;
        if (++*cost >= budget)
            return;
    }
    for (size_t i = behind; i < frames->place_count && places[i].address - end < PADDING_MOST;
         i++) {
        places[i].beside |= DWARF_ABOVE_CODE;
        if (++*cost >= budget)
            return;
    }
}

/* Marks the places in the ranges of a set, as long as *cost is below `budget`: all ranges of a
 * hostile file may hold all places. Returns 0, or -1 without memory. */
static int set_read(struct dwarf_aranges *aranges, struct aranges_set *set,
                    struct dwarf_frames *frames, uint64_t budget, uint64_t *cost)
{
    while (cursor_left(&set->c) && *cost < budget) {
        uint64_t start = dwarf_number(&set->c, set->size), end;
        uint64_t length = dwarf_number(&set->c, set->size);
        if (set->c.failed || (start == 0 && length == 0))
            break;
        if (length == 0 || __builtin_add_overflow(start, length, &end))
            continue;
        ++*cost;
        size_t first = dwarf_places_from(frames, start), i = first;
        for (; i < frames->place_count && frames->places[i].address < end && *cost < budget; i++) {
            frames->places[i].told = true;
            ++*cost;
            if (aranges_add(aranges, set->unit) < 0)
                return -1;
        }
        range_beside(frames, first, i, start, end, budget, cost);
    }
    return 0;
}

static int unit_compare(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* Brings the units into order, each of them once. */
static void aranges_sort(struct dwarf_aranges *aranges)
{
    size_t kept = 0;
    if (aranges->unit_count)
        qsort(aranges->units, aranges->unit_count, sizeof *aranges->units, unit_compare);
    for (size_t i = 0; i < aranges->unit_count; i++)
        if (i == 0 || aranges->units[i] != aranges->units[i - 1])
            aranges->units[kept++] = aranges->units[i];
    aranges->unit_count = kept;
}

int dwarf_aranges_read(struct dwarf_aranges *aranges, struct dwarf_file *file,
                       struct dwarf_frames *frames, uint64_t budget)
{
    struct dwarf_section *section = &file->sections[DWARF_ARANGES];
    uint64_t cost = 0;
    if (!dwarf_section_need(section, 0, 0))
        return section->failed ? -1 : 0;
    struct cursor c = dwarf_file_cursor(file, DWARF_ARANGES, 0, section->size);
    struct aranges_set set;
    while (!c.failed && cursor_left(&c) && cost < budget) {
        if (!set_open(&set, &c))
            continue;
        aranges->any = true;
        if (set_read(aranges, &set, frames, budget, &cost) < 0)
            return -1;
    }
    aranges_sort(aranges);
    return section->failed ? -1 : 0;
}
