/* SPDX-License-Identifier: MIT */
/* Which samples count: by event, comm, pid, tid, cpu, time and mode. Filters choose what is
 * counted, not what is read. */
#ifndef PFL_WEIGH_FILTER_H
#define PFL_WEIGH_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "perf/record.h"
#include "perf/session.h"

/* A set of numbers, as ranges; empty means all. */
struct filter_range {
    uint64_t first, last;
};

enum filter_mode { FILTER_ANY_MODE = 0, FILTER_KERNEL_MODE, FILTER_USER_MODE };

/* One end of --time: nothing, an absolute time, an offset from the first sample, or a share of
 * the time between the first and the last sample. */
struct filter_time {
    enum { FILTER_TIME_OPEN = 0, FILTER_TIME_ABSOLUTE, FILTER_TIME_OFFSET, FILTER_TIME_SHARE } how;
    uint64_t ns;         /* ABSOLUTE, OFFSET */
    uint32_t millionths; /* SHARE */
};

/* Arrays belong to the caller and must outlive the filter's use. */
struct filter {
    const char *const *comms; /* NULL-terminated, or NULL: all */
    const struct filter_range *pids, *tids, *cpus;
    uint32_t pid_count, tid_count, cpu_count;
    enum filter_mode mode;
    struct filter_time start, end;
};

/* Bounds in ns once the first (and for shares the last) sample's time is known; both ends count. */
struct filter_window {
    uint64_t start, end;
};
struct filter_window filter_window(const struct filter *filter, uint64_t first, uint64_t last);

/* True if a sample record of a thread of this comm counts. */
bool filter_accepts(const struct filter *filter, const struct filter_window *window,
                    const struct perf_record *record, const char *comm);

#endif
