/* SPDX-License-Identifier: MIT */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>

#include <perflame/text.h>

static void message_print(const char *kind, const char *format, va_list args, const char *end)
{
    char line[2048], safe[2048];
    if (vsnprintf(line, sizeof line, format, args) < 0)
        return;
    pfl_text_safe(safe, sizeof safe, line);
    fprintf(stderr, "perflame: %s%s%s\n", kind, safe, end);
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
