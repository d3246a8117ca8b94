/* SPDX-License-Identifier: MIT */
/* What a PNG or PDF is painted on. cairo and pango are behind it, in a module that is loaded when
 * there is something to paint: with them come 35 more libraries, and to load those takes
 * longer than to draw the SVG of a small recording.
 *
 *     libperflame.so.0                    libperflame-paint.so.0
 *     paint.c ─▶ canvas.h, canvas.c ─▶    canvas_cairo.c ─▶ cairo, pango
 *                 dlopen, when asked */
#ifndef PFL_DRAW_CANVAS_H
#define PFL_DRAW_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "perflame/sink.h"

struct canvas;

enum canvas_kind { CANVAS_PNG, CANVAS_PDF };

struct canvas_page {
    enum canvas_kind kind;
    double width, height; /* in px */
    double scale;         /* pixels or points of a px */
    const char *font;     /* family */
    const char *title;
    struct pfl_sink sink;
};

/* Raised whenever something below changes. */
#define CANVAS_VERSION 1

/* What the module gives. Coordinates are in px, from the upper left corner. */
struct canvas_calls {
    uint32_t version;

    /* NULL without memory. */
    struct canvas *(*open)(const struct canvas_page *page);

    /* Hands to the sink what it has not yet, and frees the canvas. Returns 0, -PFL_ERROR_MEMORY or
     * -PFL_ERROR_SINK. */
    int (*close)(struct canvas *canvas);

    /* What is painted next has this colour: 0xrrggbb. */
    void (*colour)(struct canvas *canvas, uint32_t colour);

    /* Words that come next are this high, and perhaps heavy. */
    void (*font)(struct canvas *canvas, double size, bool heavy);

    /* The whole page. */
    void (*fill)(struct canvas *canvas);

    /* A box; its corners are rounded where there is room for that. */
    void (*box)(struct canvas *canvas, double x, double y, double width, double height);

    /* How wide a text is. */
    double (*measure)(const struct canvas *canvas, const char *text, size_t length);

    /* A text whose baseline begins at (x, y). */
    void (*text)(struct canvas *canvas, const char *text, size_t length, double x, double y);
};

/* What the module exports; there alone. */
extern const struct canvas_calls pfl_canvas_calls;

/* Loads the module, which then stays until the process ends. Errors: PFL_ERROR_UNSUPPORTED. */
int canvas_load(const struct canvas_calls **ret_calls, struct pfl_error *err);

#endif
