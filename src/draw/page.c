/* SPDX-License-Identifier: MIT */
/* See draw/page.h. */
#include "draw/page.h"

#include <math.h>

struct page page_make(const struct picture_options *options, uint32_t levels, bool details,
                      uint32_t legend_lines)
{
    struct page page = {.width = options->width,
                        .row = options->row_height,
                        .font = options->font_size,
                        .levels = levels,
                        .inverted = options->inverted};
    page.title_size = floor(page.font * 1.4 + 0.5);
    page.title_y = 14 + page.title_size;
    page.summary_y = page.title_y + floor(page.font * 1.75);
    page.top = page.summary_y + (details ? floor(page.font * 2.75) : 13);
    double bottom = page.top + levels * page.row;
    page.legend_y = bottom + 10 + page.font;
    page.legend_line = floor(page.font * 1.5);
    page.height = page.legend_y + (legend_lines - 1) * page.legend_line + 14;
    return page;
}

struct layout_options page_layout_options(const struct picture_options *options)
{
    double width = options->width - 2 * PAGE_MARGIN;
    double by_share = options->min_share * width;
    return (struct layout_options){.column = options->column,
                                   .width = width,
                                   .min_width = by_share > options->min_width ? by_share
                                                                              : options->min_width,
                                   .by_weight = options->sort == PICTURE_SORT_WEIGHT};
}
