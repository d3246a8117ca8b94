/* SPDX-License-Identifier: MIT */
/* One result, several files, all or none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/load.h"

static const char *const endings[] = {
    [FORMAT_SVG] = "svg", [FORMAT_PNG] = "png", [FORMAT_PDF] = "pdf",   [FORMAT_FOLDED] = "folded",
    [FORMAT_TXT] = "txt", [FORMAT_TSV] = "tsv", [FORMAT_JSON] = "json",
};
enum { FORMAT_COUNT = sizeof endings / sizeof *endings };

const char *format_ending(enum format format)
{
    return endings[format];
}

static bool format_named(const char *name, unsigned formats, enum format *ret_format)
{
    for (int i = 0; i < FORMAT_COUNT; i++) {
        if ((formats & 1u << i) && strcasecmp(endings[i], name) == 0) {
            *ret_format = (enum format)i;
            return true;
        }
    }
    return false;
}

static enum status unknown_format(const char *what, unsigned formats)
{
    char list[100] = "";
    for (int i = 0; i < FORMAT_COUNT; i++) {
        if (!(formats & 1u << i))
            continue;
        strcat(list, *list ? ", ." : ".");
        strcat(list, endings[i]);
    }
    return message_usage("%s tells no format of this command: there are %s", *what ? what : "''",
                         list);
}

static bool is_special(const char *name)
{
    struct stat st;
    return output_is_standard(name) || (stat(name, &st) == 0 && !S_ISREG(st.st_mode));
}

/* The format of an output, by --format, by its ending, or by default. */
static enum status format_of(const struct args *args, const struct result *result, const char *name,
                             enum format *ret_format)
{
    *ret_format = result->fallback;
    if (args->format)
        return format_named(args->format, result->formats, ret_format)
                   ? STATUS_DONE
                   : unknown_format(args->format, result->formats);
    const char *slash = strrchr(name, '/');
    const char *dot = strrchr(slash ? slash : name, '.');
    if (dot && format_named(dot + 1, result->formats, ret_format))
        return STATUS_DONE;
    return is_special(name) ? STATUS_DONE : unknown_format(name, result->formats);
}

/* True if both names lead to one regular file. */
static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && S_ISREG(first.st_mode) &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* An output that replaces an input is a slip of the hand, and a recording cannot be made again. */
static enum status check_inputs_survive(const struct args *args, const char *output)
{
    bool is_input = args->inputs.count == 0 && is_same_file("perf.data", output);
    for (size_t i = 0; i < args->inputs.count; i++) {
        const char *input = args->inputs.items[i];
        is_input |= is_same_file(strcmp(input, "-") == 0 ? "/dev/stdin" : input, output);
    }
    return is_input ? message_usage("%s is an input: it is not replaced", output) : STATUS_DONE;
}

/* What is in use is no event's default weight: only an SVG has it, which offers all weights. */
static enum status check_in_use(const struct args *args)
{
    const char *option = args->profile.at ? "at" : args->profile.older_than ? "older-than" : NULL;
    return option && args->weights.count == 0
               ? message_usage("--%s is for what is in use: -w inuse-bytes", option)
               : STATUS_DONE;
}

enum status result_check(const struct args *args, const struct result *result)
{
    enum format format = result->fallback;
    if (args->outputs.count > OUTPUTS_MAX)
        return message_usage("more than %d outputs", OUTPUTS_MAX);
    enum status status = args->format ? format_of(args, result, "-", &format) : STATUS_DONE;
    bool offers_all = false;
    for (size_t i = 0; i < args->outputs.count && status == STATUS_DONE; i++) {
        status = format_of(args, result, args->outputs.items[i], &format);
        offers_all |= format == FORMAT_SVG;
        if (status == STATUS_DONE)
            status = check_inputs_survive(args, args->outputs.items[i]);
        if (status == STATUS_DONE)
            status = output_check(args->outputs.items[i]);
    }
    return status == STATUS_DONE && !offers_all ? check_in_use(args) : status;
}

static enum status write_one(const struct args *args, const struct result *result,
                             struct output *output)
{
    enum format format;
    struct pfl_error error;
    enum status status = format_of(args, result, output->name, &format);
    if (status != STATUS_DONE)
        return status;
    struct pfl_sink sink = output_sink(output);
    if (result->write(result->context, format, &sink, &error) == 0)
        return STATUS_DONE;
    if (error.code == PFL_ERROR_SINK && output->error == EPIPE)
        return STATUS_FAILED; /* the reader has gone away: quietly, also where SIGPIPE is ignored */
    if (error.code == PFL_ERROR_SINK)
        return message_failed(STATUS_FAILED, "%s: %s",
                              strcmp(output->name, "-") == 0 ? "standard output" : output->name,
                              strerror(output->error));
    return load_failed(&error, error.code == PFL_ERROR_USAGE ? NULL : output->name);
}

enum status result_write(const struct args *args, const struct result *result)
{
    static const char *const standard_output[] = {"-"};
    const char *const *names = args->outputs.count ? args->outputs.items : standard_output;
    size_t count = args->outputs.count ? args->outputs.count : 1;
    struct output outputs[OUTPUTS_MAX];
    size_t opened = 0;
    enum status status = STATUS_DONE;
    for (; opened < count && status == STATUS_DONE; opened++)
        status = output_open(&outputs[opened], names[opened]);
    for (size_t i = 0; i < opened && status == STATUS_DONE; i++)
        status = write_one(args, result, &outputs[i]);
    for (size_t i = 0; i < opened && status == STATUS_DONE; i++)
        status = output_commit(&outputs[i]);
    for (size_t i = 0; i < opened; i++)
        output_discard(&outputs[i]);
    return status;
}
