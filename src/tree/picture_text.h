/* SPDX-License-Identifier: MIT */
/* A picture as an input: the SVG that perflame wrote holds its whole trie (tree/payload.h). */
#ifndef PFL_TREE_PICTURE_TEXT_H
#define PFL_TREE_PICTURE_TEXT_H

#include "base/source.h"
#include "tree/payload.h"

/* True if the first bytes look like an SVG that perflame wrote. */
bool picture_text_recognises(const char *text, size_t size);

/* Adds what stands in the picture to a trie. Errors: PFL_ERROR_FORMAT, PFL_ERROR_UNSUPPORTED (a
 * newer version's data), PFL_ERROR_ABSENT (written without data), PFL_ERROR_LIMIT,
 * PFL_ERROR_MEMORY, PFL_ERROR_IO. */
int picture_text_read(struct trie *trie, const struct source *source,
                      const struct payload_filter *filter, uint32_t *ret_columns,
                      struct pfl_error *err);

#endif
