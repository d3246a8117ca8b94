/* SPDX-License-Identifier: MIT */
/* The prefix trie of named frames: the flame graph before it is drawn.
 *
 *     node      0      1      2      3      4   ...
 *     frame   root   app    main   work   idle
 *     parent     -      0      1      2      2       a parent's number is below its children's
 *     first      1      2      3      0      0       0: none (the root is nobody's child)
 *     next       0      0      4      0      0       siblings, the latest made first
 *     self[c]    0      0      1     60     40       what ended here, per column
 *     total[c] 101    101    101     60     40       self and all below, after trie_sum
 *
 * Because parents come first, totals are one walk backwards, and nothing ever recurses. */
#ifndef PFL_TREE_TRIE_H
#define PFL_TREE_TRIE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/weight.h"
#include "tree/frames.h"

/* A weight that the nodes have. */
struct trie_column {
    char *event;      /* "cpu-clock", "" for folded text without one */
    char *weight;     /* "period", "samples", ... */
    char *unit;       /* "ns", "bytes", "samples", ... */
    int64_t *self;    /* NULL until its first non-zero value */
    int64_t *total;   /* NULL until trie_sum */
    uint64_t samples; /* how many samples were added up here; 0 where unknown */
    int64_t recorded; /* the recording's total, before filters left some out */
    bool family;      /* its event is a family of events: never added to another */
};

struct trie {
    struct frames frames;
    uint32_t count; /* nodes, at least 1 */
    size_t capacity;
    uint32_t *frame, *parent, *first, *next;
    struct index children; /* (parent, frame) → node, for those before `indexed` */
    uint32_t indexed;
    struct trie_column *columns;
    uint32_t column_count;
    uint32_t weighed; /* columns that have values */
    bool timed;       /* a flame chart: siblings stand in the order of time, and may be equal */
};

#define TRIE_FAILED UINT32_MAX

/* NULL without memory. */
struct trie *trie_new(void);
void trie_free(struct trie *trie);
MEM_CLEANUP(trie_cleanup, struct trie, trie_free)

/* The number of the column of this event, weight and unit, made if it is new. Texts are copied with
 * their harmful bytes replaced (base/text.h), so that whoever writes them need not think of it.
 * TRIE_FAILED without memory or beyond LIMIT_COLUMNS. */
uint32_t trie_column(struct trie *trie, const char *event, const char *weight, const char *unit);

/* Forgets a column; those behind it move up by one. */
void trie_drop_column(struct trie *trie, uint32_t column);

/* The child of a node that has this frame, made if it is new. In a flame chart only the latest
 * child is used again, but groups, which stand below the root, are threads that run side by side.
 * TRIE_FAILED without memory or beyond LIMIT_TRIE_NODES (LIMIT_TIMED_NODES of a flame chart). */
uint32_t trie_child(struct trie *trie, uint32_t node, uint32_t frame);

/* A chain of new nodes under `node`, one per frame, where none of the kind is yet: that is for the
 * caller to know. Returns the last one; TRIE_FAILED as above. */
uint32_t trie_append(struct trie *trie, uint32_t node, const uint32_t *frames, uint32_t count);

/* Adds to self. Returns 0, or -1 without memory. */
int trie_add(struct trie *trie, uint32_t column, uint32_t node, int64_t amount);

/* Makes the totals of all columns; to be called after the last trie_add, again after more.
 * Returns 0, or -1 without memory. */
int trie_sum(struct trie *trie);

/* The self values of the sum of `count` columns, one per node; freed with mem_free. NULL without
 * memory. */
int64_t *trie_selves(const struct trie *trie, const uint32_t *columns, uint32_t count);

/* 0 where a column has no value yet. */
static inline int64_t trie_self(const struct trie *trie, uint32_t column, uint32_t node)
{
    const int64_t *self = trie->columns[column].self;
    return self ? self[node] : 0;
}

static inline int64_t trie_total(const struct trie *trie, uint32_t column, uint32_t node)
{
    const int64_t *total = trie->columns[column].total;
    return total ? total[node] : 0;
}

static inline const char *trie_name(const struct trie *trie, uint32_t node)
{
    return frames_name(&trie->frames, trie->frame[node]);
}

#endif
