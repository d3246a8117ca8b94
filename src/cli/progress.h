/* SPDX-License-Identifier: MIT */
/* A progress bar on a terminal, for work that takes over a second. */
#ifndef PFL_CLI_PROGRESS_H
#define PFL_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
    struct timespec begin;
    bool enabled, shown;
    int percent; /* drawn last */
};

/* Enabled where standard error is a terminal and nobody asked for quiet. */
void progress_init(struct progress *progress, bool quiet);

/* Fits pfl_profile_options.progress. */
void progress_report(void *context, uint64_t done, uint64_t all);

/* Fits pfl_profile_options.fetching. */
void progress_fetching(void *context, const char *path, unsigned seconds_left);

/* Clears the line. */
void progress_done(struct progress *progress);

#endif
