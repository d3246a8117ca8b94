/* SPDX-License-Identifier: MIT */
/* The data beside a picture (tree/payload.h), packed while the picture is drawn: by two threads, of
 * which one draws first.
 *
 *     a second thread   │ pack the first package ───────────▶ │
 *     the one that asks │ draw ────▶ pack the second ──────▶  │ join them
 *
 * What is joined is one deflate stream, the same for any number of threads. */
#ifndef PFL_DRAW_PACKING_H
#define PFL_DRAW_PACKING_H

#include "base/errand.h"
#include "tree/payload.h"

struct package {
    const char *bytes;
    size_t size;
    bool followed; /* by another */
    struct buffer packed;
    int result;
    struct pfl_error error;
    struct errand errand;
};

/* Zero-initialise to begin; must stay where it is until packing_done. */
struct packing {
    struct buffer bytes;
    struct package packages[2];
};

/* Makes the data, and begins to pack them, with a second thread if there may be one. Errors:
 * memory alone. */
int packing_begin(struct packing *packing, const struct trie *trie, const struct order *order,
                  bool threads, struct pfl_error *err);

/* Appends them in base64. Errors: memory alone. */
int packing_end(struct packing *packing, struct buffer *to, struct pfl_error *err);

void packing_done(struct packing *packing);

#endif
