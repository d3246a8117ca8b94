/* SPDX-License-Identifier: MIT */
/* Which boxes a picture has and where they are: the part that SVG, PNG and PDF share.
 *
 *     level 2      [ work     ][ idle ]
 *     level 1    [ main            ][ poll ]
 *     level 0    [ all                     ]
 *                start ─── total ──▶
 *
 * Places are kept as weights, which are exact; a pixel is start * width / whole. */
#ifndef PFL_DRAW_LAYOUT_H
#define PFL_DRAW_LAYOUT_H

#include <stdbool.h>

#include "base/error.h"
#include "tree/order.h"

struct layout_options {
    uint32_t column;
    double width;     /* px of the root */
    double min_width; /* px: a narrower box and all above it are left out */
    bool by_weight;   /* heaviest child first, instead of by name */
};

struct layout_box {
    uint32_t node, level;
    int64_t start, total;
};

struct layout {
    struct layout_box *boxes; /* in preorder; the root is always there */
    size_t count, capacity;
    uint32_t levels; /* at least 1 */
    int64_t whole;   /* the root's total */
    double width;
};

int layout_make(struct layout *layout, const struct trie *trie, const struct order *order,
                const struct layout_options *options, struct pfl_error *err);
void layout_done(struct layout *layout);

static inline double layout_px(const struct layout *layout, int64_t weight)
{
    return layout->whole > 0 ? (double)weight / (double)layout->whole * layout->width : 0;
}

#endif
