/* SPDX-License-Identifier: MIT */
/* The command line, parsed. */
#ifndef PFL_CLI_ARGS_H
#define PFL_CLI_ARGS_H

#include <perflame/perflame.h>

#include "cli/message.h"
#include "cli/output.h"

enum command {
    COMMAND_RENDER = 1 << 0,
    COMMAND_FOLD = 1 << 1,
    COMMAND_TOP = 1 << 2,
    COMMAND_INFO = 1 << 3,
    COMMAND_HELP = 1 << 4,
};

/* A growing NULL-terminated list of borrowed texts. */
struct text_list {
    const char **items;
    size_t count;
};

struct args {
    enum command command;
    struct pfl_profile_options profile;
    struct pfl_picture_options picture;
    struct text_list events, weights, comms, cgroups, ignore, focus, show_from, hide, symbols;
    struct text_list inputs, outputs;
    struct text_list pids, tids, cpus, pairs;
    const char *format; /* --format, or NULL: by the output's ending */
    int suffixes;
    int rows; /* -n; -1: not given */
    enum pfl_table_sort sort;
    bool strict;
    double strict_percent;
    struct message_level level;
    bool help, version;
};

/* Parses what follows the command's name. Says what is wrong. */
enum status args_parse(struct args *args, int argc, char **argv);
void args_done(struct args *args);

/* Prints the options of a command. */
void args_print_options(enum command command);

#endif
