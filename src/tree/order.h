/* SPDX-License-Identifier: MIT */
/* The children of every node, ordered by name, or by time in a flame chart: beside the trie, which
 * keeps its own order.
 *
 *     first[node]  the first child, 0: none
 *     next[node]   the sibling behind, 0: none
 *     texts[i]     the texts of frames by their bytes
 *
 * Made by sorting the texts, by those the frames, and by those the children of each node: most
 * nodes have one, and are left as they are. */
#ifndef PFL_TREE_ORDER_H
#define PFL_TREE_ORDER_H

#include "base/error.h"
#include "tree/trie.h"

struct order {
    uint32_t *first, *next;
    uint32_t *texts; /* as many as the trie's frames have */
};

int order_make(struct order *order, const struct trie *trie, struct pfl_error *err);
void order_done(struct order *order);

/* Asks memory for what the walk below reads of a node. Siblings lie anywhere. */
static inline void order_fetch(const struct order *order, const struct trie *trie, uint32_t node)
{
    __builtin_prefetch(&order->first[node]);
    __builtin_prefetch(&order->next[node]);
    __builtin_prefetch(&trie->parent[node]);
    __builtin_prefetch(&trie->frame[node]);
}

/* The node behind `node` in preorder, or 0 at the end. *ret_up is 0 for a child, else one more
 * than the levels between the two. */
static inline uint32_t order_step(const struct order *order, const struct trie *trie, uint32_t node,
                                  uint32_t *ret_up)
{
    *ret_up = 0;
    order_fetch(order, trie, order->next[node]);
    if (order->first[node])
        return order->first[node];
    *ret_up = 1;
    for (; node && !order->next[node]; node = trie->parent[node])
        ++*ret_up;
    return node ? order->next[node] : 0;
}

#endif
