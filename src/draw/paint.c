/* SPDX-License-Identifier: MIT */
/* See draw/paint.h. */
#include "draw/paint.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "draw/canvas.h"
#include "draw/heading.h"
#include "draw/label.h"
#include "draw/layout.h"
#include "draw/legend.h"
#include "draw/page.h"

#define PAINT_LABEL_WIDTH 26.0

struct painter {
    const struct trie *trie;
    const struct picture_options *options;
    const struct palette *palette;
    const struct colour_theme *theme;
    bool dark;
    struct order order;
    struct layout layout;
    struct heading heading;
    struct legend legend;
    struct page page;
    const struct canvas_calls *calls;
    struct canvas *canvas;
    struct buffer label;
};

static void use_colour(struct painter *painter, uint32_t colour)
{
    painter->calls->colour(painter->canvas, colour);
}

static double measure(const void *context, const char *text, size_t length)
{
    const struct painter *painter = context;
    return painter->calls->measure(painter->canvas, text, length);
}

/* Text whose baseline begins at (x, y), cut to `width`. */
static void paint_words(struct painter *painter, const char *words, double x, double y,
                        double width)
{
    struct label_ruler ruler = {measure, painter};
    buffer_clear(&painter->label);
    label_append(&painter->label, words, width, &ruler);
    if (painter->label.size)
        painter->calls->text(painter->canvas, painter->label.data, painter->label.size, x, y);
}

static void paint_box(struct painter *painter, const struct layout_box *box)
{
    double x = PAGE_MARGIN + layout_px(&painter->layout, box->start);
    double width = box->node ? layout_px(&painter->layout, box->total) : painter->layout.width;
    double y = page_y(&painter->page, box->level);
    uint32_t swatch = colour_swatch(&painter->trie->frames, painter->trie->frame[box->node],
                                    painter->options->colour);
    /* Half a pixel is left between neighbours, as far as there is something to take it from. */
    double gap = width > 2 ? 0.5 : 0;
    use_colour(painter, palette_colour(painter->palette, painter->dark, swatch));
    painter->calls->box(painter->canvas, x, y, width - gap, painter->page.row - 1);
    if (width < PAINT_LABEL_WIDTH)
        return;
    use_colour(painter, painter->theme->label);
    paint_words(painter, box->node ? trie_name(painter->trie, box->node) : "all", x + 4,
                page_baseline(&painter->page, y), width - 8);
}

static int see_colours(struct painter *painter)
{
    const struct frames *frames = &painter->trie->frames;
    for (size_t i = 0; i < painter->layout.count; i++) {
        const struct layout_box *box = &painter->layout.boxes[i];
        uint32_t frame = painter->trie->frame[box->node];
        legend_see(&painter->legend, frames, frame, box->total,
                   colour_swatch(frames, frame, painter->options->colour));
    }
    return legend_place(&painter->legend, painter->options);
}

static void paint_legend(struct painter *painter)
{
    const struct page *page = &painter->page;
    double side = page->font - 2;
    for (uint32_t i = 0; i < painter->legend.count; i++) {
        const struct legend_item *item = &painter->legend.items[i];
        double y = page->legend_y + item->line * page->legend_line;
        use_colour(painter, palette_colour(painter->palette, painter->dark, item->swatch));
        painter->calls->box(painter->canvas, item->x, y - side, side, side);
        use_colour(painter, painter->theme->dim);
        paint_words(painter, item->word, item->x + legend_word_x(page->font), y, page->width);
    }
}

static void paint_page(struct painter *painter)
{
    struct page *page = &painter->page;
    double width = painter->layout.width;
    use_colour(painter, painter->theme->page);
    painter->calls->fill(painter->canvas);
    painter->calls->font(painter->canvas, page->title_size, true);
    use_colour(painter, painter->theme->text);
    paint_words(painter, buffer_string(&painter->heading.title), PAGE_MARGIN, page->title_y, width);
    painter->calls->font(painter->canvas, page->font, false);
    use_colour(painter, painter->theme->dim);
    paint_words(painter, buffer_string(&painter->heading.summary), PAGE_MARGIN, page->summary_y,
                width);
    for (size_t i = 0; i < painter->layout.count; i++)
        paint_box(painter, &painter->layout.boxes[i]);
    paint_legend(painter);
}

/* Says what to lower if the page is larger than the format can hold. */
static int check_png(const struct page *page, double scale, struct pfl_error *err)
{
    double width = ceil(page->width * scale), height = ceil(page->height * scale);
    if (width > LIMIT_PICTURE_PX || height > LIMIT_PICTURE_PX)
        return error_set(err, PFL_ERROR_LIMIT,
                         "the picture would have %.0f x %.0f pixels, more than the %d that a PNG "
                         "can have here: lower --scale, --row-height or --max-depth",
                         width, height, LIMIT_PICTURE_PX);
    if (width * height > LIMIT_PICTURE_PIXELS)
        return error_set(err, PFL_ERROR_LIMIT,
                         "the picture would have %.0f million pixels: lower --scale or --width",
                         width * height / 1e6);
    return 0;
}

static int check_pdf(const struct page *page, double scale, struct pfl_error *err)
{
    if (page->height * scale > LIMIT_PDF_POINTS || page->width * scale > LIMIT_PDF_POINTS)
        return error_set(err, PFL_ERROR_LIMIT,
                         "the picture is larger than a page of a PDF can be (%d points): lower "
                         "--width, --row-height or --max-depth",
                         LIMIT_PDF_POINTS);
    return 0;
}

static int paint(struct painter *painter, const struct canvas_page *page, struct pfl_error *err)
{
    int result = canvas_load(&painter->calls, err);
    if (result < 0)
        return result;
    painter->canvas = painter->calls->open(page);
    if (!painter->canvas)
        return error_memory(err);
    paint_page(painter);
    result = painter->calls->close(painter->canvas);
    if (result == -PFL_ERROR_SINK)
        return error_set(err, PFL_ERROR_SINK, "the output was refused");
    return result < 0 || painter->label.failed ? error_memory(err) : 0;
}

static int paint_format(struct painter *painter, enum picture_format format,
                        const struct pfl_sink *sink, struct pfl_error *err)
{
    const struct picture_options *options = painter->options;
    struct canvas_page page = {
        .kind = format == PICTURE_PNG ? CANVAS_PNG : CANVAS_PDF,
        .width = painter->page.width,
        .height = painter->page.height,
        /* A page is measured in points; a px is 3/4 of one. */
        .scale = format == PICTURE_PNG ? options->scale : 0.75,
        .font = options->font && *options->font ? options->font : "sans-serif",
        .title = buffer_string(&painter->heading.title),
        .sink = *sink,
    };
    int result = format == PICTURE_PNG ? check_png(&painter->page, page.scale, err)
                                       : check_pdf(&painter->page, page.scale, err);
    return result < 0 ? result : paint(painter, &page, err);
}

int paint_write(const struct trie *trie, const struct picture_options *options,
                enum picture_format format, const struct palette *palette,
                const struct pfl_sink *sink, struct pfl_error *err)
{
    bool dark = options->theme == PICTURE_THEME_DARK;
    struct painter painter = {.trie = trie,
                              .options = options,
                              .palette = palette,
                              .theme = &colour_themes[dark],
                              .dark = dark};
    struct layout_options layout = page_layout_options(options);
    int result = order_make(&painter.order, trie, err);
    if (result == 0)
        result = layout_make(&painter.layout, trie, &painter.order, &layout, err);
    if (result == 0)
        result = heading_make(&painter.heading, trie, options, err);
    if (result == 0 && see_colours(&painter) < 0)
        result = error_memory(err);
    if (result == 0) {
        painter.page = page_make(options, painter.layout.levels, false, painter.legend.lines);
        result = paint_format(&painter, format, sink, err);
    }
    order_done(&painter.order);
    layout_done(&painter.layout);
    heading_done(&painter.heading);
    buffer_done(&painter.label);
    return result;
}
