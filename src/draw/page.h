/* SPDX-License-Identifier: MIT */
/* Where things stand on a picture, in px; the same in all formats and in data/script.
 *
 *     0 ┌──────────────────────────────┐
 *       │  title                       │
 *       │  summary                     │
 *       │  details (with a script)     │
 *   top │  ┌──────────────────────┐    │
 *       │  │ levels * row         │    │
 *       │  └──────────────────────┘    │
 *       │  legend_lines * legend_line  │
 * height└──────────────────────────────┘
 *          margin            width */
#ifndef PFL_DRAW_PAGE_H
#define PFL_DRAW_PAGE_H

#include "draw/layout.h"
#include "draw/picture.h"

#define PAGE_MARGIN 16

struct page {
    double width, height;
    double title_size, title_y, summary_y, legend_y; /* baselines */
    double top, row, font, legend_line;
    uint32_t levels;
    bool inverted;
};

struct page page_make(const struct picture_options *options, uint32_t levels, bool details,
                      uint32_t legend_lines);

/* The upper edge of a level's boxes. */
static inline double page_y(const struct page *page, uint32_t level)
{
    uint32_t from_top = page->inverted ? level : page->levels - 1 - level;
    return page->top + from_top * page->row;
}

/* The baseline of a label in the box whose upper edge is at y. */
static inline double page_baseline(const struct page *page, double y)
{
    return y + (page->row - 1) / 2 + page->font * 0.35;
}

/* The layout that these options ask for. */
struct layout_options page_layout_options(const struct picture_options *options);

#endif
