/* SPDX-License-Identifier: MIT */
/* Which input is meant where none is named. */
#ifndef PFL_CLI_STDIN_H
#define PFL_CLI_STDIN_H

#include "cli/message.h"

/* As perf does it: standard input if it is a FIFO with something in it ("-"), otherwise
 * perf.data. Waits for the first byte, telling so after 2 s and giving up after 30. */
enum status stdin_or_perf_data(const struct message_level *level, const char **ret_input);

#endif
