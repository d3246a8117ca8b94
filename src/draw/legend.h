/* SPDX-License-Identifier: MIT */
/* What the colours of a picture mean: a mark and a word for each class that it shows, below the
 * frames and in as many lines as its width asks for.
 *
 *     ■ user   ■ kernel   ■ JIT
 *     ■ inlined   ■ unknown */
#ifndef PFL_DRAW_LEGEND_H
#define PFL_DRAW_LEGEND_H

#include "draw/colour.h"

struct legend {
    bool seen[COLOUR_CLASS_COUNT];
    struct legend_item {
        enum colour_class class;
        uint32_t line;
        double x;
    } items[COLOUR_CLASS_COUNT];
    uint32_t count, lines;
};

/* Where a word begins, behind its mark's left edge. */
static inline double legend_word_x(double font)
{
    return font + 4;
}

/* A box has this swatch. */
void legend_see(struct legend *legend, uint32_t swatch);

/* Gives what was seen its place; words are as wide as label_estimate says, which is the same
 * wherever the picture is drawn. */
void legend_place(struct legend *legend, const struct picture_options *options);

#endif
