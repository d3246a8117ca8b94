/* SPDX-License-Identifier: MIT */
/* A picture of a trie: what to draw and how it looks, in one description that the layout, the
 * SVG writer and the painter share. */
#ifndef PFL_DRAW_PICTURE_H
#define PFL_DRAW_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "perflame/sink.h"
#include "tree/trie.h"

enum picture_format { PICTURE_SVG, PICTURE_PNG, PICTURE_PDF };
enum picture_colour { PICTURE_BY_KIND = 0, PICTURE_BY_MODULE, PICTURE_BY_NAME };
enum picture_theme { PICTURE_THEME_AUTO = 0, PICTURE_THEME_LIGHT, PICTURE_THEME_DARK };
enum picture_script { PICTURE_SCRIPT_EMBED = 0, PICTURE_SCRIPT_NONE, PICTURE_SCRIPT_URL };
enum picture_sort { PICTURE_SORT_NAME = 0, PICTURE_SORT_WEIGHT, PICTURE_SORT_TIME };

/* Zero means default everywhere. Texts are borrowed; hostile bytes in them do no harm. */
struct picture_options {
    const char *title;    /* NULL: event, weight and `input` */
    const char *subtitle; /* NULL: none */
    const char *input;    /* base name of the recording, for the default title */
    const char *losses;   /* what is missing from the recording, in words; NULL: nothing */
    double width;         /* px; 0: fluid for SVG, 1200 for PNG and PDF */
    double row_height;    /* 18 */
    double font_size;     /* 12 */
    const char *font;     /* family; NULL: the system's sans-serif */
    double min_width;     /* narrower boxes are not drawn, in px; 0: 0.5 */
    double min_share;     /* the same as a share of the whole, 0 to 1; 0: by min_width */
    enum picture_colour colour;
    const char *palette; /* NULL: default */
    enum picture_theme theme;
    enum picture_script script;
    const char *script_url;
    enum picture_sort sort;
    double scale;    /* PNG pixels per px; 0: 1 */
    bool inverted;   /* icicle: root on top */
    uint32_t column; /* of the trie, shown first */
    bool threads;    /* there may be a second one */
};

/* Says whether there can be a picture of these options, whatever the trie. Errors: as below. */
int picture_check(const struct picture_options *options, struct pfl_error *err);

/* Draws a summed trie. Same input, same bytes. Errors: PFL_ERROR_LIMIT (a PNG beyond the format's
 * or the library's size: the message says what to lower), PFL_ERROR_USAGE (no such palette),
 * PFL_ERROR_UNSUPPORTED (what paints PNG and PDF is not installed), PFL_ERROR_MEMORY,
 * PFL_ERROR_SINK. */
int picture_write(const struct trie *trie, const struct picture_options *options,
                  enum picture_format format, const struct pfl_sink *sink, struct pfl_error *err);

/* The script that SVGs carry, the same bytes in every one; NUL-terminated. */
const char *picture_script(size_t *ret_size);

/* Its hash as a policy names it: "sha256-...". */
const char *picture_script_hash(void);

#endif
