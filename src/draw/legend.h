/* SPDX-License-Identifier: MIT */
/* What the colours of a picture mean: a mark and a word for each class that it shows, or for each
 * module where those decide (the heaviest first), below the frames and in as many lines as its
 * width asks for. Where several modules have one colour, "…" stands for those that the word does
 * not name.
 *
 *     ■ user   ■ kernel   ■ JIT          ■ libc.so.6   ■ app, …
 *     ■ inlined   ■ unknown              ■ [kernel.kallsyms]   ■ unknown */
#ifndef PFL_DRAW_LEGEND_H
#define PFL_DRAW_LEGEND_H

#include "draw/colour.h"

#define LEGEND_WORD 128 /* bytes of a word, with its NUL */

struct legend {
    bool seen[COLOUR_CLASS_COUNT];
    struct legend_module {
        const char *name; /* borrowed: of the widest box; NULL: none has this colour */
        int64_t total;
        bool shared;
    } modules[COLOUR_MODULE_COUNT];
    struct legend_item {
        uint32_t swatch, line;
        double x;
        char word[LEGEND_WORD];
    } items[COLOUR_CLASS_COUNT + COLOUR_MODULE_COUNT];
    uint32_t count, lines;
};

/* Where a word begins, behind its mark's left edge. */
static inline double legend_word_x(double font)
{
    return font + 4;
}

/* A box of this weight and frame has this swatch. */
void legend_see(struct legend *legend, const struct frames *frames, uint32_t frame, int64_t total,
                uint32_t swatch);

/* All frames have the colours of their kinds, also those whose boxes are not drawn yet. */
void legend_see_kinds(struct legend *legend, const struct frames *frames);

/* Gives what was seen its place; words are as wide as label_estimate says, which is the same
 * wherever the picture is drawn. Returns 0, or -1 without memory. */
int legend_place(struct legend *legend, const struct picture_options *options);

#endif
