/* SPDX-License-Identifier: MIT */
/* See draw/legend.h. */
#include "draw/legend.h"

#include <string.h>

#include "draw/label.h"
#include "draw/page.h"

#define LEGEND_APART 18.0 /* px between a word and the next mark */

/* How wide the name of a module may be, in times the font's size. */
#define LEGEND_NAME 20.0

static void legend_see_module(struct legend_module *module, const char *name, int64_t total)
{
    module->shared |= module->name && strcmp(module->name, name) != 0;
    if (!module->name || total > module->total) {
        module->name = name;
        module->total = total;
    }
}

void legend_see(struct legend *legend, const struct frames *frames, uint32_t frame, int64_t total,
                uint32_t swatch)
{
    if (swatch < COLOUR_MODULE_FIRST)
        legend->seen[swatch / COLOUR_VARIATIONS] = true;
    else if (swatch < COLOUR_NAME_FIRST)
        legend_see_module(&legend->modules[swatch - COLOUR_MODULE_FIRST],
                          frames_object(frames, frame), total);
}

void legend_see_kinds(struct legend *legend, const struct frames *frames)
{
    for (uint32_t frame = 0; frame < frames->count; frame++)
        legend->seen[colour_class(frames, frame)] = true;
}

/* Puts an item behind those before it, or into a line of its own. */
static void legend_add(struct legend *legend, const struct picture_options *options, double *x,
                       uint32_t swatch, const char *word, size_t length)
{
    struct legend_item *item = &legend->items[legend->count++];
    length = length < LEGEND_WORD ? length : LEGEND_WORD - 1;
    memcpy(item->word, word, length);
    item->word[length] = '\0';
    double width =
        legend_word_x(options->font_size) + label_estimate(&options->font_size, item->word, length);
    if (*x > PAGE_MARGIN && *x + width > options->width - PAGE_MARGIN) {
        *x = PAGE_MARGIN;
        legend->lines++;
    }
    item->swatch = swatch;
    item->line = legend->lines - 1;
    item->x = *x;
    *x += width + LEGEND_APART;
}

/* The heaviest module that has no item yet; NULL at the end. */
static struct legend_module *legend_next(struct legend *legend)
{
    struct legend_module *best = NULL;
    for (uint32_t i = 0; i < COLOUR_MODULE_COUNT; i++) {
        struct legend_module *module = &legend->modules[i];
        if (module->name && (!best || module->total > best->total))
            best = module;
    }
    return best;
}

static int legend_place_modules(struct legend *legend, const struct picture_options *options,
                                double *x)
{
    CLEANUP(buffer_done) struct buffer word = {0};
    struct label_ruler ruler = {label_estimate, &options->font_size};
    for (struct legend_module *module; (module = legend_next(legend));) {
        buffer_clear(&word);
        label_append(&word, module->name, LEGEND_NAME * options->font_size, &ruler);
        buffer_text(&word, module->shared ? ", \xe2\x80\xa6" : "");
        if (word.failed)
            return -1;
        uint32_t swatch = COLOUR_MODULE_FIRST + (uint32_t)(module - legend->modules);
        legend_add(legend, options, x, swatch, buffer_string(&word), word.size);
        module->name = NULL;
    }
    return 0;
}

int legend_place(struct legend *legend, const struct picture_options *options)
{
    double x = PAGE_MARGIN;
    legend->lines = 1;
    if (legend_place_modules(legend, options, &x) < 0)
        return -1;
    for (uint32_t class = 0; class < COLOUR_CLASS_COUNT; class ++) {
        const char *word = colour_class_names[class];
        if (legend->seen[class] && class != COLOUR_GROUP)
            legend_add(legend, options, &x, class * COLOUR_VARIATIONS, word, strlen(word));
    }
    return 0;
}
