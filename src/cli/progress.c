/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <perflame/text.h>
#include <stdio.h>
#include <string.h>
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

void progress_fetching(void *context, const char *path, unsigned seconds_left)
{
    struct progress *progress = context;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!progress->enabled || now.tv_sec - progress->begin.tv_sec < 2)
        return;
    char name[BAR_WIDTH];
    const char *slash = strrchr(path, '/');
    pfl_text_safe(name, sizeof name, slash ? slash + 1 : path);
    progress_done(progress);
    fprintf(stderr, "asking debuginfod: %s (%u s left)", name, seconds_left);
    progress->shown = true;
}

void progress_done(struct progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r%*s\r", BAR_WIDTH + 20, "");
    progress->shown = false;
}
