/* SPDX-License-Identifier: MIT */
/* The door of the room: puts the defaults in and hands over to the writer of the format. */
#include "draw/picture.h"

#include <math.h>

#include "base/limits.h"
#include "draw/assets.h"
#include "draw/colour.h"
#include "draw/paint.h"
#include "draw/svg.h"

/* True for a size that makes sense; NaN doesn't. */
static bool is_size(double value, double least, double most)
{
    return value >= least && value <= most;
}

static void set_default(double *value, double otherwise)
{
    if (*value == 0)
        *value = otherwise;
}

static struct picture_options with_defaults(const struct picture_options *options)
{
    struct picture_options full = *options;
    set_default(&full.width, 1200);
    set_default(&full.row_height, 18);
    set_default(&full.font_size, 12);
    set_default(&full.min_width, 0.5);
    set_default(&full.scale, 1);
    return full;
}

int picture_check(const struct picture_options *options, struct pfl_error *err)
{
    struct picture_options full = with_defaults(options);
    if (!is_size(full.width, 100, LIMIT_PICTURE_PX))
        return error_set(err, PFL_ERROR_USAGE, "a width is from 100 to %d px", LIMIT_PICTURE_PX);
    if (!is_size(full.font_size, 4, 100))
        return error_set(err, PFL_ERROR_USAGE, "a font size is from 4 to 100 px");
    if (!is_size(full.row_height, 2, 200))
        return error_set(err, PFL_ERROR_USAGE, "a row height is from 2 to 200 px");
    if (!is_size(full.min_width, 0.01, LIMIT_PICTURE_PX))
        return error_set(err, PFL_ERROR_USAGE, "a least width is from 0.01 to %d px",
                         LIMIT_PICTURE_PX);
    if (!is_size(full.min_share, 0, 1))
        return error_set(err, PFL_ERROR_USAGE, "a least width is at most 100%%");
    if (!is_size(full.scale, 0.1, 100))
        return error_set(err, PFL_ERROR_USAGE, "a scale is from 0.1 to 100");
    if (!palette_find(full.palette))
        return error_set(err, PFL_ERROR_USAGE, "no palette is named '%s'; there are: %s",
                         full.palette, palette_names());
    if (full.script == PICTURE_SCRIPT_URL && (!full.script_url || !*full.script_url))
        return error_set(err, PFL_ERROR_USAGE, "the script has no URL");
    return 0;
}

int picture_write(const struct trie *trie, const struct picture_options *options,
                  enum picture_format format, const struct pfl_sink *sink, struct pfl_error *err)
{
    struct picture_options full = with_defaults(options);
    int result = picture_check(options, err);
    if (result < 0)
        return result;
    if (full.column >= trie->column_count)
        return error_set(err, PFL_ERROR_USAGE, "the profile has no weight number %u",
                         (unsigned)full.column);
    const struct palette *palette = palette_find(full.palette);
    if (format == PICTURE_SVG)
        return svg_write(trie, &full, options->width == 0, palette, sink, err);
    return paint_write(trie, &full, format, palette, sink, err);
}

const char *picture_script_hash(void)
{
    return assets_js_hash;
}

const char *picture_script(size_t *ret_size)
{
    if (ret_size)
        *ret_size = assets_js_size;
    return assets_js;
}
