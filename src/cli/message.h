/* SPDX-License-Identifier: MIT */
/* What perflame says on standard error: one line each, `perflame: FILE: ...`. */
#ifndef PFL_CLI_MESSAGE_H
#define PFL_CLI_MESSAGE_H

#include <stdbool.h>

enum status {
    STATUS_DONE = 0,
    STATUS_FAILED = 1, /* an input cannot be used, or the output cannot be written */
    STATUS_USAGE = 2,  /* the command line is wrong */
    STATUS_EMPTY = 3,  /* no sample */
};

struct message_level {
    bool quiet, verbose;
};

/* Each prints one line with `perflame: ` in front and returns the status. What could command a
 * terminal, as a file's name may, is replaced. */
enum status message_failed(enum status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a wrong command line; adds how to get help. */
enum status message_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Said unless quiet. */
void message_warning(const struct message_level *level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void message_summary(const struct message_level *level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Said if verbose. */
void message_note(const struct message_level *level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
