/* SPDX-License-Identifier: MIT */
#include "resolve/spaces.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

static uint32_t spaces_version(struct spaces *spaces)
{
    /* Wraps after more mappings than a recording of 100 GB can hold. */
    if (++spaces->versions == 0)
        spaces->versions = 1;
    return spaces->versions;
}

struct space *space_new(struct spaces *spaces)
{
    struct space *space = mem_zalloc(1, sizeof *space);
    if (!space)
        return NULL;
    space->spaces = spaces;
    space->references = 1;
    space->version = space->state = spaces_version(spaces);
    return space;
}

struct space *space_share(struct space *space)
{
    space->references++;
    return space;
}

void space_release(struct space *space)
{
    if (!space || --space->references > 0)
        return;
    space_release(space->overlay); /* which has none itself */
    space->spaces->maps -= space->capacity;
    mem_free(space->maps);
    mem_free(space);
}

/* Makes room for `need` maps in a space. */
static int space_grow(struct space *space, size_t need)
{
    struct spaces *spaces = space->spaces;
    size_t before = space->capacity;
    if (need > LIMIT_SPACE_MAPS || (need > before && spaces->maps + need > LIMIT_MAPS)) {
        spaces->full = true;
        return -1;
    }
    if (mem_grow(&space->maps, &space->capacity, need, sizeof *space->maps) < 0)
        return -1;
    spaces->maps += space->capacity - before;
    return 0;
}

/* Makes *space its holder's own, with room for two more maps. */
static int space_own(struct spaces *spaces, struct space **space)
{
    struct space *old = *space;
    if (old->references == 1)
        return space_grow(old, old->count + 2);
    struct space *own = space_new(spaces);
    if (!own)
        return -1;
    if (space_grow(own, old->count + 2) < 0) {
        space_release(own);
        return -1;
    }
    if (old->count)
        memcpy(own->maps, old->maps, old->count * sizeof *own->maps);
    own->count = old->count;
    own->overlay = old->overlay ? space_share(old->overlay) : NULL;
    space_release(old);
    *space = own;
    return 0;
}

/* The number of the first map that ends behind an address. */
static size_t space_first(const struct space *space, uint64_t address)
{
    size_t low = 0, high = space->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (space->maps[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* True if an address that both hold means the same in both. */
static bool map_same(const struct space_map *a, const struct space_map *b)
{
    return a->object == b->object && a->code == b->code &&
           a->offset - a->start == b->offset - b->start;
}

/* Puts `map` in the place of the maps from `first` to before `behind`, keeping what of the outer
 * two it does not cover:
 *
 *     [a──────)  [b──)  [c───────)
 *          [map────────────)           ─▶   [a──)[map────────────)[c──)
 */
static void space_carve(struct space *space, size_t first, size_t behind,
                        const struct space_map *map)
{
    struct space_map pieces[3];
    size_t count = 0;
    if (first < behind && space->maps[first].start < map->start) {
        pieces[count] = space->maps[first];
        pieces[count++].end = map->start;
    }
    pieces[count++] = *map;
    if (first < behind && space->maps[behind - 1].end > map->end) {
        pieces[count] = space->maps[behind - 1];
        pieces[count].offset += map->end - pieces[count].start;
        pieces[count++].start = map->end;
    }
    memmove(space->maps + first + count, space->maps + behind,
            (space->count - behind) * sizeof *space->maps);
    memcpy(space->maps + first, pieces, count * sizeof *space->maps);
    space->count = space->count - (behind - first) + count;
}

int space_map(struct spaces *spaces, struct space **space, const struct space_map *map)
{
    if (map->start >= map->end)
        return 0;
    size_t first = space_first(*space, map->start), behind = first;
    bool changes = false;
    for (; behind < (*space)->count && (*space)->maps[behind].start < map->end; behind++)
        changes |= !map_same(&(*space)->maps[behind], map);
    if (behind == first + 1 && !changes && (*space)->maps[first].start <= map->start &&
        (*space)->maps[first].end >= map->end)
        return 0;
    if (space_own(spaces, space) < 0)
        return -1;
    space_carve(*space, first, behind, map);
    (*space)->state = spaces_version(spaces);
    if (changes)
        (*space)->version = (*space)->state;
    return 0;
}

int space_overlay(struct spaces *spaces, struct space **space, const struct space_map *map)
{
    if (space_own(spaces, space) < 0)
        return -1;
    struct space *own = *space;
    if (!own->overlay && !(own->overlay = space_new(spaces)))
        return -1;
    if (space_map(spaces, &own->overlay, map) < 0)
        return -1;
    own->version = own->state = spaces_version(spaces);
    return 0;
}

bool space_has_code(const struct space *space, uint64_t start, uint64_t end)
{
    size_t at = space_first(space, start);
    while (at < space->count && space->maps[at].start < end && !space->maps[at].code)
        at++;
    return at < space->count && space->maps[at].start < end;
}

const struct space_map *space_find(const struct space *space, uint64_t address)
{
    const struct space_map *over = space->overlay ? space_find(space->overlay, address) : NULL;
    if (over)
        return over;
    size_t at = space_first(space, address);
    if (at == space->count || space->maps[at].start > address)
        return NULL;
    return &space->maps[at];
}
