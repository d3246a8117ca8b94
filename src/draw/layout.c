/* SPDX-License-Identifier: MIT */
/* A walk from the root over what is wide enough to be seen; what is not costs nothing but its
 * addition to the place of the sibling behind it. */
#include "draw/layout.h"

#include <stdlib.h>

struct child {
    uint32_t node;
    uint32_t rank; /* by name */
    int64_t total;
};

struct walk {
    const struct trie *trie;
    const struct order *order;
    const struct layout_options *options;
    struct layout *layout;
    double min_weight;
    struct layout_box *stack; /* seen, not yet entered */
    size_t stack_count, stack_capacity;
    struct child *children; /* of the node being entered */
    size_t children_capacity;
};

static int child_compare(const void *left, const void *right)
{
    const struct child *a = left, *b = right;
    if (a->total != b->total)
        return a->total < b->total ? 1 : -1;
    return a->rank < b->rank ? -1 : 1;
}

/* The children in the order of the picture. Returns how many, or -1 without memory. */
static int64_t walk_children(struct walk *walk, uint32_t node)
{
    size_t count = 0;
    for (uint32_t child = walk->order->first[node]; child; child = walk->order->next[child]) {
        int64_t total = trie_total(walk->trie, walk->options->column, child);
        if (total <= 0)
            continue;
        if (mem_grow(&walk->children, &walk->children_capacity, count + 1, sizeof *walk->children) <
            0)
            return -1;
        walk->children[count] = (struct child){child, (uint32_t)count, total};
        count++;
    }
    if (walk->options->by_weight && count)
        qsort(walk->children, count, sizeof *walk->children, child_compare);
    return (int64_t)count;
}

static int walk_enter(struct walk *walk, struct layout_box box)
{
    struct layout *layout = walk->layout;
    if (mem_grow(&layout->boxes, &layout->capacity, layout->count + 1, sizeof box) < 0)
        return -1;
    layout->boxes[layout->count++] = box;
    if (box.level + 1 > layout->levels)
        layout->levels = box.level + 1;
    int64_t count = walk_children(walk, box.node);
    if (count < 0)
        return -1;
    int64_t start = box.start, end = box.start + box.total;
    size_t bottom = walk->stack_count;
    for (int64_t i = 0; i < count; i++) {
        /* Children can weigh more than their parent where others weigh less than nothing. */
        int64_t total = walk->children[i].total;
        if (total > end - start)
            total = end - start;
        if (total > 0 && (double)total >= walk->min_weight) {
            if (mem_grow(&walk->stack, &walk->stack_capacity, walk->stack_count + 1, sizeof box) <
                0)
                return -1;
            walk->stack[walk->stack_count++] =
                (struct layout_box){walk->children[i].node, box.level + 1, start, total};
        }
        start += total;
    }
    for (size_t top = walk->stack_count; bottom + 1 < top; bottom++) {
        struct layout_box swap = walk->stack[--top];
        walk->stack[top] = walk->stack[bottom];
        walk->stack[bottom] = swap;
    }
    return 0;
}

int layout_make(struct layout *layout, const struct trie *trie, const struct order *order,
                const struct layout_options *options, struct pfl_error *err)
{
    int64_t whole = trie_total(trie, options->column, 0);
    *layout = (struct layout){.whole = whole > 0 ? whole : 0, .width = options->width};
    struct walk walk = {.trie = trie,
                        .order = order,
                        .options = options,
                        .layout = layout,
                        .min_weight = options->min_width / options->width * (double)layout->whole};
    int result = walk_enter(&walk, (struct layout_box){.total = layout->whole});
    while (result == 0 && walk.stack_count)
        result = walk_enter(&walk, walk.stack[--walk.stack_count]);
    mem_free(walk.stack);
    mem_free(walk.children);
    if (result == 0)
        return 0;
    layout_done(layout);
    return error_memory(err);
}

void layout_done(struct layout *layout)
{
    mem_free(layout->boxes);
    *layout = (struct layout){0};
}
