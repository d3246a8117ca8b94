/* SPDX-License-Identifier: MIT */
/** The flame graph as SVG, PNG or PDF. */
#ifndef PERFLAME_PICTURE_H
#define PERFLAME_PICTURE_H

#include "perflame/profile.h"
#include "perflame/sink.h"

#ifdef __cplusplus
extern "C" {
#endif

enum pfl_picture_format { PFL_PICTURE_SVG = 0, PFL_PICTURE_PNG, PFL_PICTURE_PDF };
enum pfl_picture_colour { PFL_COLOUR_KIND = 0, PFL_COLOUR_MODULE, PFL_COLOUR_NAME };
enum pfl_picture_theme { PFL_THEME_AUTO = 0, PFL_THEME_LIGHT, PFL_THEME_DARK };
enum pfl_picture_script { PFL_SCRIPT_EMBED = 0, PFL_SCRIPT_NONE, PFL_SCRIPT_URL };
enum pfl_picture_sort {
    PFL_SORT_NAME = 0, /**< by time where the profile is in the order of time */
    PFL_SORT_WEIGHT,
    PFL_SORT_TIME /**< for a profile in the order of time alone */
};

/** Zero-initialise, set `size`; zero means default. Texts are borrowed. Since 0.1. */
struct pfl_picture_options {
    size_t size;
    const char *title; /**< NULL: event, weight and the input's base name */
    const char *subtitle;
    double width;      /**< px; 0: as wide as there is room (SVG), 1200 (PNG, PDF) */
    double row_height; /**< px; 0: 18 */
    double font_size;  /**< px; 0: 12 */
    const char *font;  /**< family; NULL: the system's sans-serif */
    double min_width;  /**< narrower boxes are left out, px; 0: 0.5 */
    double min_share;  /**< the same as a share of the whole, 0 to 1 */
    enum pfl_picture_colour colour;
    const char *palette; /**< NULL: default */
    enum pfl_picture_theme theme;
    enum pfl_picture_script script;
    const char *script_url; /**< for PFL_SCRIPT_URL */
    enum pfl_picture_sort sort;
    double scale;    /**< PNG: pixels per px; 0: 1 */
    int inverted;    /**< icicle: root on top */
    uint32_t column; /**< shown first */
};

/**
 * Says what is wrong with options before anything is read for them. Errors: USAGE (a size out of
 * range, no such palette). Since 0.1.
 */
PFL_EXPORT int pfl_picture_check(const struct pfl_picture_options *options, struct pfl_error *err);

/**
 * Draws a finished profile. The same profile and options give the same bytes. Errors: USAGE,
 * LIMIT (a PNG beyond the format's or the library's size), UNSUPPORTED (see below), MEMORY, SINK.
 *
 * PNG and PDF are painted by libperflame-paint.so.0, which is loaded when the first of them is
 * drawn and stays: from beside libperflame.so.0, or from where the system's libraries are. A
 * program that has libperflame.a in it needs that one file beside it, or installed. Since 0.1.
 */
PFL_EXPORT int pfl_picture_write(const struct pfl_profile *profile,
                                 const struct pfl_picture_options *options,
                                 enum pfl_picture_format format, const struct pfl_sink *sink,
                                 struct pfl_error *err);

/** The script that embedded pictures carry, the same bytes in every picture. Since 0.1. */
PFL_EXPORT const char *pfl_picture_script(size_t *ret_size);

/** Its hash as a content security policy names it, without quotes: "sha256-...". Since 0.1. */
PFL_EXPORT const char *pfl_picture_script_hash(void);

#ifdef __cplusplus
}
#endif

#endif
