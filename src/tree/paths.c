/* SPDX-License-Identifier: MIT */
/* See tree/paths.h. The nodes that a path added are its branch, and have numbers in a row. The way
 * to where a path ends leads along a few branches, each of which leaves the one before:
 *
 *     branch 0   ●──●──●──●──●              depth 0, 5 nodes
 *     branch 1            └──●──●           leaves branch 0 at depth 3
 *     branch 2               └──●           leaves branch 1 at depth 4
 *
 * Paths that begin alike stand side by side, so the way of the path before is kept as far as both
 * are the same. */
#include "tree/paths.h"

#include "base/hash.h"
#include "base/limits.h"

/* The nodes that a path added, and where they leave another branch. */
struct branch {
    uint32_t from, depth;
    uint32_t node, count; /* the first, and how many */
};

struct planting {
    struct trie *trie;
    struct branch *branches;
    size_t count, capacity;
    struct index index; /* (from, depth, frame) → branch */
    uint32_t *way;      /* the branches along which the latest path led, outermost first */
    size_t way_count, way_capacity;
    struct path latest, before;
};

static void planting_done(struct planting *planting)
{
    mem_free(planting->branches);
    mem_free(planting->way);
    mem_free(planting->latest.frames);
    mem_free(planting->before.frames);
    index_done(&planting->index);
}

/* Goes on to a path. */
static int planting_take(struct planting *planting, const struct paths *paths, size_t number)
{
    struct path before = planting->latest;
    planting->latest = planting->before;
    planting->before = before;
    planting->latest.count = 0;
    int r = paths->take(paths->context, number, &planting->latest);
    return planting->latest.count < LIMIT_TRIE_NODES ? r : -1;
}

/* The number of frames that the latest path and the one before share. */
static uint32_t planting_shared(const struct planting *planting)
{
    const struct path *a = &planting->latest, *b = &planting->before;
    size_t most = a->count < b->count ? a->count : b->count, shared = 0;
    while (shared < most && a->frames[shared] == b->frames[shared])
        shared++;
    return (uint32_t)shared;
}

static uint64_t branch_hash(uint32_t from, uint32_t depth, uint32_t frame)
{
    return hash_pair((uint64_t)from << 32 | depth, frame);
}

/* The branch that leaves another at a depth with a frame, or INDEX_NONE. */
static uint32_t planting_find(const struct planting *planting, uint32_t from, uint32_t depth,
                              uint32_t frame)
{
    struct index_probe probe = index_probe(&planting->index, branch_hash(from, depth, frame));
    uint32_t id;
    while ((id = index_next(&probe)) != INDEX_NONE) {
        const struct branch *branch = &planting->branches[id];
        if (branch->from == from && branch->depth == depth &&
            planting->trie->frame[branch->node] == frame)
            break;
    }
    return id;
}

static int planting_go_along(struct planting *planting, uint32_t branch)
{
    if (mem_grow(&planting->way, &planting->way_capacity, planting->way_count + 1,
                 sizeof *planting->way) < 0)
        return -1;
    planting->way[planting->way_count++] = branch;
    return 0;
}

/* Adds the branch of the latest path, which leaves another below `node`. */
static int planting_grow(struct planting *planting, uint32_t from, uint32_t depth, uint32_t node,
                         uint32_t *ret_node)
{
    const struct path *path = &planting->latest;
    struct branch branch = {from, depth, planting->trie->count, (uint32_t)path->count - depth};
    if (mem_grow(&planting->branches, &planting->capacity, planting->count + 1, sizeof branch) < 0)
        return -1;
    *ret_node = trie_append(planting->trie, node, path->frames + depth, branch.count);
    if (*ret_node == TRIE_FAILED)
        return -1;
    planting->branches[planting->count] = branch;
    return planting_go_along(planting, (uint32_t)planting->count++);
}

/* Follows the latest path, of which so many frames are those of the one before, to where it leaves
 * all others. */
static int planting_follow(struct planting *planting, uint32_t depth, uint32_t *ret_node)
{
    const struct path *path = &planting->latest;
    while (planting->way_count > 1 &&
           planting->branches[planting->way[planting->way_count - 1]].depth >= depth)
        planting->way_count--;
    for (;;) {
        uint32_t along = planting->way[planting->way_count - 1];
        struct branch branch = planting->branches[along];
        uint32_t at = depth - branch.depth; /* of its nodes so many are on the way */
        const uint32_t *frames = planting->trie->frame + branch.node;
        while (at < branch.count && depth < path->count && frames[at] == path->frames[depth]) {
            at++;
            depth++;
        }
        *ret_node = depth ? branch.node + at - 1 : 0;
        if (depth == path->count)
            return 0;
        uint32_t frame = path->frames[depth], next = planting_find(planting, along, depth, frame);
        if (next == INDEX_NONE) {
            uint64_t hash = branch_hash(along, depth, frame);
            return index_add(&planting->index, hash, (uint32_t)planting->count) < 0
                       ? -1
                       : planting_grow(planting, along, depth, *ret_node, ret_node);
        }
        if (planting_go_along(planting, next) < 0)
            return -1;
        depth++;
    }
}

int paths_plant(const struct paths *paths, struct trie *trie, uint32_t *ret_nodes)
{
    CLEANUP(planting_done) struct planting planting = {.trie = trie};
    for (size_t path = 0; path < paths->count; path++) {
        if (planting_take(&planting, paths, path) < 0)
            return -1;
        if ((path == 0
                 ? planting_grow(&planting, 0, 0, 0, &ret_nodes[path])
                 : planting_follow(&planting, planting_shared(&planting), &ret_nodes[path])) < 0)
            return -1;
    }
    return 0;
}
