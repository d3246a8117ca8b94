/* SPDX-License-Identifier: MIT */
/* Colours of boxes. Every frame has a swatch, a small number; a palette says what colour a
 * swatch is in the light and in the dark theme.
 *
 *     swatches  0 ... 31  32 ... 47  48 ... 59
 *               class     module     name
 *               8 x 4     8 x 2      12
 *
 * A swatch depends on the frame's name (its object, by module) through a hash that never
 * changes, so a function has the same colour in every picture. */
#ifndef PFL_DRAW_COLOUR_H
#define PFL_DRAW_COLOUR_H

#include "draw/picture.h"

enum colour_class {
    COLOUR_USER = 0,
    COLOUR_KERNEL,
    COLOUR_JIT,
    COLOUR_INLINED,
    COLOUR_LIBRARY, /* user code in a shared library */
    COLOUR_GROUP,
    COLOUR_UNKNOWN, /* [unknown] */
    COLOUR_CUT,     /* [truncated], [broken]: the stack goes on, the recording doesn't */
    COLOUR_CLASS_COUNT
};

#define COLOUR_VARIATIONS   4
#define COLOUR_MODULE_HUES  8
#define COLOUR_MODULE_FIRST (COLOUR_CLASS_COUNT * COLOUR_VARIATIONS)
#define COLOUR_MODULE_COUNT (COLOUR_MODULE_HUES * 2)
#define COLOUR_NAME_FIRST   (COLOUR_MODULE_FIRST + COLOUR_MODULE_COUNT)
#define COLOUR_NAME_COUNT   12
#define COLOUR_SWATCHES     (COLOUR_NAME_FIRST + COLOUR_NAME_COUNT)

struct palette {
    const char *name;
    uint32_t classes[2][COLOUR_CLASS_COUNT]; /* 0xrrggbb; light, dark */
    uint32_t modules[2][COLOUR_MODULE_HUES];
    uint32_t names[2][2]; /* from, to */
};

/* What is not a box, in the light and the dark theme. */
struct colour_theme {
    uint32_t page, text, dim, label, match, match_label;
};

extern const struct colour_theme colour_themes[2];
extern const char *const colour_class_names[COLOUR_CLASS_COUNT];

/* NULL or "" gives the default; an unknown name gives NULL. */
const struct palette *palette_find(const char *name);

/* The names of all palettes, for messages. */
const char *palette_names(void);

/* 0xrrggbb of a swatch. */
uint32_t palette_colour(const struct palette *palette, bool dark, uint32_t swatch);

/* "#rrggbb" and a NUL. */
void colour_text(uint32_t colour, char text[8]);

enum colour_class colour_class(const struct frames *frames, uint32_t frame);

/* The swatch of a frame. */
uint32_t colour_swatch(const struct frames *frames, uint32_t frame, enum picture_colour by);

#endif
