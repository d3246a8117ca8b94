/* SPDX-License-Identifier: MIT */
#include "tree/functions.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define NO_ROW UINT32_MAX

/* Rows in the making. A row is a (name, object): people do not want one row for the inlined and
 * one for the called copies of a function. */
struct rows {
    struct function_list list;
    size_t capacity;
    uint32_t *row;   /* per frame; NO_ROW for groups */
    uint32_t *depth; /* per row: how often it is on the stack that the walk is in */
    struct index index;
};

static void rows_done(struct rows *rows)
{
    functions_done(&rows->list);
    mem_free(rows->row);
    mem_free(rows->depth);
    index_done(&rows->index);
}

void functions_done(struct function_list *list)
{
    mem_free(list->items);
    *list = (struct function_list){0};
}

/* The row of a frame, made if it is new; NO_ROW without memory. */
static uint32_t rows_find(struct rows *rows, const struct frames *frames, uint32_t frame)
{
    const struct frame *key = &frames->items[frame];
    uint64_t hash = hash_pair(key->name, key->object);
    struct index_probe probe = index_probe(&rows->index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;) {
        const struct frame *other = &frames->items[rows->list.items[id].frame];
        if (other->name == key->name && other->object == key->object)
            return id;
    }
    uint32_t row = (uint32_t)rows->list.count;
    if (mem_grow(&rows->list.items, &rows->capacity, rows->list.count + 1,
                 sizeof *rows->list.items) < 0 ||
        index_add(&rows->index, hash, row) < 0)
        return NO_ROW;
    rows->list.items[rows->list.count++] = (struct function){.frame = frame};
    return row;
}

static int rows_make(struct rows *rows, const struct frames *frames)
{
    rows->row = mem_alloc(frames->count * sizeof *rows->row);
    if (!rows->row)
        return -1;
    for (uint32_t f = 0; f < frames->count; f++) {
        rows->row[f] = NO_ROW;
        if (frames->items[f].kind == FRAME_GROUP)
            continue;
        rows->row[f] = rows_find(rows, frames, f);
        if (rows->row[f] == NO_ROW)
            return -1;
    }
    rows->depth = mem_zalloc(rows->list.count, sizeof *rows->depth);
    return rows->depth ? 0 : -1;
}

/* Depth first along first, next and parent; only the outermost of a recursion adds to total. */
static void rows_walk(struct rows *rows, const struct trie *trie, const int64_t *selves,
                      const int64_t *totals)
{
    uint32_t node = trie->first[0];
    while (node) {
        uint32_t row = rows->row[trie->frame[node]];
        if (row != NO_ROW) {
            struct function *function = &rows->list.items[row];
            function->self = weight_add(function->self, selves[node]);
            if (rows->depth[row]++ == 0)
                function->total = weight_add(function->total, totals[node]);
        }
        if (trie->first[node]) {
            node = trie->first[node];
            continue;
        }
        while (node) {
            row = rows->row[trie->frame[node]];
            if (row != NO_ROW)
                rows->depth[row]--;
            if (trie->next[node]) {
                node = trie->next[node];
                break;
            }
            node = trie->parent[node];
        }
    }
}

struct order {
    const struct frames *frames;
    enum function_order by;
};

/* The heavier one first. */
static int weight_compare(int64_t a, int64_t b)
{
    return (a < b) - (a > b);
}

static int function_compare(const void *left, const void *right, void *context)
{
    const struct function *a = left, *b = right;
    const struct order *order = context;
    int self = weight_compare(a->self, b->self), total = weight_compare(a->total, b->total);
    int result = order->by == FUNCTIONS_BY_TOTAL  ? (total ? total : self)
                 : order->by == FUNCTIONS_BY_SELF ? (self ? self : total)
                                                  : 0;
    if (result == 0)
        result = strcmp(frames_name(order->frames, a->frame), frames_name(order->frames, b->frame));
    if (result == 0)
        result =
            strcmp(frames_object(order->frames, a->frame), frames_object(order->frames, b->frame));
    return result;
}

int functions_list(const struct trie *trie, const uint32_t *columns, uint32_t count,
                   enum function_order order, struct function_list *ret_list, struct pfl_error *err)
{
    CLEANUP(rows_done) struct rows rows = {0};
    CLEANUP(mem_cleanup) int64_t *selves = trie_selves(trie, columns, count);
    CLEANUP(mem_cleanup) int64_t *totals = mem_alloc(trie->count * sizeof *totals);
    if (!selves || !totals || rows_make(&rows, &trie->frames) < 0)
        return error_memory(err);
    memcpy(totals, selves, trie->count * sizeof *totals);
    for (uint32_t node = trie->count - 1; node > 0; node--)
        totals[trie->parent[node]] = weight_add(totals[trie->parent[node]], totals[node]);
    rows_walk(&rows, trie, selves, totals);

    struct function_list *list = &rows.list;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].self || list->items[i].total)
            list->items[kept++] = list->items[i];
    list->count = kept;
    list->sum = totals[0];
    struct order context = {.frames = &trie->frames, .by = order};
    if (kept > 1)
        qsort_r(list->items, kept, sizeof *list->items, function_compare, &context);
    *ret_list = *list;
    *list = (struct function_list){0};
    return 0;
}
