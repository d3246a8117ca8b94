/* SPDX-License-Identifier: MIT */
/* perflame render: the picture. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/load.h"

/* Events that a picture offers where none was named. */
#define OFFERED_MOST 16

struct rendering {
    const struct args *args;
    const struct pfl_profile *profile;
    bool offers_all; /* an SVG was written, which has every event */
};

static int render_write(void *context, enum format format, const struct pfl_sink *sink,
                        struct pfl_error *err)
{
    struct rendering *rendering = context;
    static const enum pfl_picture_format formats[] = {[FORMAT_SVG] = PFL_PICTURE_SVG,
                                                      [FORMAT_PNG] = PFL_PICTURE_PNG,
                                                      [FORMAT_PDF] = PFL_PICTURE_PDF};
    rendering->offers_all |= format == FORMAT_SVG;
    if (format == FORMAT_FOLDED) {
        const struct pfl_fold_options fold = {.size = sizeof fold,
                                              .suffixes = rendering->args->suffixes};
        return pfl_fold_write(rendering->profile, NULL, 0, &fold, sink, err);
    }
    return pfl_picture_write(rendering->profile, &rendering->args->picture, formats[format], sink,
                             err);
}

/* Where to write if nobody said so: flame.svg, or standard output if that is a regular file
 * (`perflame > x.svg`). A pipe, a terminal or a job's log never receives a picture by accident. */
static const char *default_output(const struct args *args, char *name, size_t size)
{
    struct stat st;
    if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode))
        return "-";
    snprintf(name, size, "flame.%s", args->format ? args->format : format_ending(FORMAT_SVG));
    return name;
}

static void say_written(const struct args *args, const struct pfl_profile *profile)
{
    char written[400] = "";
    for (size_t i = 0; i < args->outputs.count; i++) {
        if (strcmp(args->outputs.items[i], "-") == 0)
            continue;
        strncat(written, *written ? ", " : "", sizeof written - strlen(written) - 1);
        strncat(written, args->outputs.items[i], sizeof written - strlen(written) - 1);
    }
    load_summary(args, profile, &args->picture.column, 1, *written ? written : NULL);
}

enum status command_render(const struct args *args)
{
    struct rendering rendering = {.args = args};
    const struct result result = {
        .formats = 1u << FORMAT_SVG | 1u << FORMAT_PNG | 1u << FORMAT_PDF | 1u << FORMAT_FOLDED,
        .fallback = FORMAT_SVG,
        .write = render_write,
        .context = &rendering,
    };
    char name[64];
    const char *items[2] = {NULL, NULL};
    struct args with_output = *args;
    struct pfl_error error;
    if (args->outputs.count == 0) {
        items[0] = default_output(args, name, sizeof name);
        with_output.outputs = (struct text_list){.items = items, .count = 1};
    }
    enum status status = result_check(&with_output, &result);
    if (status != STATUS_DONE)
        return status;
    if (pfl_picture_check(&args->picture, &error) < 0)
        return load_failed(&error, NULL);
    if (args->events.count == 0)
        with_output.profile.most_events = OFFERED_MOST;
    struct pfl_profile *profile;
    status = load_profile(&with_output, false, &profile);
    if (status != STATUS_DONE)
        return status;
    rendering.profile = profile;
    status = result_write(&with_output, &result);
    if (status == STATUS_DONE && !rendering.offers_all)
        load_say_left_out(&with_output, profile);
    if (status == STATUS_DONE)
        say_written(&with_output, profile);
    pfl_profile_free(profile);
    return status;
}
