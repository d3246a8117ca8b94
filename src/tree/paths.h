/* SPDX-License-Identifier: MIT */
/* Paths of frames that become a trie all at once, without a look-up for each node.
 *
 * A path runs along one that came before until it leaves it, and there its own nodes begin. What
 * is looked up are these places alone, of which a path passes a few:
 *
 *     path 0    a b c d e        nodes 1 2 3 4 5
 *     path 1    a b c x y        leaves path 0 at depth 3: nodes 6 7
 *     path 2    a b c x z        leaves path 0 at depth 3 with x, as path 1 did, and then path 1
 *                                at depth 4: node 8
 *
 * Nodes get the numbers that they would have if each path were walked from the root with
 * trie_child. */
#ifndef PFL_TREE_PATHS_H
#define PFL_TREE_PATHS_H

#include "tree/trie.h"

/* Frames, outermost first, made of those of the path before. */
struct path {
    uint32_t *frames;
    size_t count, capacity;
    size_t before;   /* how many the path before had */
    size_t shared;   /* how many of those are the same, from the outermost on */
    uint32_t *marks; /* for who takes it; kept from one path to the next */
    size_t mark_count, mark_capacity;
};

/* Begins a path with so many frames of the path before. */
static inline void path_begin(struct path *path, size_t kept)
{
    path->before = path->count;
    path->count = path->shared = kept;
}

/* Adds a frame, for which there is room. */
static inline void path_add(struct path *path, uint32_t frame)
{
    size_t at = path->count++;
    path->shared += path->shared == at && at < path->before && path->frames[at] == frame;
    path->frames[at] = frame;
}

/* Where the paths come from. `take` turns the path of number - 1, or at first an empty one, into
 * that of `number`, beginning with path_begin. It returns 0, or -1 without memory; two threads may
 * ask at once. */
struct paths {
    int (*take)(void *context, size_t number, struct path *path);
    void *context;
    size_t count;
};

/* Gives an empty trie, which is no flame chart, the nodes of all paths; ret_nodes[path] is where
 * each ends. With a second thread, if there may be one, half of the paths become a trie of their
 * own, which is then grafted onto the other: the result is the same. Returns 0, or -1 without
 * memory or beyond LIMIT_TRIE_NODES. */
int paths_plant(const struct paths *paths, struct trie *trie, uint32_t *ret_nodes, bool threads);

#endif
