/* SPDX-License-Identifier: MIT */
/* See tree/order.h; used by the layout and by the data that the SVG carries. */
#include "tree/order.h"

#include <stdlib.h>
#include <string.h>

static int text_compare(const void *left, const void *right, void *context)
{
    const struct intern *texts = context;
    return strcmp(intern_text(texts, *(const uint32_t *)left),
                  intern_text(texts, *(const uint32_t *)right));
}

/* All texts by their bytes. NULL without memory. */
static uint32_t *texts_sort(const struct trie *trie)
{
    struct intern texts = trie->frames.texts; /* qsort_r's context is not const */
    uint32_t *sorted = mem_alloc(texts.count * sizeof *sorted);
    if (!sorted)
        return NULL;
    for (uint32_t text = 0; text < texts.count; text++)
        sorted[text] = text;
    qsort_r(sorted, texts.count, sizeof *sorted, text_compare, &texts);
    return sorted;
}

/* A frame, and what it is sorted by. */
struct sorted_frame {
    uint32_t name, object; /* how many texts sort before them */
    uint32_t kind, frame;
};

static int frame_compare(const void *left, const void *right)
{
    const struct sorted_frame *a = left, *b = right;
    if (a->name != b->name)
        return a->name < b->name ? -1 : 1;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    return (int)a->kind - (int)b->kind;
}

/* The frames by name, object and kind. NULL without memory. */
static struct sorted_frame *frames_sort(const struct frames *frames, const uint32_t *texts)
{
    CLEANUP(mem_cleanup) struct sorted_frame *sorted = mem_alloc(frames->count * sizeof *sorted);
    CLEANUP(mem_cleanup) uint32_t *rank = mem_alloc(frames->texts.count * sizeof *rank);
    if (!sorted || !rank)
        return NULL;
    for (uint32_t i = 0; i < frames->texts.count; i++)
        rank[texts[i]] = i;
    for (uint32_t i = 0; i < frames->count; i++) {
        const struct frame *frame = &frames->items[i];
        sorted[i] = (struct sorted_frame){rank[frame->name], rank[frame->object], frame->kind, i};
    }
    qsort(sorted, frames->count, sizeof *sorted, frame_compare);
    return MEM_TAKE(sorted);
}

/* Nodes of a flame chart are made in the order of time. */
static void nodes_by_time(const struct trie *trie, uint32_t *nodes)
{
    for (uint32_t node = 0; node < trie->count; node++)
        nodes[node] = node;
}

/* place[frame]: how many nodes have a frame that sorts before it. */
static int frames_place(const struct trie *trie, const uint32_t *texts, uint32_t *place)
{
    CLEANUP(mem_cleanup) struct sorted_frame *sorted = frames_sort(&trie->frames, texts);
    if (!sorted)
        return -1;
    for (uint32_t node = 0; node < trie->count; node++)
        place[trie->frame[node]]++;
    uint32_t before = 0;
    for (size_t i = 0; i < trie->frames.count; i++) {
        uint32_t here = place[sorted[i].frame];
        place[sorted[i].frame] = before;
        before += here;
    }
    return 0;
}

int order_make(struct order *order, const struct trie *trie, struct pfl_error *err)
{
    CLEANUP(mem_cleanup) uint32_t *texts = texts_sort(trie);
    CLEANUP(mem_cleanup) uint32_t *place = mem_zalloc(trie->frames.count, sizeof *place);
    CLEANUP(mem_cleanup) uint32_t *nodes = mem_zalloc(trie->count, sizeof *nodes);
    CLEANUP(mem_cleanup) uint32_t *first = mem_zalloc(trie->count, sizeof *first);
    CLEANUP(mem_cleanup) uint32_t *next = mem_zalloc(trie->count, sizeof *next);
    if (!texts || !place || !nodes || !first || !next || frames_place(trie, texts, place) < 0)
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
    *order =
        (struct order){.first = MEM_TAKE(first), .next = MEM_TAKE(next), .texts = MEM_TAKE(texts)};
    return 0;
}

void order_done(struct order *order)
{
    mem_free(order->first);
    mem_free(order->next);
    mem_free(order->texts);
    *order = (struct order){0};
}
