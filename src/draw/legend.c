/* SPDX-License-Identifier: MIT */
/* See draw/legend.h. */
#include "draw/legend.h"

#include <string.h>

#include "draw/label.h"
#include "draw/page.h"

#define LEGEND_APART 18.0 /* px between a word and the next mark */

void legend_see(struct legend *legend, uint32_t swatch)
{
    if (swatch < COLOUR_MODULE_FIRST)
        legend->seen[swatch / COLOUR_VARIATIONS] = true;
}

void legend_place(struct legend *legend, const struct picture_options *options)
{
    double x = PAGE_MARGIN;
    legend->lines = 1;
    for (uint32_t class = 0; class < COLOUR_CLASS_COUNT; class ++) {
        if (!legend->seen[class] || class == COLOUR_GROUP)
            continue;
        const char *word = colour_class_names[class];
        double width = legend_word_x(options->font_size) +
                       label_estimate(&options->font_size, word, strlen(word));
        if (x > PAGE_MARGIN && x + width > options->width - PAGE_MARGIN) {
            x = PAGE_MARGIN;
            legend->lines++;
        }
        legend->items[legend->count++] = (struct legend_item){class, legend->lines - 1, x};
        x += width + LEGEND_APART;
    }
}
