/* SPDX-License-Identifier: MIT */
/* The commands, and what they share: writing one result to several files. */
#ifndef PFL_CLI_COMMANDS_H
#define PFL_CLI_COMMANDS_H

#include "cli/args.h"

enum status command_render(const struct args *args);
enum status command_fold(const struct args *args);
enum status command_top(const struct args *args);
enum status command_info(const struct args *args);

/* `perflame help [TOPIC]`; topic may be NULL. */
enum status command_help(const char *topic);
void help_print_command(enum command command);

/* The command of a name, 0 if there is none. */
enum command command_of(const char *name);

/* The nearest command's name, or NULL if none is near. */
const char *command_nearest(const char *name);

enum format {
    FORMAT_SVG,
    FORMAT_PNG,
    FORMAT_PDF,
    FORMAT_FOLDED,
    FORMAT_TXT,
    FORMAT_TSV,
    FORMAT_JSON
};

/* A command's result, to be written in any of its formats. */
struct result {
    unsigned formats;     /* bits 1 << enum format */
    enum format fallback; /* for standard output and special files */
    /* Writes it; returns as the library does. */
    int (*write)(void *context, enum format format, const struct pfl_sink *sink,
                 struct pfl_error *err);
    void *context;
};

/* Checks the names and --format before anything is read, so that a wrong command line costs
 * nothing. */
enum status result_check(const struct args *args, const struct result *result);

/* Writes to every -o, or to standard output; all files appear or none. */
enum status result_write(const struct args *args, const struct result *result);

/* The ending of a format: "svg". */
const char *format_ending(enum format format);

#endif
