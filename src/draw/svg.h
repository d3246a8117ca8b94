/* SPDX-License-Identifier: MIT */
/* The picture as SVG: the first view as plain elements, the whole trie as data, and the script. */
#ifndef PFL_DRAW_SVG_H
#define PFL_DRAW_SVG_H

#include "draw/colour.h"

/* Options are complete: picture.c has put the defaults in. `fluid`: as wide as there is room. */
int svg_write(const struct trie *trie, const struct picture_options *options, bool fluid,
              const struct palette *palette, const struct pfl_sink *sink, struct pfl_error *err);

#endif
