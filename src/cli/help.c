/* SPDX-License-Identifier: MIT */
/* perflame help: the commands, their options, and the script that pictures carry. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/nearest.h"

struct command_spec {
    enum command command;
    const char *name, *usage, *help;
};

static const struct command_spec commands[] = {
    {COMMAND_RENDER, "render", "perflame [render] [OPTION]... [INPUT]...",
     "draw a flame graph: SVG, PNG or PDF (the default command)"},
    {COMMAND_FOLD, "fold", "perflame fold [OPTION]... [INPUT]...",
     "folded stacks, one per line: ROOT;...;LEAF WEIGHT"},
    {COMMAND_TOP, "top", "perflame top [OPTION]... [INPUT]...", "table of functions"},
    {COMMAND_INFO, "info", "perflame info [OPTION]... [INPUT]",
     "what is in a recording: events, samples, losses, quality"},
    {COMMAND_HELP, "help", "perflame help [COMMAND|script|csp]", "this help"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

enum command command_of(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].command;
    return (enum command)0;
}

const char *command_nearest(const char *name)
{
    const char *nearest = NULL;
    size_t distance = 3;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        size_t d = nearest_distance(name, commands[i].name);
        if (d < distance) {
            distance = d;
            nearest = commands[i].name;
        }
    }
    return nearest;
}

static void help_print_all(void)
{
    puts("perflame: flame graphs from perf recordings, in one step\n\n"
         "    perf record -g CMD\n"
         "    perflame perf.data\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        printf("%s\n    %s\n", commands[i].usage, commands[i].help);
    puts(
        "\nINPUT is recognised by its content: a perf.data file, perf script text, folded stacks,\n"
        "a picture of perflame; without one, standard input if it is a FIFO, otherwise "
        "perf.data.\n\n"
        "Options of render:");
    args_print_options(COMMAND_RENDER);
    puts("\n`perflame help COMMAND` for the others; man perflame for all.");
}

void help_print_command(enum command command)
{
    if (command == COMMAND_RENDER || command == COMMAND_HELP) {
        help_print_all();
        return;
    }
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].command == command)
            printf("%s\n    %s\n\nOptions:\n", commands[i].usage, commands[i].help);
    args_print_options(command);
}

enum status command_help(const char *topic)
{
    if (topic && strcmp(topic, "script") == 0) {
        size_t size;
        const char *script = pfl_picture_script(&size);
        fwrite(script, 1, size, stdout);
        return STATUS_DONE;
    }
    if (topic && strcmp(topic, "csp") == 0) {
        printf("script-src '%s'\n", pfl_picture_script_hash());
        return STATUS_DONE;
    }
    enum command command = topic ? command_of(topic) : COMMAND_RENDER;
    if (!command)
        return message_usage("no help about '%s'", topic);
    help_print_command(command);
    return STATUS_DONE;
}
