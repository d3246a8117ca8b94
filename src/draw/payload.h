/* SPDX-License-Identifier: MIT */
/* The whole trie as data that stands in the SVG beside its picture: a description in JSON, and
 * one run of bytes, deflated.
 *
 *     strings   UTF-8, sorted by bytes, each with a NUL behind it; the first is empty
 *     frames    per frame: name (number of a string), object (likewise), kind * 8 + class;
 *               the most frequent frame first
 *     nodes     per node but the root, in preorder, siblings by name: up, frame
 *     column    per node, the root first: self / scale, zigzag       (as often as there are
 * columns)
 *
 * All numbers are varints (base/buffer.h). `up` is 0 for a child of the node before, else one more
 * than the levels between the two. `scale` is the greatest common divisor of a column: weights
 * sampled with a fixed period become small numbers. The JSON has the sizes of the parts, so that
 * a reader can skip what it doesn't need. Totals are the reader's to add up. */
#ifndef PFL_DRAW_PAYLOAD_H
#define PFL_DRAW_PAYLOAD_H

#include "base/buffer.h"
#include "draw/colour.h"
#include "draw/order.h"

#define PAYLOAD_FORMAT 1

/* Appends the JSON and the deflated bytes. `view` is what the options ask for. */
int payload_make(struct buffer *json, struct buffer *packed, const struct trie *trie,
                 const struct order *order, const struct picture_options *view, bool fluid,
                 const struct palette *palette, struct pfl_error *err);

#endif
