/* SPDX-License-Identifier: MIT */
/* One result, several files, all or none. */
#include <stdio.h>
#include <string.h>
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
        if ((formats & 1u << i) && strcmp(endings[i], name) == 0) {
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
    return message_usage("%s: no such format here; there are %s", what, list);
}

static bool is_special(const char *name)
{
    struct stat st;
    return strcmp(name, "-") == 0 || (stat(name, &st) == 0 && !S_ISREG(st.st_mode));
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

enum status result_check(const struct args *args, const struct result *result)
{
    enum format format;
    if (args->outputs.count > OUTPUTS_MAX)
        return message_usage("more than %d outputs", OUTPUTS_MAX);
    enum status status = args->format ? format_of(args, result, "-", &format) : STATUS_DONE;
    for (size_t i = 0; i < args->outputs.count && status == STATUS_DONE; i++)
        status = format_of(args, result, args->outputs.items[i], &format);
    return status;
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
    if (error.code == PFL_ERROR_SINK)
        return message_failed(STATUS_FAILED, "%s: %s",
                              strcmp(output->name, "-") == 0 ? "standard output" : output->name,
                              strerror(output->error));
    return load_failed(&error, output->name);
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
