/* SPDX-License-Identifier: MIT */
/* The trie's growth, its lookups and its sums; what changes its shape is in tree/shape.h. */
#include "tree/trie.h"

#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"

#define TRIE_FIRST_CAPACITY 64

static int array_resize(uint32_t **array, size_t capacity)
{
    uint32_t *bigger = mem_resize(*array, capacity, sizeof **array);
    if (!bigger)
        return -1;
    *array = bigger;
    return 0;
}

/* Weights of new nodes are zero until something is added. */
static int weights_resize(int64_t **weights, size_t old_capacity, size_t capacity)
{
    if (!*weights)
        return 0;
    int64_t *bigger = mem_resize(*weights, capacity, sizeof **weights);
    if (!bigger)
        return -1;
    memset(bigger + old_capacity, 0, (capacity - old_capacity) * sizeof *bigger);
    *weights = bigger;
    return 0;
}

/* All arrays grow together. After a failure some are longer than the capacity says: harmless. */
static int trie_grow(struct trie *trie)
{
    size_t capacity = trie->capacity ? trie->capacity * 2 : TRIE_FIRST_CAPACITY;
    if (array_resize(&trie->frame, capacity) < 0 || array_resize(&trie->parent, capacity) < 0 ||
        array_resize(&trie->first, capacity) < 0 || array_resize(&trie->next, capacity) < 0)
        return -1;
    for (uint32_t c = 0; c < trie->column_count; c++) {
        struct trie_column *column = &trie->columns[c];
        if (weights_resize(&column->self, trie->capacity, capacity) < 0 ||
            weights_resize(&column->total, trie->capacity, capacity) < 0)
            return -1;
    }
    trie->capacity = capacity;
    return 0;
}

struct trie *trie_new(void)
{
    CLEANUP(trie_cleanup) struct trie *trie = mem_zalloc(1, sizeof *trie);
    if (!trie || frames_init(&trie->frames) < 0 || trie_grow(trie) < 0)
        return NULL;
    trie->frame[0] = trie->parent[0] = trie->first[0] = trie->next[0] = 0;
    trie->count = trie->indexed = 1;
    return MEM_TAKE(trie);
}

static void column_done(struct trie_column *column)
{
    mem_free(column->event);
    mem_free(column->weight);
    mem_free(column->unit);
    mem_free(column->self);
    mem_free(column->total);
}

void trie_free(struct trie *trie)
{
    if (!trie)
        return;
    for (uint32_t c = 0; c < trie->column_count; c++)
        column_done(&trie->columns[c]);
    mem_free(trie->columns);
    mem_free(trie->frame);
    mem_free(trie->parent);
    mem_free(trie->first);
    mem_free(trie->next);
    index_done(&trie->children);
    frames_done(&trie->frames);
    mem_free(trie);
}

/* TRIE_FAILED if there is none. */
static uint32_t column_find(const struct trie *trie, const char *event, const char *weight,
                            const char *unit)
{
    for (uint32_t c = 0; c < trie->column_count; c++) {
        const struct trie_column *column = &trie->columns[c];
        if (strcmp(column->event, event) == 0 && strcmp(column->weight, weight) == 0 &&
            strcmp(column->unit, unit) == 0)
            return c;
    }
    return TRIE_FAILED;
}

/* The text made safe, which mem_free frees; NULL without memory. */
static char *safe_copy(const char *text)
{
    struct buffer safe = {0};
    text_append_safe(&safe, text, strlen(text));
    buffer_char(&safe, '\0');
    if (!safe.failed)
        return safe.data;
    buffer_done(&safe);
    return NULL;
}

uint32_t trie_column(struct trie *trie, const char *event, const char *weight, const char *unit)
{
    /* The columns' texts are safe, so what equals them is. */
    uint32_t found = column_find(trie, event, weight, unit);
    if (found != TRIE_FAILED)
        return found;
    CLEANUP(mem_cleanup) char *safe_event = safe_copy(event);
    CLEANUP(mem_cleanup) char *safe_weight = safe_copy(weight);
    CLEANUP(mem_cleanup) char *safe_unit = safe_copy(unit);
    if (!safe_event || !safe_weight || !safe_unit)
        return TRIE_FAILED;
    if (strcmp(safe_event, event) || strcmp(safe_weight, weight) || strcmp(safe_unit, unit))
        found = column_find(trie, safe_event, safe_weight, safe_unit);
    if (found != TRIE_FAILED || trie->column_count >= LIMIT_COLUMNS)
        return found;
    struct trie_column *columns =
        mem_resize(trie->columns, trie->column_count + 1, sizeof *columns);
    if (!columns)
        return TRIE_FAILED;
    trie->columns = columns;
    columns[trie->column_count] = (struct trie_column){.event = MEM_TAKE(safe_event),
                                                       .weight = MEM_TAKE(safe_weight),
                                                       .unit = MEM_TAKE(safe_unit)};
    return trie->column_count++;
}

void trie_drop_column(struct trie *trie, uint32_t column)
{
    trie->weighed -= trie->columns[column].self != NULL;
    column_done(&trie->columns[column]);
    trie->column_count--;
    memmove(&trie->columns[column], &trie->columns[column + 1],
            (trie->column_count - column) * sizeof *trie->columns);
}

/* Takes in what was appended; of a flame chart the first level, where groups are looked for. */
static int trie_index(struct trie *trie)
{
    for (; trie->indexed < trie->count; trie->indexed++) {
        uint32_t node = trie->indexed;
        if (trie->timed && trie->parent[node])
            continue;
        if (index_add(&trie->children, hash_pair(trie->parent[node], trie->frame[node]), node) < 0)
            return -1;
    }
    return 0;
}

uint32_t trie_append(struct trie *trie, uint32_t node, const uint32_t *frames, uint32_t count)
{
    uint32_t limit = trie->timed ? LIMIT_TIMED_NODES : LIMIT_TRIE_NODES;
    if (count > limit - trie->count)
        return TRIE_FAILED;
    while (trie->capacity - trie->count < count)
        if (trie_grow(trie) < 0)
            return TRIE_FAILED;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t child = trie->count++;
        trie->frame[child] = frames[i];
        trie->parent[child] = node;
        trie->first[child] = 0;
        trie->next[child] = trie->first[node];
        trie->first[node] = child;
        node = child;
    }
    return node;
}

uint32_t trie_child(struct trie *trie, uint32_t node, uint32_t frame)
{
    /* Most nodes have one child, and stacks that follow each other share most frames. */
    uint32_t latest = trie->first[node];
    if (latest && trie->frame[latest] == frame)
        return latest;
    if (trie->timed && (node || trie->frames.items[frame].kind != FRAME_GROUP))
        return trie_append(trie, node, &frame, 1);
    if (trie_index(trie) < 0)
        return TRIE_FAILED;
    struct index_probe probe = index_probe(&trie->children, hash_pair(node, frame));
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (trie->parent[id] == node && trie->frame[id] == frame)
            return id;
    return trie_append(trie, node, &frame, 1);
}

int trie_add(struct trie *trie, uint32_t column, uint32_t node, int64_t amount)
{
    struct trie_column *weights = &trie->columns[column];
    if (amount == 0)
        return 0;
    if (!weights->self) {
        weights->self = mem_zalloc(trie->capacity, sizeof *weights->self);
        if (!weights->self)
            return -1;
        trie->weighed++;
    }
    weights->self[node] = weight_add(weights->self[node], amount);
    return 0;
}

int trie_sum(struct trie *trie)
{
    for (uint32_t c = 0; c < trie->column_count; c++) {
        struct trie_column *column = &trie->columns[c];
        if (!column->self)
            continue;
        if (!column->total) {
            column->total = mem_zalloc(trie->capacity, sizeof *column->total);
            if (!column->total)
                return -1;
        }
        memcpy(column->total, column->self, trie->count * sizeof *column->total);
        for (uint32_t node = trie->count - 1; node > 0; node--) {
            int64_t *above = &column->total[trie->parent[node]];
            *above = weight_add(*above, column->total[node]);
        }
    }
    return 0;
}

int64_t *trie_selves(const struct trie *trie, const uint32_t *columns, uint32_t count)
{
    int64_t *selves = mem_zalloc(trie->count, sizeof *selves);
    if (!selves)
        return NULL;
    for (uint32_t c = 0; c < count; c++) {
        const int64_t *self = trie->columns[columns[c]].self;
        for (uint32_t node = 0; self && node < trie->count; node++)
            selves[node] = weight_add(selves[node], self[node]);
    }
    return selves;
}
