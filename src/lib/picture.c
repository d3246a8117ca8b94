/* SPDX-License-Identifier: MIT */
#include "perflame/picture.h"

#include "draw/picture.h"

#include <string.h>

#include "base/buffer.h"
#include "base/number.h"
#include "lib/profile_data.h"

/* With fewer nodes there is too little to be drawn and packed. */
#define NODES_WORTH_THREADS 8192u

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The base names of the inputs, as the default title has them. */
static void inputs_text(const struct pfl_profile *profile, struct buffer *text)
{
    for (size_t i = 0; i < profile->input_count; i++) {
        if (i)
            buffer_text(text, ", ");
        buffer_text(text, base_name(profile->inputs[i].name));
    }
}

/* What --strict counts, for the header that a report needs. */
static void losses_text(const struct pfl_profile *profile, struct buffer *text)
{
    uint64_t samples, lost;
    pfl_profile_losses(profile, &samples, &lost);
    if (lost == 0)
        return;
    number_append_weight(text, lost > INT64_MAX ? INT64_MAX : (int64_t)lost,
                         lost == 1 ? "record" : "records");
    buffer_text(text, " lost or damaged");
}

static const struct pfl_picture_options defaults = {.size = sizeof defaults};

/* All but what the profile gives. */
static struct picture_options picture_options_of(const struct pfl_picture_options *options)
{
    return (struct picture_options){
        .title = options->title,
        .subtitle = options->subtitle,
        .width = options->width,
        .row_height = options->row_height,
        .font_size = options->font_size,
        .font = options->font,
        .min_width = options->min_width,
        .min_share = options->min_share,
        .colour = (enum picture_colour)options->colour,
        .palette = options->palette,
        .theme = (enum picture_theme)options->theme,
        .script = (enum picture_script)options->script,
        .script_url = options->script_url,
        .sort = (enum picture_sort)options->sort,
        .scale = options->scale,
        .inverted = options->inverted != 0,
        .column = options->column,
    };
}

int pfl_picture_check(const struct pfl_picture_options *options, struct pfl_error *err)
{
    if (!options)
        options = &defaults;
    if (options->size != sizeof *options)
        return error_set(err, PFL_ERROR_USAGE, "pfl_picture_options.size is not set");
    struct picture_options picture = picture_options_of(options);
    return picture_check(&picture, err);
}

int pfl_picture_write(const struct pfl_profile *profile, const struct pfl_picture_options *options,
                      enum pfl_picture_format format, const struct pfl_sink *sink,
                      struct pfl_error *err)
{
    if (!options)
        options = &defaults;
    if (options->size != sizeof *options)
        return error_set(err, PFL_ERROR_USAGE, "pfl_picture_options.size is not set");
    if (options->column >= profile->trie->column_count)
        return error_set(err, PFL_ERROR_USAGE, "no column %u", options->column);
    struct picture_options picture = picture_options_of(options);
    if (picture.sort == PICTURE_SORT_TIME && !profile->trie->timed)
        return error_set(err, PFL_ERROR_USAGE, "the profile is not in the order of time");
    if (picture.sort == PICTURE_SORT_NAME && profile->trie->timed)
        picture.sort = PICTURE_SORT_TIME;
    struct buffer inputs = {0}, losses = {0};
    inputs_text(profile, &inputs);
    losses_text(profile, &losses);
    picture.input = buffer_string(&inputs);
    picture.losses = buffer_string(&losses);
    bool worth_threads = profile->trie->count >= NODES_WORTH_THREADS;
    picture.threads = options_thread_count(&profile->options, worth_threads) > 1;
    int r = picture_write(profile->trie, &picture, (enum picture_format)format, sink, err);
    buffer_done(&inputs);
    buffer_done(&losses);
    return r;
}

const char *pfl_picture_script_hash(void)
{
    return picture_script_hash();
}

const char *pfl_picture_script(size_t *ret_size)
{
    return picture_script(ret_size);
}
