/* SPDX-License-Identifier: MIT */
/* A whole trie as one run of bytes, deflated: what stands in an SVG beside its picture, and what
 * an SVG is as an input. data/script/trie.js reads it too.
 *
 *     head      strings, frames, nodes, columns: how many; 1 if the trie is in the order of time;
 *               how many bytes the strings have; the sizes of tails, frames, nodes and firsts;
 *               per column: event, weight and unit (each its length, then its bytes), scale,
 *               samples, recorded (zigzag), size
 *     shared    per string one byte: how many bytes it begins with as the string before does
 *     tails     the rest of each string and a NUL. Strings are UTF-8, sorted by bytes; the first
 *               is empty
 *     frames    the names of all frames (numbers of strings), then their objects (likewise), then
 *               their kinds; the most frequent frame first
 *     nodes     per node but the root, in preorder, siblings in the order of the picture: up, and
 *               which of its parent's frames it has: 1 is the one first seen below that frame,
 *               here or elsewhere, 2 the next, 0 a frame not yet seen there
 *     firsts    the frames of the nodes that have 0
 *     column    self / scale (zigzag) of all nodes without children, then of all others, the root
 *               among them; as often as there are columns
 *
 * All numbers are varints (base/buffer.h). `up` is 0 for a child of the node before, else one more
 * than the levels between the two. The root counts as a node of frame 0. `scale` is the greatest
 * common divisor of a column: weights sampled with a fixed period become small numbers. A reader
 * can skip the columns that it doesn't need; totals are its own to add up.
 *
 * What is called from one function is often the same few: so a node costs two bytes that repeat,
 * and deflate halves them again. */
#ifndef PFL_TREE_PAYLOAD_H
#define PFL_TREE_PAYLOAD_H

#include "base/buffer.h"
#include "base/error.h"
#include "tree/order.h"

#define PAYLOAD_FORMAT 3

/* Appends the bytes, which are still to be deflated; with a second thread if there may be one.
 * Errors: memory alone. */
int payload_write(struct buffer *bytes, const struct trie *trie, const struct order *order,
                  bool threads, struct pfl_error *err);

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
