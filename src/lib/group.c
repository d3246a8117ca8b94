/* SPDX-License-Identifier: MIT */
/* The root frame that --by asks for. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/profile_data.h"

void group_text(enum pfl_group_by by, const char *comm, uint32_t pid, uint32_t tid, uint32_t cpu,
                char *text, size_t size)
{
    char nameless[16]; /* as perf names a thread that never told its name */
    if (!*comm) {
        snprintf(nameless, sizeof nameless, ":%" PRId32, (int32_t)tid);
        comm = nameless;
    }
    switch (by) {
    case PFL_BY_COMM: snprintf(text, size, "%s", comm); break;
    case PFL_BY_PROCESS: snprintf(text, size, "%s-%" PRId32, comm, (int32_t)pid); break;
    case PFL_BY_THREAD:
        snprintf(text, size, "%s-%" PRId32 "/%" PRId32, comm, (int32_t)pid, (int32_t)tid);
        break;
    case PFL_BY_CPU: snprintf(text, size, "CPU %" PRIu32, cpu); break;
    case PFL_BY_CGROUP: /* the caller knows it */
    case PFL_BY_NONE: *text = '\0'; break;
    }
}
