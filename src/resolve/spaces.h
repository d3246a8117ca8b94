/* SPDX-License-Identifier: MIT */
/* Address spaces: what is mapped where.
 *
 *     maps:   [start────end)  [start──end)      [start───────end)     sorted, never overlapping
 *             libc.so.6        libc.so.6         /usr/bin/x
 *
 * A space is shared by reference after fork, and copied when one of its owners changes it. Its
 * version changes when an address may mean something else than before, so that (version,
 * address) names one place for ever; a mapping where nothing was changes no version. Its state
 * changes with every mapping, so that (state, address) also says for ever that nothing is there. */
#ifndef PFL_RESOLVE_SPACES_H
#define PFL_RESOLVE_SPACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct space_map {
    uint64_t start, end;
    uint64_t offset; /* of `start` in the object */
    uint32_t object;
    bool code; /* executable */
};

struct space {
    struct spaces *spaces; /* that count its maps */
    uint32_t references, version, state;
    struct space_map *maps;
    size_t count, capacity;
    struct space *overlay; /* code of a JIT compiler, told apart within mappings; NULL: none */
};

/* Hands out versions and states, and counts the maps of all spaces; zero-initialise to begin. 0 is
 * never a version or a state. To outlive its spaces. */
struct spaces {
    uint32_t versions;
    size_t maps; /* there is room for */
    bool full;   /* LIMIT_MAPS, or LIMIT_SPACE_MAPS in one space, was met */
};

/* An empty space with one reference; NULL without memory. */
struct space *space_new(struct spaces *spaces);
struct space *space_share(struct space *space);
void space_release(struct space *space);

/* Maps; what it overlaps is cut. *space is replaced by a copy if it was shared. An empty mapping
 * changes nothing. Returns 0, or -1 without memory or (spaces->full) beyond the limits. */
int space_map(struct spaces *spaces, struct space **space, const struct space_map *map);

/* Lays a map over those of a space: it counts whatever is mapped below it. Else as space_map. */
int space_overlay(struct spaces *spaces, struct space **space, const struct space_map *map);

/* True if a mapping that holds no code would change what any address of code means. */
bool space_has_code(const struct space *space, uint64_t start, uint64_t end);

/* The mapping that holds an address, or NULL. */
const struct space_map *space_find(const struct space *space, uint64_t address);

#endif
