/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/scope.h"

#include <dwarf.h>

#include "base/mem.h"
#include "resolve/leb128.h"

void dwarf_scopes_done(struct dwarf_scopes *scopes)
{
    mem_free(scopes->items);
    *scopes = (struct dwarf_scopes){0};
}

static int scopes_add(struct dwarf_scopes *scopes, struct dwarf_scope scope)
{
    if (scopes->count >= DWARF_SCOPE_NONE ||
        mem_grow(&scopes->items, &scopes->capacity, scopes->count + 1, sizeof scope) < 0)
        return -1;
    scopes->items[scopes->count++] = scope;
    return 0;
}

static bool is_scope(uint16_t tag)
{
    switch (tag) {
    case DW_TAG_class_type:
    case DW_TAG_namespace:
    case DW_TAG_structure_type:
    case DW_TAG_subprogram:
    case DW_TAG_union_type: return true;
    default: return false;
    }
}

/* A walk: towards one entry, or through all namespaces. */
struct scope_walk {
    struct dwarf_scopes *scopes;
    const struct dwarf_unit *unit;
    uint64_t target; /* UINT64_MAX: none */
    uint32_t around; /* what the walk is in */
    bool found;      /* the target */
};

/* Goes into an entry that has others inside, or passes over them. */
static int walk_inside(struct scope_walk *walk, const struct dwarf_abbrev *abbrev, uint64_t at,
                       struct cursor *c)
{
    const struct dwarf_head *head = &walk->unit->head;
    bool all = walk->target == UINT64_MAX;
    uint64_t next;
    bool told = dwarf_unit_sibling(walk->unit, abbrev, c, &next);
    bool pass = told && (all ? abbrev->tag != DW_TAG_namespace : next <= walk->target);
    if (pass)
        c->position = (size_t)(next - head->entries);
    if (pass && (!all || !is_scope(abbrev->tag)))
        return 0;
    struct dwarf_scope scope = {.entry = at,
                                .end = told ? next : head->end,
                                .around = walk->around,
                                .tag = abbrev->tag,
                                .passed = pass};
    if (!pass)
        walk->around = (uint32_t)walk->scopes->count;
    return scopes_add(walk->scopes, scope);
}

/* Walks over the entries of a unit from one on, and up to the target. */
static int walk_run(struct scope_walk *walk, uint64_t from, uint64_t budget)
{
    const struct dwarf_unit *unit = walk->unit;
    const struct dwarf_head *head = &unit->head;
    struct cursor c =
        dwarf_file_cursor(unit->file, DWARF_INFO, head->entries, head->end - head->entries);
    cursor_skip(&c, (size_t)(from - head->entries));
    while (!c.failed && cursor_left(&c) && *unit->cost < budget) {
        uint64_t at = head->entries + c.position;
        walk->found = at == walk->target;
        if (at >= walk->target)
            break;
        uint64_t code = leb128_unsigned(&c);
        if (code == 0 && walk->around == DWARF_SCOPE_NONE)
            break;
        if (code == 0) {
            struct dwarf_scope *ended = &walk->scopes->items[walk->around];
            ended->end = head->entries + c.position;
            walk->around = ended->around;
            continue;
        }
        const struct dwarf_abbrev *abbrev = dwarf_abbrev_find(unit->abbrevs, code);
        if (!abbrev)
            break;
        dwarf_abbrev_skip(unit->abbrevs, abbrev, &c);
        *unit->cost += 8 + abbrev->step_count;
        if (abbrev->children && walk_inside(walk, abbrev, at, &c) < 0)
            return -1;
    }
    return unit->file->sections[DWARF_INFO].failed ? -1 : 0;
}

/* Walks through the namespaces of a unit, unless that was done for the last one asked. */
static int scopes_read(struct dwarf_scopes *scopes, const struct dwarf_unit *unit, uint64_t budget)
{
    if (scopes->file == unit->file && scopes->unit == unit->head.offset) {
        scopes->count = scopes->kept;
        return 0;
    }
    struct scope_walk walk = {
        .scopes = scopes, .unit = unit, .target = UINT64_MAX, .around = DWARF_SCOPE_NONE};
    scopes->file = unit->file;
    scopes->unit = unit->head.offset;
    scopes->count = 0;
    int r = walk_run(&walk, unit->head.entries, budget);
    scopes->kept = scopes->count;
    return r;
}

/* Of those that begin before an entry, the last one that does not end there. */
static uint32_t scopes_holding(const struct dwarf_scopes *scopes, uint64_t entry)
{
    size_t low = 0, high = scopes->kept;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (scopes->items[middle].entry < entry)
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t at = low ? (uint32_t)low - 1 : DWARF_SCOPE_NONE;
    while (at != DWARF_SCOPE_NONE && scopes->items[at].end <= entry)
        at = scopes->items[at].around;
    return at;
}

int dwarf_scopes_find(struct dwarf_scopes *scopes, const struct dwarf_unit *unit, uint64_t entry,
                      uint64_t budget, uint32_t *ret_scope)
{
    *ret_scope = DWARF_SCOPE_NONE;
    if (scopes_read(scopes, unit, budget) < 0)
        return -1;
    uint32_t at = scopes_holding(scopes, entry);
    if (at == DWARF_SCOPE_NONE || !scopes->items[at].passed) {
        *ret_scope = at;
        return 0;
    }
    struct scope_walk walk = {
        .scopes = scopes, .unit = unit, .target = entry, .around = scopes->items[at].around};
    if (walk_run(&walk, scopes->items[at].entry, budget) < 0)
        return -1;
    if (walk.found)
        *ret_scope = walk.around;
    return 0;
}
