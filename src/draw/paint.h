/* SPDX-License-Identifier: MIT */
/* The picture as PNG or PDF. */
#ifndef PFL_DRAW_PAINT_H
#define PFL_DRAW_PAINT_H

#include "draw/colour.h"

/* Options are complete, as for svg_write. Errors: also PFL_ERROR_UNSUPPORTED, if what it is painted
 * with is not installed. */
int paint_write(const struct trie *trie, const struct picture_options *options,
                enum picture_format format, const struct palette *palette,
                const struct pfl_sink *sink, struct pfl_error *err);

#endif
