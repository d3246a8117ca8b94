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

#include "base/errand.h"
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
    struct path latest;
};

static void planting_done(struct planting *planting)
{
    mem_free(planting->branches);
    mem_free(planting->way);
    mem_free(planting->latest.frames);
    mem_free(planting->latest.marks);
    index_done(&planting->index);
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

/* A node on a branch: so many of the branch's nodes lead to it; 0: the branch has not begun. */
struct stand {
    uint32_t branch, at;
};

/* The number of frames that go the same way as a branch does from where one stands. */
static uint32_t planting_run(const struct planting *planting, struct stand stand,
                             const uint32_t *frames, size_t count)
{
    struct branch branch = planting->branches[stand.branch];
    const uint32_t *ahead = planting->trie->frame + branch.node + stand.at;
    size_t most = branch.count - stand.at, same = 0;
    if (count < most)
        most = count;
    while (same < most && ahead[same] == frames[same])
        same++;
    return (uint32_t)same;
}

/* Follows the latest path from where it leaves the one before to where it leaves all others. */
static int planting_follow(struct planting *planting, uint32_t *ret_node)
{
    const struct path *path = &planting->latest;
    uint32_t depth = (uint32_t)path->shared;
    while (planting->way_count > 1 &&
           planting->branches[planting->way[planting->way_count - 1]].depth >= depth)
        planting->way_count--;
    for (;;) {
        uint32_t along = planting->way[planting->way_count - 1];
        struct branch branch = planting->branches[along];
        struct stand stand = {along, depth - branch.depth};
        depth += planting_run(planting, stand, path->frames + depth, path->count - depth);
        *ret_node = depth ? branch.node + (depth - branch.depth) - 1 : 0;
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

/* Some of the paths, and the trie that they become. */
struct bed {
    const struct paths *paths;
    size_t from, to;
    struct planting planting;
    uint32_t *nodes; /* of all paths */
    int result;
};

static void bed_plant(void *context)
{
    struct bed *bed = context;
    struct planting *planting = &bed->planting;
    for (size_t path = bed->from; path < bed->to; path++) {
        bed->result = bed->paths->take(bed->paths->context, path, &planting->latest);
        if (planting->latest.count >= LIMIT_TRIE_NODES)
            bed->result = -1;
        if (bed->result == 0)
            bed->result = path == bed->from ? planting_grow(planting, 0, 0, 0, &bed->nodes[path])
                                            : planting_follow(planting, &bed->nodes[path]);
        if (bed->result < 0)
            return;
    }
}

/* Where a node stands. */
static struct stand planting_stand(const struct planting *planting, uint32_t node)
{
    size_t low = 0, high = planting->count; /* the branch lies before `high` */
    if (node == 0)
        return (struct stand){0, 0};
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (planting->branches[middle].node <= node)
            low = middle;
        else
            high = middle;
    }
    return (struct stand){(uint32_t)low, node - planting->branches[low].node + 1};
}

/* Follows frames down from *node, noting the node of each. Returns how many there are. */
static uint32_t planting_descend(const struct planting *planting, uint32_t *node,
                                 const uint32_t *frames, uint32_t count, uint32_t *nodes)
{
    struct stand stand = planting_stand(planting, *node);
    for (uint32_t done = 0;;) {
        struct branch branch = planting->branches[stand.branch];
        uint32_t same = planting_run(planting, stand, frames + done, count - done);
        for (; same; same--)
            nodes[done++] = *node = branch.node + stand.at++;
        if (done == count)
            return done;
        uint32_t depth = branch.depth + stand.at;
        uint32_t next = planting_find(planting, stand.branch, depth, frames[done]);
        if (next == INDEX_NONE)
            return done;
        stand = (struct stand){next, 0};
    }
}

/* Takes over the nodes of `from`, in the order in which they were made. Where one of its branches
 * begins on a node that was not there before, all of it is new. */
static int planting_graft(const struct planting *planting, const struct planting *from,
                          uint32_t *nodes)
{
    struct trie *trie = planting->trie;
    uint32_t before = trie->count;
    for (size_t i = 0; i < from->count; i++) {
        struct branch branch = from->branches[i];
        if (branch.count == 0)
            continue;
        const uint32_t *frames = from->trie->frame + branch.node;
        uint32_t node = nodes[from->trie->parent[branch.node]], known = 0;
        if (node < before)
            known = planting_descend(planting, &node, frames, branch.count, nodes + branch.node);
        for (uint32_t k = known; k < branch.count; k++)
            nodes[branch.node + k] = trie->count + (k - known);
        if (trie_append(trie, node, frames + known, branch.count - known) == TRIE_FAILED)
            return -1;
    }
    return 0;
}

/* The same of two beds, of which each was planted. */
static int beds_join(const struct bed *bed, const struct bed *other)
{
    CLEANUP(mem_cleanup)
    uint32_t *nodes = mem_alloc(other->planting.trie->count * sizeof *nodes);
    if (!nodes)
        return -1;
    nodes[0] = 0;
    if (planting_graft(&bed->planting, &other->planting, nodes) < 0)
        return -1;
    for (size_t path = other->from; path < other->to; path++)
        other->nodes[path] = nodes[other->nodes[path]];
    return 0;
}

int paths_plant(const struct paths *paths, struct trie *trie, uint32_t *ret_nodes, bool threads)
{
    CLEANUP(trie_cleanup) struct trie *second = threads ? trie_new() : NULL;
    size_t half = second ? paths->count - paths->count / 2 : paths->count;
    struct bed beds[] = {
        {.paths = paths, .from = 0, .to = half, .planting.trie = trie, .nodes = ret_nodes},
        {.paths = paths,
         .from = half,
         .to = paths->count,
         .planting.trie = second,
         .nodes = ret_nodes},
    };
    struct errand errand = {0};
    if (second)
        errand_begin(&errand, true, bed_plant, &beds[1]);
    bed_plant(&beds[0]);
    errand_end(&errand);
    int r = beds[0].result < 0 || beds[1].result < 0 ? -1
            : second                                 ? beds_join(&beds[0], &beds[1])
                                                     : 0;
    planting_done(&beds[0].planting);
    planting_done(&beds[1].planting);
    return r;
}
