/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/aranges.h"

#include <stdlib.h>

#include "resolve/dwarf/form.h"
#include "resolve/dwarf/scan.h"

void dwarf_aranges_done(struct dwarf_aranges *aranges)
{
    mem_free(aranges->told.items);
    mem_free(aranges->holding.items);
    *aranges = (struct dwarf_aranges){0};
}

/* One set: a unit, and what code it has. */
struct aranges_set {
    struct cursor c; /* over the rest of the set */
    uint64_t unit;
    unsigned size; /* of an address */
};

static int units_add(struct dwarf_aranges_units *units, uint64_t unit)
{
    if (units->count && units->items[units->count - 1] == unit)
        return 0;
    if (mem_grow(&units->items, &units->capacity, units->count + 1, sizeof unit) < 0)
        return -1;
    units->items[units->count++] = unit;
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
        if (__builtin_add_overflow(start, length, &end))
            continue;
        ++*cost;
        for (size_t i = dwarf_places_from(frames, start);
             i < frames->place_count && frames->places[i].address < end && *cost < budget; i++) {
            frames->places[i].told = true;
            ++*cost;
            if (units_add(&aranges->holding, set->unit) < 0)
                return -1;
        }
    }
    return 0;
}

static int unit_compare(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* Brings units into order, each of them once. */
static void units_sort(struct dwarf_aranges_units *units)
{
    size_t kept = 0;
    if (units->count)
        qsort(units->items, units->count, sizeof *units->items, unit_compare);
    for (size_t i = 0; i < units->count; i++)
        if (i == 0 || units->items[i] != units->items[i - 1])
            units->items[kept++] = units->items[i];
    units->count = kept;
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
        if (units_add(&aranges->told, set.unit) < 0 ||
            set_read(aranges, &set, frames, budget, &cost) < 0)
            return -1;
    }
    units_sort(&aranges->told);
    units_sort(&aranges->holding);
    return section->failed ? -1 : 0;
}

bool dwarf_aranges_tell(const struct dwarf_aranges *aranges, uint64_t unit)
{
    const struct dwarf_aranges_units *told = &aranges->told;
    return told->count && bsearch(&unit, told->items, told->count, sizeof unit, unit_compare);
}
