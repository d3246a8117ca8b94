/* SPDX-License-Identifier: MIT */
/* See tree/order.h; used by the layout and by the data that the SVG carries. */
#include "tree/order.h"

#include <stdlib.h>
#include <string.h>

static int frame_compare(const void *left, const void *right, void *context)
{
    const struct frames *frames = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int by_name = strcmp(frames_name(frames, a), frames_name(frames, b));
    if (by_name)
        return by_name;
    int by_object = strcmp(frames_object(frames, a), frames_object(frames, b));
    if (by_object)
        return by_object;
    return (int)frames->items[a].kind - (int)frames->items[b].kind;
}

/* Nodes of a flame chart are made in the order of time. */
static void nodes_by_time(const struct trie *trie, uint32_t *nodes)
{
    for (uint32_t node = 0; node < trie->count; node++)
        nodes[node] = node;
}

/* ret_place[frame]: how many nodes have a frame that sorts before it. */
static int frames_place(const struct trie *trie, uint32_t *place)
{
    size_t count = trie->frames.count;
    CLEANUP(mem_cleanup) uint32_t *sorted = mem_zalloc(count, sizeof *sorted);
    if (!sorted)
        return -1;
    for (size_t f = 0; f < count; f++)
        sorted[f] = (uint32_t)f;
    struct frames frames = trie->frames; /* qsort_r's context is not const */
    qsort_r(sorted, count, sizeof *sorted, frame_compare, &frames);
    for (uint32_t node = 0; node < trie->count; node++)
        place[trie->frame[node]]++;
    uint32_t before = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t here = place[sorted[i]];
        place[sorted[i]] = before;
        before += here;
    }
    return 0;
}

int order_make(struct order *order, const struct trie *trie, struct pfl_error *err)
{
    CLEANUP(mem_cleanup) uint32_t *place = mem_zalloc(trie->frames.count, sizeof *place);
    CLEANUP(mem_cleanup) uint32_t *nodes = mem_zalloc(trie->count, sizeof *nodes);
    CLEANUP(mem_cleanup) uint32_t *first = mem_zalloc(trie->count, sizeof *first);
    CLEANUP(mem_cleanup) uint32_t *next = mem_zalloc(trie->count, sizeof *next);
    if (!place || !nodes || !first || !next || frames_place(trie, place) < 0)
        return error_memory(err);
    if (trie->timed)
        nodes_by_time(trie, nodes);
    for (uint32_t node = 0; !trie->timed && node < trie->count; node++)
        nodes[place[trie->frame[node]]++] = node;
    for (uint32_t i = trie->count; i-- > 0;) {
        uint32_t node = nodes[i];
        if (node == 0)
            continue;
        next[node] = first[trie->parent[node]];
        first[trie->parent[node]] = node;
    }
    *order = (struct order){.first = MEM_TAKE(first), .next = MEM_TAKE(next)};
    return 0;
}

void order_done(struct order *order)
{
    mem_free(order->first);
    mem_free(order->next);
    *order = (struct order){0};
}
