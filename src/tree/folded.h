/* SPDX-License-Identifier: MIT */
/* Folded stacks: ROOT;...;LEAF WEIGHT, one per line. */
#ifndef PFL_TREE_FOLDED_H
#define PFL_TREE_FOLDED_H

#include "base/error.h"
#include "base/source.h"
#include "perflame/sink.h"
#include "tree/trie.h"

struct folded_options {
    bool suffixes; /* FlameGraph's _[k] kernel, _[i] inlined, _[j] JIT behind names */
};

/* Writes the sum of `count` columns (all of one unit): lines sorted by bytes, without those that
 * weigh nothing. Frames that print the same are one, whatever their kind and object. What ended
 * at the root itself has no stack and is not written. A stack whose root begins with `#` begins
 * with an empty frame, so that it is read back. */
int folded_write(const struct trie *trie, const uint32_t *columns, uint32_t count,
                 const struct folded_options *options, const struct pfl_sink *sink,
                 struct pfl_error *err);

/* True if the first bytes look like folded text: a line that ends in a space and an integer. */
bool folded_recognises(const char *text, size_t size);

/* Weights are whole; of what was not, so much is one. */
#define FOLDED_FRACTION INT64_C(1000000000)

/* Lines of folded text. */
struct folded_lines {
    uint64_t taken;                  /* hold a stack */
    int64_t sum;                     /* of their weights */
    uint64_t skipped, first_skipped; /* make no sense; the number of the first, from 1 */
    uint64_t rounded;                /* were taken, with a weight that is not whole */
    int64_t added;                   /* to the sum by that, in 1 / FOLDED_FRACTION */
};

/* Adds folded text to a trie, under the column ("", "samples" or the given unit). Suffixes
 * become kinds again, and reserved names marks; every other frame is FRAME_USER, the first one
 * of a line too: the text does not say whether that is a process or main, and a group could
 * neither be hidden nor listed. Blank lines, empty frames and `#` comments are skipped; a
 * weight that is not whole is rounded to the nearest; a stack beyond LIMIT_STACK_FRAMES ends in
 * [truncated]. Lines without a weight, with one that is below zero or out of range, and beyond
 * LIMIT_LINE_BYTES are skipped and counted. Not summed. */
int folded_read(struct trie *trie, const struct source *source, const char *unit,
                struct folded_lines *ret_lines, struct pfl_error *err);

#endif
