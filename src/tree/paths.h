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

/* Frames, outermost first. */
struct path {
    uint32_t *frames;
    size_t count, capacity;
};

/* Where the paths come from. `take` fills in the frames of a path, of which `count` is 0, and
 * returns 0, or -1 without memory; two threads may ask at once. */
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
