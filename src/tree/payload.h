/* SPDX-License-Identifier: MIT */
/* A whole trie as one run of bytes, deflated: what stands in an SVG beside its picture, and what
 * an SVG is as an input. data/script/trie.js reads it too.
 *
 *     head      strings, frames, nodes, columns: how many; the sizes of the first three parts;
 *               per column: event, weight and unit (each its length, then its bytes), scale,
 *               samples, recorded (zigzag), size
 *     strings   UTF-8, sorted by bytes, each with a NUL behind it; the first is empty
 *     frames    per frame: name (number of a string), object (likewise), kind; the most frequent
 *               frame first
 *     nodes     per node but the root, in preorder, siblings in the order of the picture: up, frame
 *     column    per node, the root first: self / scale, zigzag; as often as there are columns
 *
 * All numbers are varints (base/buffer.h). `up` is 0 for a child of the node before, else one more
 * than the levels between the two. `scale` is the greatest common divisor of a column: weights
 * sampled with a fixed period become small numbers. A reader can skip the columns that it doesn't
 * need; totals are its own to add up. */
#ifndef PFL_TREE_PAYLOAD_H
#define PFL_TREE_PAYLOAD_H

#include "base/buffer.h"
#include "base/error.h"
#include "tree/order.h"

#define PAYLOAD_FORMAT 2

/* Appends the deflated bytes. */
int payload_write(struct buffer *packed, const struct trie *trie, const struct order *order,
                  struct pfl_error *err);

/* Asked for each column: true takes it. */
struct payload_filter {
    bool (*select)(void *context, const char *event, const char *weight);
    void *context;
};

/* Adds what was written to a trie; *ret_columns says how many columns were taken. Not summed.
 * Errors: PFL_ERROR_FORMAT (with the offset in the inflated bytes), PFL_ERROR_LIMIT,
 * PFL_ERROR_MEMORY. */
int payload_read(struct trie *trie, const void *packed, size_t size,
                 const struct payload_filter *filter, uint32_t *ret_columns, struct pfl_error *err);

#endif
