/* SPDX-License-Identifier: MIT */
/* The module for draw/canvas.h: cairo paints, pango sets the text. */
#include "draw/canvas.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <math.h>
#include <pango/pangocairo.h>

#include "base/mem.h"

struct canvas {
    enum canvas_kind kind;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *text;
    PangoFontDescription *font;
    struct pfl_sink sink;
    bool refused;
};

static cairo_status_t canvas_pass(void *context, const unsigned char *data, unsigned size)
{
    struct canvas *canvas = context;
    if (!canvas->refused && canvas->sink.write(canvas->sink.context, data, size) != 0)
        canvas->refused = true;
    return canvas->refused ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *make_surface(struct canvas *canvas, const struct canvas_page *page)
{
    double width = page->width * page->scale, height = page->height * page->scale;
    if (page->kind == CANVAS_PNG)
        return cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(width), (int)ceil(height));
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(canvas_pass, canvas, width, height);
    /* Same input, same bytes: no time of making. */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, page->title);
    return surface;
}

static struct canvas *canvas_open(const struct canvas_page *page)
{
    struct canvas *canvas = mem_zalloc(1, sizeof *canvas);
    if (!canvas)
        return NULL;
    canvas->kind = page->kind;
    canvas->sink = page->sink;
    canvas->surface = make_surface(canvas, page);
    canvas->cairo = cairo_create(canvas->surface);
    cairo_scale(canvas->cairo, page->scale, page->scale);
    /* A font map of its own: pango's default one would stay behind in the caller's thread. */
    PangoFontMap *fonts = pango_cairo_font_map_new();
    PangoContext *context = pango_font_map_create_context(fonts);
    pango_cairo_update_context(canvas->cairo, context);
    canvas->text = pango_layout_new(context);
    canvas->font = pango_font_description_from_string(page->font);
    pango_layout_set_single_paragraph_mode(canvas->text, TRUE);
    g_object_unref(context);
    g_object_unref(fonts);
    return canvas;
}

static int canvas_close(struct canvas *canvas)
{
    cairo_status_t status = cairo_status(canvas->cairo);
    pango_font_description_free(canvas->font);
    g_object_unref(canvas->text);
    cairo_destroy(canvas->cairo);
    if (status == CAIRO_STATUS_SUCCESS && canvas->kind == CANVAS_PNG)
        status = cairo_surface_write_to_png_stream(canvas->surface, canvas_pass, canvas);
    cairo_surface_finish(canvas->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(canvas->surface);
    cairo_surface_destroy(canvas->surface);
    bool refused = canvas->refused;
    mem_free(canvas);
    if (refused)
        return -PFL_ERROR_SINK;
    return status == CAIRO_STATUS_SUCCESS ? 0 : -PFL_ERROR_MEMORY;
}

static void canvas_colour(struct canvas *canvas, uint32_t colour)
{
    cairo_set_source_rgb(canvas->cairo, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                         (colour & 255) / 255.0);
}

static void canvas_font(struct canvas *canvas, double size, bool heavy)
{
    pango_font_description_set_absolute_size(canvas->font, size * PANGO_SCALE);
    pango_font_description_set_weight(canvas->font,
                                      heavy ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(canvas->text, canvas->font);
}

static void canvas_fill(struct canvas *canvas)
{
    cairo_paint(canvas->cairo);
}

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

static void canvas_box(struct canvas *canvas, double x, double y, double width, double height)
{
    trace_box(canvas->cairo, x, y, width, height);
    cairo_fill(canvas->cairo);
}

static double canvas_measure(const struct canvas *canvas, const char *text, size_t length)
{
    PangoRectangle extents;
    pango_layout_set_text(canvas->text, text, (int)length);
    pango_layout_get_extents(canvas->text, NULL, &extents);
    return (double)extents.width / PANGO_SCALE;
}

static void canvas_text(struct canvas *canvas, const char *text, size_t length, double x, double y)
{
    pango_layout_set_text(canvas->text, text, (int)length);
    cairo_move_to(canvas->cairo, x,
                  y - (double)pango_layout_get_baseline(canvas->text) / PANGO_SCALE);
    pango_cairo_show_layout(canvas->cairo, canvas->text);
}

__attribute__((visibility("default"))) const struct canvas_calls pfl_canvas_calls = {
    .version = CANVAS_VERSION,
    .open = canvas_open,
    .close = canvas_close,
    .colour = canvas_colour,
    .font = canvas_font,
    .fill = canvas_fill,
    .box = canvas_box,
    .measure = canvas_measure,
    .text = canvas_text,
};
