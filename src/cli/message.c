/* SPDX-License-Identifier: MIT */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>

static void message_print(const char *kind, const char *format, va_list args, const char *end)
{
    char line[2048];
    if (vsnprintf(line, sizeof line, format, args) < 0)
        return;
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    fprintf(stderr, "perflame: %s%s%s\n", kind, line, end);
}

enum status message_failed(enum status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    message_print("", format, args, "");
    va_end(args);
    return status;
}

enum status message_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    message_print("", format, args, " (see perflame --help)");
    va_end(args);
    return STATUS_USAGE;
}

void message_warning(const struct message_level *level, const char *format, ...)
{
    if (level->quiet)
        return;
    va_list args;
    va_start(args, format);
    message_print("warning: ", format, args, "");
    va_end(args);
}

void message_summary(const struct message_level *level, const char *format, ...)
{
    if (level->quiet)
        return;
    va_list args;
    va_start(args, format);
    message_print("", format, args, "");
    va_end(args);
}

void message_note(const struct message_level *level, const char *format, ...)
{
    if (level->quiet || !level->verbose)
        return;
    va_list args;
    va_start(args, format);
    message_print("note: ", format, args, "");
    va_end(args);
}
