/* SPDX-License-Identifier: MIT */
#include "cli/stdin.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_INPUT "perf.data"

enum status stdin_or_perf_data(const struct message_level *level, const char **ret_input)
{
    struct stat st;
    *ret_input = DEFAULT_INPUT;
    if (fstat(STDIN_FILENO, &st) < 0 || !S_ISFIFO(st.st_mode))
        return STATUS_DONE;
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&in, 1, 2000) == 0) {
        message_summary(level, "waiting for a recording on standard input (name FILE to read it)");
        if (poll(&in, 1, 28000) == 0)
            return message_failed(STATUS_FAILED,
                                  "nothing came on standard input for 30 s; name the input, or - "
                                  "to wait longer");
    }
    int waiting = 0;
    if (ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting > 0)
        *ret_input = "-";
    return STATUS_DONE; /* ended without a byte: nobody meant standard input */
}
