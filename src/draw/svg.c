/* SPDX-License-Identifier: MIT */
/* See draw/svg.h. Everything is painted by presentation attributes, so that the picture stands
 * where no style sheet may run; the style sheet adds the dark theme, the script the rest. No
 * element has an id: two pictures in one page can't meet. */
#include "draw/svg.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "draw/about.h"
#include "draw/assets.h"
#include "draw/heading.h"
#include "draw/label.h"
#include "draw/layout.h"
#include "draw/legend.h"
#include "draw/packing.h"
#include "draw/page.h"
#include "draw/px.h"
#include "draw/xml.h"

#define SVG_OWN_ELEMENTS 1500              /* of boxes; narrower ones are joined into paths */
#define SVG_OWN_WIDTH    3.0               /* px a box must have for that */
#define SVG_LABEL_WIDTH  26.0              /* px a box must have for a label */
#define SVG_NAME_BYTES   240               /* of a name in a tooltip */
#define SVG_CHUNK        (4 * 1024 * 1024) /* base64 in one element: parsers stop at 10 MB */

struct svg {
    struct xml xml;
    const struct trie *trie;
    const struct picture_options *options;
    const struct palette *palette;
    bool fluid;
    const struct colour_theme *theme;
    struct order order;
    struct layout layout;
    struct heading heading;
    struct legend legend;
    struct page page;
    double own_width;
    uint32_t *swatch; /* per box */
    struct buffer text;
    struct packing packing;
};

static void paint(struct svg *svg, const char *class, uint32_t colour)
{
    char text[8];
    colour_text(colour, text);
    xml_attribute(&svg->xml, "class", class);
    xml_attribute(&svg->xml, "fill", text);
}

static void paint_swatch(struct svg *svg, uint32_t swatch)
{
    char class[] = "s00";
    class[1] = (char)('0' + swatch / 10);
    class[2] = (char)('0' + swatch % 10);
    paint(svg, class,
          palette_colour(svg->palette, svg->options->theme == PICTURE_THEME_DARK, swatch));
}

static void write_words(struct svg *svg, const char *class, uint32_t colour, double x, double y,
                        double size, struct buffer *words)
{
    struct xml *xml = &svg->xml;
    xml_open(xml, "text");
    xml_attribute_px(xml, "x", x);
    xml_attribute_px(xml, "y", y);
    paint(svg, class, colour);
    if (size != svg->page.font)
        xml_attribute_px(xml, "font-size", size);
    if (strcmp(class, "pf-title") == 0)
        xml_attribute(xml, "font-weight", "600");
    xml_text(xml, words);
    xml_close(xml);
}

/* A line of the heading, cut where the picture ends. */
static void write_line(struct svg *svg, const char *class, uint32_t colour, double y, double size,
                       struct buffer *words)
{
    struct label_ruler ruler = {label_estimate, &size};
    buffer_clear(&svg->text);
    if (words->size)
        label_append(&svg->text, buffer_string(words), svg->layout.width * 1.1, &ruler);
    write_words(svg, class, colour, PAGE_MARGIN, y, size, &svg->text);
}

static const char *box_name(const struct svg *svg, const struct layout_box *box)
{
    return box->node ? trie_name(svg->trie, box->node) : "all";
}

static void write_tooltip(struct svg *svg, const struct layout_box *box)
{
    struct buffer *text = &svg->text;
    const struct trie_column *column = &svg->trie->columns[svg->options->column];
    buffer_clear(text);
    const char *name = box_name(svg, box);
    size_t length = strlen(name), kept = 0;
    while (kept < length && kept < SVG_NAME_BYTES)
        kept += text_next(name + kept, length - kept).size;
    text_append_safe(text, name, kept);
    buffer_text(text, kept < length ? "\xe2\x80\xa6\n" : "\n");
    number_append_weight(text, trie_total(svg->trie, svg->options->column, box->node),
                         column->unit);
    buffer_text(text, ", ");
    number_append_share(text, trie_total(svg->trie, svg->options->column, box->node),
                        svg->layout.whole);
    xml_open(&svg->xml, "title");
    xml_text(&svg->xml, text);
    xml_close(&svg->xml);
}

/* A length as a share of the picture's width, to a thousandth of a percent. */
static void attribute_share(struct svg *svg, const char *name, double px)
{
    long share = (long)(px / svg->page.width * 1e5 + 0.5);
    buffer_clear(&svg->text);
    buffer_printf(&svg->text, "%ld.%03ld%%", share / 1000, share % 1000);
    xml_attribute(&svg->xml, name, buffer_string(&svg->text));
}

static void write_box(struct svg *svg, const struct layout_box *box, uint32_t swatch)
{
    struct xml *xml = &svg->xml;
    double x = PAGE_MARGIN + layout_px(&svg->layout, box->start);
    double width = box->node ? layout_px(&svg->layout, box->total) : svg->layout.width;
    double y = page_y(&svg->page, box->level);
    if (svg->fluid) {
        /* An svg of its own: its place is a share of the real width, and its label is cut there. */
        xml_open(xml, "svg");
        attribute_share(svg, "x", x);
        xml_attribute_px(xml, "y", y);
        attribute_share(svg, "width", width);
        x = y = 0;
    } else {
        xml_open(xml, "g");
    }
    write_tooltip(svg, box);
    xml_open(xml, "rect");
    if (svg->fluid) {
        xml_attribute(xml, "width", "100%");
    } else {
        xml_attribute_px(xml, "x", x);
        xml_attribute_px(xml, "y", y);
        xml_attribute_px(xml, "width", width);
    }
    xml_attribute_px(xml, "height", svg->page.row - 1);
    xml_attribute(xml, "rx", "2");
    paint_swatch(svg, swatch);
    xml_close(xml);
    buffer_clear(&svg->text);
    struct label_ruler ruler = {label_estimate, &svg->page.font};
    if (width >= SVG_LABEL_WIDTH)
        label_append(&svg->text, box_name(svg, box), width - 8, &ruler);
    if (svg->text.size) {
        xml_open(xml, "text");
        xml_attribute_px(xml, "x", x + 4);
        xml_attribute_px(xml, "y", page_baseline(&svg->page, y));
        xml_attribute(xml, "stroke", "none");
        xml_text(xml, &svg->text);
        xml_close(xml);
    }
    xml_close(xml);
}

/* A box that is a piece of a path: its edges in tenths of a px. */
struct narrow {
    uint32_t swatch;
    double y;
    long left, right;
};

static int narrow_compare(const void *left, const void *right)
{
    const struct narrow *a = left, *b = right;
    if (a->swatch != b->swatch)
        return a->swatch < b->swatch ? -1 : 1;
    if (a->y != b->y)
        return a->y < b->y ? -1 : 1;
    if (a->left != b->left)
        return a->left < b->left ? -1 : 1;
    return (a->right > b->right) - (a->right < b->right);
}

static struct narrow narrow_of(const struct svg *svg, size_t i)
{
    const struct layout_box *box = &svg->layout.boxes[i];
    double left = PAGE_MARGIN + layout_px(&svg->layout, box->start);
    double right = left + layout_px(&svg->layout, box->total);
    return (struct narrow){svg->swatch[i], page_y(&svg->page, box->level), (long)(left * 10 + 0.5),
                           (long)(right * 10 + 0.5)};
}

static bool is_narrow(const struct svg *svg, size_t i)
{
    const struct layout_box *box = &svg->layout.boxes[i];
    return box->node && layout_px(&svg->layout, box->total) < svg->own_width;
}

/* The boxes of one colour as one path: along the foot of each row, and up and down again at each
 * box. A unit is a tenth of a px to the right, and the height of a box downwards. */
static void write_path(struct svg *svg, const struct narrow *boxes, size_t count)
{
    struct buffer *path = &svg->text;
    double high = svg->page.row - 1;
    buffer_clear(path);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || boxes[i].y != boxes[i - 1].y) {
            long foot = (long)((boxes[i].y + high) / high * 1e4 + 0.5);
            buffer_printf(path, "%sM%ld %ld.%04ldv-1", i ? "v1" : "", boxes[i].left, foot / 10000,
                          foot % 10000);
        } else if (boxes[i].left != boxes[i - 1].right) {
            buffer_printf(path, "v1h%ldv-1", boxes[i].left - boxes[i - 1].right);
        }
        buffer_printf(path, "h%ld", boxes[i].right - boxes[i].left);
    }
    buffer_text(path, "v1");
    xml_open(&svg->xml, "path");
    paint_swatch(svg, boxes->swatch);
    xml_attribute(&svg->xml, "d", buffer_string(path));
    xml_close(&svg->xml);
}

/* All narrow boxes of a colour as one path. */
static void write_narrow(struct svg *svg)
{
    struct narrow *boxes = mem_zalloc(svg->layout.count, sizeof *boxes);
    size_t count = 0;
    svg->xml.failed |= !boxes;
    for (size_t i = 0; boxes && i < svg->layout.count; i++)
        if (is_narrow(svg, i))
            boxes[count++] = narrow_of(svg, i);
    if (count)
        qsort(boxes, count, sizeof *boxes, narrow_compare);
    xml_open(&svg->xml, "g");
    xml_attribute(&svg->xml, "class", "pf-narrow");
    buffer_clear(&svg->text);
    buffer_text(&svg->text, "scale(.1 ");
    px_append(&svg->text, svg->page.row - 1);
    buffer_char(&svg->text, ')');
    xml_attribute(&svg->xml, "transform", buffer_string(&svg->text));
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && boxes[end].swatch == boxes[first].swatch;)
            end++;
        write_path(svg, boxes + first, end - first);
    }
    xml_close(&svg->xml);
    mem_free(boxes);
}

static void attribute_view_box(struct svg *svg)
{
    struct buffer *text = &svg->text;
    buffer_clear(text);
    buffer_text(text, "0 0 ");
    px_append(text, svg->page.width);
    buffer_char(text, ' ');
    px_append(text, svg->page.height);
    xml_attribute(&svg->xml, "viewBox", buffer_string(text));
}

static void write_frames(struct svg *svg)
{
    struct xml *xml = &svg->xml;
    char page[8];
    xml_open(xml, "g");
    paint(svg, "pf-frames", svg->theme->label);
    if (svg->fluid) {
        /* Paths have no shares: they are drawn for one width and stretched. */
        xml_open(xml, "svg");
        xml_attribute(xml, "width", "100%");
        xml_attribute_px(xml, "height", svg->page.height);
        attribute_view_box(svg);
        xml_attribute(xml, "preserveAspectRatio", "none");
    }
    write_narrow(svg);
    if (svg->fluid)
        xml_close(xml);
    xml_open(xml, "g");
    xml_attribute(xml, "class", "pf-wide");
    colour_text(svg->theme->page, page);
    xml_attribute(xml, "stroke", page);
    xml_attribute(xml, "stroke-width", "0.5");
    for (size_t i = 0; i < svg->layout.count; i++)
        if (!is_narrow(svg, i))
            write_box(svg, &svg->layout.boxes[i], svg->swatch[i]);
    xml_close(xml);
    xml_close(xml);
}

static void attribute_translate(struct svg *svg, double x, double y)
{
    buffer_clear(&svg->text);
    buffer_text(&svg->text, "translate(");
    px_append(&svg->text, x);
    buffer_char(&svg->text, ' ');
    px_append(&svg->text, y);
    buffer_char(&svg->text, ')');
    xml_attribute(&svg->xml, "transform", buffer_string(&svg->text));
}

/* The script moves its items to where the real width has room for them. */
static void write_legend(struct svg *svg)
{
    struct xml *xml = &svg->xml;
    double side = svg->page.font - 2;
    xml_open(xml, "g");
    xml_attribute(xml, "class", "pf-legend");
    attribute_translate(svg, 0, svg->page.legend_y);
    for (uint32_t i = 0; i < svg->legend.count; i++) {
        const struct legend_item *item = &svg->legend.items[i];
        xml_open(xml, "g");
        attribute_translate(svg, item->x, item->line * svg->page.legend_line);
        xml_open(xml, "rect");
        xml_attribute_px(xml, "y", -side);
        xml_attribute_px(xml, "width", side);
        xml_attribute_px(xml, "height", side);
        xml_attribute(xml, "rx", "2");
        paint_swatch(svg, item->swatch);
        xml_close(xml);
        buffer_clear(&svg->text);
        buffer_text(&svg->text, item->word);
        write_words(svg, "pf-dim", svg->theme->dim, legend_word_x(svg->page.font), 0,
                    svg->page.font, &svg->text);
        xml_close(xml);
    }
    xml_close(xml);
}

/* The colours of the dark theme, where the system decides. */
static void write_dark_rules(struct svg *svg)
{
    struct buffer *css = &svg->text;
    const struct colour_theme *dark = &colour_themes[1];
    buffer_clear(css);
    buffer_text(css, assets_css);
    if (svg->options->theme == PICTURE_THEME_AUTO) {
        /* The palette's name keeps two pictures in one page apart. */
        buffer_printf(css, "@media (prefers-color-scheme: dark) {\n");
        const struct {
            const char *what, *property;
            uint32_t colour;
        } rules[] = {
            {"", "background", dark->page},      {".pf-page", "fill", dark->page},
            {".pf-title", "fill", dark->text},   {".pf-dim", "fill", dark->dim},
            {".pf-frames", "fill", dark->label}, {".pf-wide", "stroke", dark->page},
        };
        for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
            buffer_printf(css, ".perflame[data-theme=auto] %s{%s:#%06x}\n", rules[i].what,
                          rules[i].property, rules[i].colour);
        for (uint32_t s = 0; s < COLOUR_SWATCHES; s++)
            buffer_printf(css, ".pf-%s[data-theme=auto] .s%02u{fill:#%06x}\n", svg->palette->name,
                          s, palette_colour(svg->palette, true, s));
        buffer_text(css, "}\n");
    }
    xml_open(&svg->xml, "style");
    xml_cdata(&svg->xml, buffer_string(css));
    xml_close(&svg->xml);
}

static int write_payload(struct svg *svg, struct pfl_error *err)
{
    struct xml *xml = &svg->xml;
    struct buffer json = {0}, digits = {0};
    int result = about_make(&json, svg->options, svg->fluid, svg->palette, err);
    if (result == 0) {
        xml_open(xml, "script");
        xml_attribute(xml, "type", "application/x-perflame+json");
        xml_plain(xml, json.data, json.size);
        xml_close(xml);
    }
    buffer_done(&json);
    if (result == 0)
        result = packing_end(&svg->packing, &digits, err);
    for (size_t at = 0; result == 0 && at < digits.size; at += SVG_CHUNK) {
        size_t size = digits.size - at < SVG_CHUNK ? digits.size - at : SVG_CHUNK;
        xml_open(xml, "script");
        xml_attribute(xml, "type", "application/x-perflame+deflate");
        xml_plain(xml, digits.data + at, size);
        xml_close(xml);
    }
    buffer_done(&digits);
    return result;
}

static void write_script(struct svg *svg)
{
    xml_open(&svg->xml, "script");
    if (svg->options->script == PICTURE_SCRIPT_URL)
        xml_attribute_safe(&svg->xml, "href", svg->options->script_url);
    else
        xml_cdata(&svg->xml, assets_js);
    xml_close(&svg->xml);
}

static void write_root_attributes(struct svg *svg)
{
    static const char *const themes[] = {"auto", "light", "dark"};
    struct xml *xml = &svg->xml;
    struct buffer *text = &svg->text;
    xml_attribute(xml, "xmlns", "http://www.w3.org/2000/svg");
    if (svg->fluid)
        xml_attribute(xml, "width", "100%");
    else
        xml_attribute_px(xml, "width", svg->page.width);
    xml_attribute_px(xml, "height", svg->page.height);
    if (!svg->fluid)
        attribute_view_box(svg);
    xml_attribute(xml, "preserveAspectRatio", "xMinYMin meet");
    buffer_clear(text);
    buffer_printf(text, "perflame pf-%s", svg->palette->name);
    xml_attribute(xml, "class", buffer_string(text));
    xml_attribute(xml, "data-theme", themes[svg->options->theme]);
    /* A picture, until the script makes it a document that can be walked through. */
    xml_attribute(xml, "role", "img");
    buffer_clear(text);
    buffer_text(text, "Flame graph: ");
    buffer_append(text, svg->heading.title.data, svg->heading.title.size);
    buffer_text(text, ", ");
    buffer_append(text, svg->heading.summary.data, svg->heading.summary.size);
    xml_attribute(xml, "aria-label", buffer_string(text));
    buffer_clear(text);
    if (svg->options->font && *svg->options->font) {
        text_append_safe(text, svg->options->font, strlen(svg->options->font));
        buffer_text(text, ", ");
    } else {
        buffer_text(text, "system-ui, ");
    }
    buffer_text(text, "sans-serif");
    xml_attribute(xml, "font-family", buffer_string(text));
    xml_attribute_px(xml, "font-size", svg->page.font);
}

static int write_document(struct svg *svg, struct pfl_error *err)
{
    struct xml *xml = &svg->xml;
    bool script = svg->options->script != PICTURE_SCRIPT_NONE;
    int result = 0;
    xml_open(xml, "svg");
    write_root_attributes(svg);
    xml_open(xml, "title");
    xml_text(xml, &svg->heading.title);
    xml_close(xml);
    if (script || svg->options->theme == PICTURE_THEME_AUTO)
        write_dark_rules(svg);
    xml_open(xml, "rect");
    xml_attribute(xml, "width", "100%");
    xml_attribute(xml, "height", "100%");
    paint(svg, "pf-page", svg->theme->page);
    xml_close(xml);
    write_frames(svg);
    write_legend(svg);
    xml_open(xml, "g");
    xml_attribute(xml, "class", "pf-head");
    write_line(svg, "pf-title", svg->theme->text, svg->page.title_y, svg->page.title_size,
               &svg->heading.title);
    write_line(svg, "pf-dim", svg->theme->dim, svg->page.summary_y, svg->page.font,
               &svg->heading.summary);
    xml_close(xml);
    if (script)
        result = write_payload(svg, err);
    if (script && result == 0)
        write_script(svg);
    xml_close(xml);
    return result;
}

/* The width from which boxes are elements of their own, so that there are not too many. */
static double layout_own_width(const struct layout *layout)
{
    for (double width = SVG_OWN_WIDTH;; width *= 1.25) {
        size_t count = 0;
        for (size_t i = 0; i < layout->count; i++) {
            double own = layout_px(layout, layout->boxes[i].total);
            /* Group, tooltip, box, and perhaps a label. */
            count += own < width ? 0 : own < SVG_LABEL_WIDTH ? 3 : 4;
        }
        if (count <= SVG_OWN_ELEMENTS || width > layout->width)
            return width;
    }
}

static int svg_prepare(struct svg *svg, struct pfl_error *err)
{
    struct layout_options layout = page_layout_options(svg->options);
    bool script = svg->options->script != PICTURE_SCRIPT_NONE;
    int result = order_make(&svg->order, svg->trie, err);
    if (result == 0 && script)
        result = packing_begin(&svg->packing, svg->trie, &svg->order, svg->options->threads, err);
    if (result == 0)
        result = layout_make(&svg->layout, svg->trie, &svg->order, &layout, err);
    if (result == 0)
        result = heading_make(&svg->heading, svg->trie, svg->options, err);
    if (result < 0)
        return result;
    svg->swatch = mem_zalloc(svg->layout.count, sizeof *svg->swatch);
    if (!svg->swatch)
        return error_memory(err);
    for (size_t i = 0; i < svg->layout.count; i++) {
        const struct layout_box *box = &svg->layout.boxes[i];
        uint32_t frame = svg->trie->frame[box->node];
        svg->swatch[i] = colour_swatch(&svg->trie->frames, frame, svg->options->colour);
        legend_see(&svg->legend, &svg->trie->frames, frame, box->total, svg->swatch[i]);
    }
    /* The script also draws what is too narrow at first, or weighs something in another column. */
    if (script && svg->options->colour == PICTURE_BY_KIND)
        legend_see_kinds(&svg->legend, &svg->trie->frames);
    if (legend_place(&svg->legend, svg->options) < 0)
        return error_memory(err);
    svg->own_width = layout_own_width(&svg->layout);
    svg->page = page_make(svg->options, svg->layout.levels, script, svg->legend.lines);
    return 0;
}

int svg_write(const struct trie *trie, const struct picture_options *options, bool fluid,
              const struct palette *palette, const struct pfl_sink *sink, struct pfl_error *err)
{
    struct svg svg = {.trie = trie,
                      .options = options,
                      .fluid = fluid,
                      .palette = palette,
                      .theme = &colour_themes[options->theme == PICTURE_THEME_DARK]};
    int result = svg_prepare(&svg, err);
    if (result == 0)
        result = xml_init(&svg.xml, sink, err);
    if (result == 0) {
        result = write_document(&svg, err);
        svg.xml.failed |= svg.text.failed;
        int finished = xml_finish(&svg.xml, result == 0 ? err : NULL);
        if (result == 0)
            result = finished;
    }
    packing_done(&svg.packing);
    order_done(&svg.order);
    layout_done(&svg.layout);
    heading_done(&svg.heading);
    mem_free(svg.swatch);
    buffer_done(&svg.text);
    return result;
}
