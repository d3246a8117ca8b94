/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH 40

void progress_init(struct progress *progress, bool quiet)
{
    *progress = (struct progress){.enabled = !quiet && isatty(STDERR_FILENO), .percent = -1};
    clock_gettime(CLOCK_MONOTONIC, &progress->begin);
}

void progress_report(void *context, uint64_t done, uint64_t all)
{
    struct progress *progress = context;
    struct timespec now;
    if (!progress->enabled || all == 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int percent = done < all ? (int)(done / (all / 100 + 1)) : 100;
    if (now.tv_sec - progress->begin.tv_sec < 2 || percent == progress->percent)
        return;
    int full = percent * BAR_WIDTH / 100;
    fprintf(stderr, "\rreading [%.*s%*s] %3d%%", full, "########################################",
            BAR_WIDTH - full, "", percent);
    progress->percent = percent;
    progress->shown = true;
}

void progress_done(struct progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r%*s\r", BAR_WIDTH + 20, "");
    progress->shown = false;
}
