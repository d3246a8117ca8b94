/* SPDX-License-Identifier: MIT */
/* perflame fold, top and info: what goes to standard output as text. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/load.h"

#define TOP_ROWS 20 /* as text, unless -n says otherwise */

struct tabling {
    const struct args *args;
    const struct pfl_profile *profile;
    uint32_t *columns;
    uint32_t count;
};

static int fold_write(void *context, enum format format, const struct pfl_sink *sink,
                      struct pfl_error *err)
{
    const struct tabling *tabling = context;
    const struct pfl_fold_options fold = {.size = sizeof fold, .suffixes = tabling->args->suffixes};
    (void)format;
    return pfl_fold_write(tabling->profile, tabling->columns, tabling->count, &fold, sink, err);
}

/* Columns of the terminal that the text goes to, or 0: a pipe and a file get it plain. */
static uint32_t terminal_width(const struct args *args)
{
    struct winsize size;
    bool to_standard_output = args->outputs.count == 0;
    if (!to_standard_output || !isatty(STDOUT_FILENO) ||
        ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return 0;
    return size.ws_col ? size.ws_col : 80;
}

/* no-color.org, and terminals that know no colours. */
static bool wants_colour(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

static int top_write(void *context, enum format format, const struct pfl_sink *sink,
                     struct pfl_error *err)
{
    const struct tabling *tabling = context;
    const struct args *args = tabling->args;
    uint32_t width = terminal_width(args);
    const struct pfl_table_options table = {
        .size = sizeof table,
        .width = width,
        .colour = width && wants_colour(),
        .format = format == FORMAT_TSV    ? PFL_TABLE_TSV
                  : format == FORMAT_JSON ? PFL_TABLE_JSON
                                          : PFL_TABLE_TEXT,
        .sort = args->sort,
        .rows = args->rows >= 0        ? (uint32_t)args->rows
                : format == FORMAT_TXT ? TOP_ROWS
                                       : 0,
    };
    return pfl_table_write(tabling->profile, tabling->columns, tabling->count, &table, sink, err);
}

static int info_write(void *context, enum format format, const struct pfl_sink *sink,
                      struct pfl_error *err)
{
    const struct tabling *tabling = context;
    return pfl_info_write(tabling->profile, format == FORMAT_JSON ? PFL_INFO_JSON : PFL_INFO_TEXT,
                          sink, err);
}

static enum status table_columns(const struct args *args, unsigned formats, enum format fallback,
                                 int (*write)(void *, enum format, const struct pfl_sink *,
                                              struct pfl_error *))
{
    struct tabling tabling = {.args = args};
    const struct result result = {
        .formats = formats, .fallback = fallback, .write = write, .context = &tabling};
    struct pfl_profile *profile;
    enum status status = result_check(args, &result);
    if (status != STATUS_DONE)
        return status;
    status = load_profile(args, false, &profile);
    if (status != STATUS_DONE)
        return status;
    tabling.profile = profile;
    status = load_columns(args, profile, &tabling.columns, &tabling.count);
    if (status == STATUS_DONE)
        status = result_write(args, &result);
    if (status == STATUS_DONE)
        load_summary(args, profile, tabling.columns, tabling.count, NULL);
    free(tabling.columns);
    pfl_profile_free(profile);
    return status;
}

enum status command_fold(const struct args *args)
{
    return table_columns(args, 1u << FORMAT_FOLDED, FORMAT_FOLDED, fold_write);
}

enum status command_top(const struct args *args)
{
    return table_columns(args, 1u << FORMAT_TXT | 1u << FORMAT_TSV | 1u << FORMAT_JSON, FORMAT_TXT,
                         top_write);
}

enum status command_info(const struct args *args)
{
    struct tabling tabling = {.args = args};
    const struct result result = {.formats = 1u << FORMAT_TXT | 1u << FORMAT_JSON,
                                  .fallback = FORMAT_TXT,
                                  .write = info_write,
                                  .context = &tabling};
    struct pfl_profile *profile;
    enum status status = result_check(args, &result);
    if (status == STATUS_DONE && args->inputs.count > 1)
        return message_usage("info takes one input");
    if (status == STATUS_DONE)
        status = load_profile(args, true, &profile);
    if (status != STATUS_DONE)
        return status;
    tabling.profile = profile;
    status = result_write(args, &result);
    pfl_profile_free(profile);
    return status;
}
