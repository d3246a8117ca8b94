/* SPDX-License-Identifier: MIT */
/* See draw/about.h. */
#include "draw/about.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "draw/px.h"
#include "tree/payload.h"

/* A JSON string that needs no escaping in XML or HTML either. */
static void json_string(struct buffer *json, const char *key, const char *text)
{
    struct buffer safe = {0};
    text_append_safe(&safe, text ? text : "", text ? strlen(text) : 0);
    buffer_printf(json, "\"%s\":\"", key);
    for (size_t i = 0; i < safe.size; i++)
        if (strchr("\"\\<>&", safe.data[i]))
            buffer_printf(json, "\\u%04x", (unsigned)safe.data[i]);
        else
            buffer_char(json, safe.data[i]);
    buffer_char(json, '"');
    json->failed |= safe.failed;
    buffer_done(&safe);
}

static void json_px(struct buffer *json, const char *key, double value)
{
    buffer_printf(json, "\"%s\":", key);
    px_append(json, value);
    buffer_char(json, ',');
}

static void json_view(struct buffer *json, const struct picture_options *view, bool fluid)
{
    buffer_text(json, "\"view\":{");
    json_string(json, "title", view->title);
    buffer_char(json, ',');
    json_string(json, "subtitle", view->subtitle);
    buffer_char(json, ',');
    json_string(json, "input", view->input);
    buffer_char(json, ',');
    json_string(json, "losses", view->losses);
    buffer_char(json, ',');
    json_px(json, "width", fluid ? 0 : view->width);
    json_px(json, "row", view->row_height);
    json_px(json, "font", view->font_size);
    json_px(json, "minWidth", view->min_width);
    /* In millionths, so that no decimal point is printed by a locale. */
    buffer_printf(json, "\"minShare\":%" PRId64 ",", (int64_t)(view->min_share * 1e6));
    buffer_printf(json, "\"colour\":%d,\"sort\":%d,\"inverted\":%d,\"column\":%" PRIu32 "},",
                  (int)view->colour, (int)view->sort, view->inverted, view->column);
}

static void json_palette(struct buffer *json, const struct palette *palette)
{
    buffer_text(json, "\"palette\":[");
    for (int dark = 0; dark < 2; dark++) {
        const struct colour_theme *theme = &colour_themes[dark];
        const uint32_t ends[] = {theme->page,  theme->text,  theme->dim,
                                 theme->label, theme->match, theme->match_label};
        /* Hexadecimal, six digits a colour: the swatches, then what is not a box. */
        buffer_text(json, dark ? ",\"" : "\"");
        for (uint32_t swatch = 0; swatch < COLOUR_SWATCHES; swatch++)
            buffer_printf(json, "%06x", palette_colour(palette, dark, swatch));
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            buffer_printf(json, "%06x", ends[i]);
        buffer_char(json, '"');
    }
    buffer_char(json, ']');
}

int about_make(struct buffer *json, const struct picture_options *view, bool fluid,
               const struct palette *palette, struct pfl_error *err)
{
    buffer_printf(json, "{\"format\":%d,", PAYLOAD_FORMAT);
    json_view(json, view, fluid);
    json_palette(json, palette);
    buffer_char(json, '}');
    return json->failed ? error_memory(err) : 0;
}
