/* SPDX-License-Identifier: MIT */
/* See tree/order.h; used by the layout and by the data that the SVG carries. */
#include "tree/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/radix.h"

enum { HEAD = sizeof(uint64_t) };

/* The first bytes of a text, the first one highest, so that they sort as numbers. */
static uint64_t text_head(const struct intern *texts, uint32_t text)
{
    uint64_t head = 0;
    size_t length = intern_length(texts, text);
    const unsigned char *bytes = (const unsigned char *)intern_text(texts, text);
    for (size_t i = 0; i < HEAD; i++)
        head = head << 8 | (i < length ? bytes[i] : 0);
    return head;
}

/* What is behind the head of a text. */
static const char *text_tail(const struct intern *texts, uint32_t text)
{
    size_t length = intern_length(texts, text);
    return intern_text(texts, text) + (length < HEAD ? length : HEAD);
}

static int tail_compare(const void *left, const void *right, void *context)
{
    const struct keyed *a = left, *b = right;
    return strcmp(text_tail(context, a->item), text_tail(context, b->item));
}

/* All texts by their bytes: by their heads, and then what these leave open, which is little. NULL
 * without memory. */
static uint32_t *texts_sort(const struct trie *trie)
{
    struct intern texts = trie->frames.texts; /* qsort_r's context is not const */
    size_t count = texts.count, run = 0;
    CLEANUP(mem_cleanup) struct keyed *items = mem_alloc(count * sizeof *items);
    CLEANUP(mem_cleanup) struct keyed *spare = mem_alloc(count * sizeof *spare);
    uint32_t *numbers = mem_alloc(count * sizeof *numbers);
    if (!items || !spare || !numbers) {
        mem_free(numbers);
        return NULL;
    }
    for (uint32_t text = 0; text < count; text++)
        items[text] = (struct keyed){text_head(&texts, text), text};
    struct keyed *sorted = radix_sort(items, spare, count);
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count || sorted[i + 1].key != sorted[i].key;
        if (last && i > run)
            qsort_r(sorted + run, i + 1 - run, sizeof *sorted, tail_compare, &texts);
        run = last ? i + 1 : run;
    }
    for (size_t i = 0; i < count; i++)
        numbers[i] = sorted[i].item;
    return numbers;
}

/* How many frames sort before each, by name, object and kind. NULL without memory. */
static uint32_t *frames_rank(const struct frames *frames, const uint32_t *texts)
{
    size_t count = frames->count, placed = 0;
    CLEANUP(mem_cleanup) struct keyed *items = mem_alloc(count * sizeof *items);
    CLEANUP(mem_cleanup) struct keyed *spare = mem_alloc(count * sizeof *spare);
    CLEANUP(mem_cleanup) uint32_t *before = mem_alloc(frames->texts.count * sizeof *before);
    CLEANUP(mem_cleanup) uint32_t *rank = mem_alloc(count * sizeof *rank);
    if (!items || !spare || !before || !rank)
        return NULL;
    for (uint32_t i = 0; i < frames->texts.count; i++)
        before[texts[i]] = i;
    /* Those of one name and object stay as they stand: by kind. */
    for (int kind = 0; kind < FRAME_KIND_COUNT; kind++)
        for (uint32_t i = 0; i < count; i++) {
            const struct frame *frame = &frames->items[i];
            uint64_t key = (uint64_t)before[frame->name] << 32 | before[frame->object];
            if ((int)frame->kind == kind)
                items[placed++] = (struct keyed){key, i};
        }
    const struct keyed *sorted = radix_sort(items, spare, count);
    for (uint32_t i = 0; i < count; i++)
        rank[sorted[i].item] = i;
    return MEM_TAKE(rank);
}

/* The children of a node, as they are sorted. */
struct children {
    struct child {
        uint32_t rank, node;
    } * items;
    size_t count, capacity;
};

static void children_done(struct children *children)
{
    mem_free(children->items);
}

static int child_compare(const void *left, const void *right)
{
    const struct child *a = left, *b = right;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* With more, sorting by calls is faster. */
#define CHILDREN_FEW 16

static void children_sort(struct children *children)
{
    struct child *items = children->items;
    if (children->count > CHILDREN_FEW) {
        qsort(items, children->count, sizeof *items, child_compare);
        return;
    }
    for (size_t i = 1; i < children->count; i++) {
        struct child child = items[i];
        size_t at = i;
        for (; at && items[at - 1].rank > child.rank; at--)
            items[at] = items[at - 1];
        items[at] = child;
    }
}

/* Puts the children of a node into their order. */
static int order_children(struct order *order, const struct trie *trie, const uint32_t *rank,
                          uint32_t node, struct children *children)
{
    children->count = 0;
    for (uint32_t child = order->first[node]; child; child = order->next[child]) {
        if (mem_grow(&children->items, &children->capacity, children->count + 1,
                     sizeof *children->items) < 0)
            return -1;
        uint32_t place = trie->timed ? child : rank[trie->frame[child]];
        children->items[children->count++] = (struct child){place, child};
    }
    children_sort(children);
    uint32_t behind = 0;
    for (size_t i = children->count; i-- > 0; behind = children->items[i].node)
        order->next[children->items[i].node] = behind;
    order->first[node] = behind;
    return 0;
}

static int order_fill(struct order *order, const struct trie *trie)
{
    CLEANUP(children_done) struct children children = {0};
    size_t size = trie->count * sizeof *order->first;
    order->texts = texts_sort(trie);
    CLEANUP(mem_cleanup)
    uint32_t *rank = order->texts ? frames_rank(&trie->frames, order->texts) : NULL;
    order->first = mem_alloc(size);
    order->next = mem_alloc(size);
    if (!rank || !order->first || !order->next)
        return -1;
    memcpy(order->first, trie->first, size);
    memcpy(order->next, trie->next, size);
    for (uint32_t node = 0; node < trie->count; node++)
        if (order->first[node] && order->next[order->first[node]] &&
            order_children(order, trie, rank, node, &children) < 0)
            return -1;
    return 0;
}

int order_make(struct order *order, const struct trie *trie, struct pfl_error *err)
{
    *order = (struct order){0};
    if (order_fill(order, trie) == 0)
        return 0;
    order_done(order);
    return error_memory(err);
}

void order_done(struct order *order)
{
    mem_free(order->first);
    mem_free(order->next);
    mem_free(order->texts);
    *order = (struct order){0};
}
