/* SPDX-License-Identifier: MIT */
/* See draw/paint.h. */
#include "draw/paint.h"

#include <math.h>
#include <string.h>

#include <cairo-pdf.h>
#include <cairo.h>
#include <pango/pangocairo.h>

#include "base/limits.h"
#include "draw/heading.h"
#include "draw/label.h"
#include "draw/layout.h"
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
    struct page page;
    cairo_t *cairo;
    PangoLayout *text;
    PangoFontDescription *font;
    struct pfl_sink sink;
    bool refused;
    struct buffer label;
};

static cairo_status_t painter_pass(void *context, const unsigned char *data, unsigned size)
{
    struct painter *painter = context;
    if (!painter->refused && painter->sink.write(painter->sink.context, data, size) != 0)
        painter->refused = true;
    return painter->refused ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void use_colour(struct painter *painter, uint32_t colour)
{
    cairo_set_source_rgb(painter->cairo, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                         (colour & 255) / 255.0);
}

static void use_font(struct painter *painter, double size, PangoWeight weight)
{
    pango_font_description_set_absolute_size(painter->font, size * PANGO_SCALE);
    pango_font_description_set_weight(painter->font, weight);
    pango_layout_set_font_description(painter->text, painter->font);
}

static double measure_pango(const void *context, const char *text, size_t length)
{
    const struct painter *painter = context;
    PangoRectangle extents;
    pango_layout_set_text(painter->text, text, (int)length);
    pango_layout_get_extents(painter->text, NULL, &extents);
    return (double)extents.width / PANGO_SCALE;
}

/* Text whose baseline begins at (x, y), cut to `width`. */
static void paint_words(struct painter *painter, const char *words, double x, double y,
                        double width)
{
    struct label_ruler ruler = {measure_pango, painter};
    buffer_clear(&painter->label);
    label_append(&painter->label, words, width, &ruler);
    if (!painter->label.size)
        return;
    pango_layout_set_text(painter->text, painter->label.data, (int)painter->label.size);
    cairo_move_to(painter->cairo, x,
                  y - (double)pango_layout_get_baseline(painter->text) / PANGO_SCALE);
    pango_cairo_show_layout(painter->cairo, painter->text);
}

/* Corners are rounded where there is room for that. */
static void trace_box(cairo_t *cairo, double x, double y, double width, double height)
{
    double r = 2;
    if (width < 3 * r) {
        cairo_rectangle(cairo, x, y, width, height);
        return;
    }
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, x + width - r, y + r, r, -M_PI / 2, 0);
    cairo_arc(cairo, x + width - r, y + height - r, r, 0, M_PI / 2);
    cairo_arc(cairo, x + r, y + height - r, r, M_PI / 2, M_PI);
    cairo_arc(cairo, x + r, y + r, r, M_PI, 3 * M_PI / 2);
    cairo_close_path(cairo);
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
    trace_box(painter->cairo, x, y, width - gap, painter->page.row - 1);
    use_colour(painter, palette_colour(painter->palette, painter->dark, swatch));
    cairo_fill(painter->cairo);
    if (width < PAINT_LABEL_WIDTH)
        return;
    use_colour(painter, painter->theme->label);
    paint_words(painter, box->node ? trie_name(painter->trie, box->node) : "all", x + 4,
                page_baseline(&painter->page, y), width - 8);
}

static void paint_legend(struct painter *painter)
{
    bool seen[COLOUR_CLASS_COUNT] = {false};
    for (size_t i = 0; i < painter->layout.count; i++) {
        uint32_t frame = painter->trie->frame[painter->layout.boxes[i].node];
        uint32_t swatch = colour_swatch(&painter->trie->frames, frame, painter->options->colour);
        if (swatch < COLOUR_MODULE_FIRST)
            seen[swatch / COLOUR_VARIATIONS] = true;
    }
    double x = PAGE_MARGIN, y = painter->page.legend_y, side = painter->page.font - 2;
    for (uint32_t class = 0; class < COLOUR_CLASS_COUNT; class ++) {
        if (!seen[class] || class == COLOUR_GROUP)
            continue;
        trace_box(painter->cairo, x, y - side, side, side);
        use_colour(painter,
                   palette_colour(painter->palette, painter->dark, class * COLOUR_VARIATIONS));
        cairo_fill(painter->cairo);
        x += painter->page.font + 4;
        use_colour(painter, painter->theme->dim);
        const char *name = colour_class_names[class];
        paint_words(painter, name, x, y, painter->page.width);
        x += measure_pango(painter, name, strlen(name)) + 18;
    }
}

static void paint_page(struct painter *painter)
{
    struct page *page = &painter->page;
    double width = painter->layout.width;
    use_colour(painter, painter->theme->page);
    cairo_paint(painter->cairo);
    use_font(painter, page->title_size, PANGO_WEIGHT_SEMIBOLD);
    use_colour(painter, painter->theme->text);
    paint_words(painter, buffer_string(&painter->heading.title), PAGE_MARGIN, page->title_y, width);
    use_font(painter, page->font, PANGO_WEIGHT_NORMAL);
    use_colour(painter, painter->theme->dim);
    paint_words(painter, buffer_string(&painter->heading.summary), PAGE_MARGIN, page->summary_y,
                width);
    for (size_t i = 0; i < painter->layout.count; i++)
        paint_box(painter, &painter->layout.boxes[i]);
    paint_legend(painter);
}

static int painter_status(const struct painter *painter, cairo_status_t status,
                          struct pfl_error *err)
{
    if (painter->refused)
        return error_set(err, PFL_ERROR_SINK, "the output was refused");
    if (painter->label.failed || status != CAIRO_STATUS_SUCCESS)
        return error_memory(err);
    return 0;
}

/* Paints on a surface, which it destroys. */
static cairo_status_t paint_surface(struct painter *painter, cairo_surface_t *surface, double scale)
{
    painter->cairo = cairo_create(surface);
    cairo_scale(painter->cairo, scale, scale);
    /* A font map of its own: pango's default one would stay behind in the caller's thread. */
    PangoFontMap *fonts = pango_cairo_font_map_new();
    PangoContext *context = pango_font_map_create_context(fonts);
    pango_cairo_update_context(painter->cairo, context);
    painter->text = pango_layout_new(context);
    painter->font = pango_font_description_from_string(
        painter->options->font && *painter->options->font ? painter->options->font : "sans-serif");
    pango_layout_set_single_paragraph_mode(painter->text, TRUE);
    paint_page(painter);
    cairo_status_t status = cairo_status(painter->cairo);
    pango_font_description_free(painter->font);
    g_object_unref(painter->text);
    g_object_unref(context);
    g_object_unref(fonts);
    cairo_destroy(painter->cairo);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    return status;
}

static int paint_png(struct painter *painter, struct pfl_error *err)
{
    double scale = painter->options->scale;
    double width = ceil(painter->page.width * scale), height = ceil(painter->page.height * scale);
    if (width > LIMIT_PICTURE_PX || height > LIMIT_PICTURE_PX)
        return error_set(err, PFL_ERROR_LIMIT,
                         "the picture would have %.0f x %.0f pixels, more than the %d that a PNG "
                         "can have here: lower --scale, --row-height or --max-depth",
                         width, height, LIMIT_PICTURE_PX);
    if (width * height > LIMIT_PICTURE_PIXELS)
        return error_set(err, PFL_ERROR_LIMIT,
                         "the picture would have %.0f million pixels: lower --scale or --width",
                         width * height / 1e6);
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    cairo_status_t status = paint_surface(painter, surface, scale);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png_stream(surface, painter_pass, painter);
    cairo_surface_destroy(surface);
    return painter_status(painter, status, err);
}

static int paint_pdf(struct painter *painter, struct pfl_error *err)
{
    /* A page is measured in points; a px is 3/4 of one. */
    double points = 0.75;
    if (painter->page.height * points > LIMIT_PDF_POINTS ||
        painter->page.width * points > LIMIT_PDF_POINTS)
        return error_set(err, PFL_ERROR_LIMIT,
                         "the picture is larger than a page of a PDF can be (%d points): lower "
                         "--width, --row-height or --max-depth",
                         LIMIT_PDF_POINTS);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
        painter_pass, painter, painter->page.width * points, painter->page.height * points);
    /* Same input, same bytes: no time of making. */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE,
                                   buffer_string(&painter->heading.title));
    cairo_status_t status = paint_surface(painter, surface, points);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return painter_status(painter, status, err);
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
                              .dark = dark,
                              .sink = *sink};
    struct layout_options layout = page_layout_options(options);
    int result = order_make(&painter.order, trie, err);
    if (result == 0)
        result = layout_make(&painter.layout, trie, &painter.order, &layout, err);
    if (result == 0)
        result = heading_make(&painter.heading, trie, options, err);
    if (result == 0) {
        painter.page = page_make(options, painter.layout.levels, false);
        result = format == PICTURE_PNG ? paint_png(&painter, err) : paint_pdf(&painter, err);
    }
    order_done(&painter.order);
    layout_done(&painter.layout);
    heading_done(&painter.heading);
    buffer_done(&painter.label);
    return result;
}
