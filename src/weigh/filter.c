/* SPDX-License-Identifier: MIT */
#include "weigh/filter.h"

#include <string.h>

static bool ranges_hold(const struct filter_range *ranges, uint32_t count, uint64_t value)
{
    for (uint32_t i = 0; i < count; i++)
        if (value >= ranges[i].first && value <= ranges[i].last)
            return true;
    return count == 0;
}

static bool comms_hold(const char *const *comms, const char *comm)
{
    for (const char *const *c = comms; c && *c; c++)
        if (strcmp(*c, comm) == 0)
            return true;
    return !comms || !*comms;
}

static bool mode_holds(enum filter_mode mode, unsigned cpumode)
{
    switch (mode) {
    case FILTER_KERNEL_MODE:
        return cpumode == PERF_CPUMODE_KERNEL || cpumode == PERF_CPUMODE_GUEST_KERNEL ||
               cpumode == PERF_CPUMODE_HYPERVISOR;
    case FILTER_USER_MODE:
        return cpumode == PERF_CPUMODE_USER || cpumode == PERF_CPUMODE_GUEST_USER;
    case FILTER_ANY_MODE: break;
    }
    return true;
}

static uint64_t time_resolve(const struct filter_time *time, uint64_t first, uint64_t last,
                             uint64_t open)
{
    switch (time->how) {
    case FILTER_TIME_ABSOLUTE: return time->ns;
    case FILTER_TIME_OFFSET: return time->ns > UINT64_MAX - first ? UINT64_MAX : first + time->ns;
    case FILTER_TIME_SHARE:
        /* In two steps, so that the product stays within 64 bits for any recording. */
        return first + (last - first) / 1000000 * time->millionths +
               (last - first) % 1000000 * time->millionths / 1000000;
    case FILTER_TIME_OPEN: break;
    }
    return open;
}

struct filter_window filter_window(const struct filter *filter, uint64_t first, uint64_t last)
{
    return (struct filter_window){
        .start = time_resolve(&filter->start, first, last, 0),
        .end = time_resolve(&filter->end, first, last, UINT64_MAX),
    };
}

bool filter_accepts(const struct filter *filter, const struct filter_window *window,
                    const struct perf_record *record, const char *comm)
{
    return record->time >= window->start && record->time <= window->end &&
           ranges_hold(filter->pids, filter->pid_count, record->pid) &&
           ranges_hold(filter->tids, filter->tid_count, record->tid) &&
           ranges_hold(filter->cpus, filter->cpu_count, record->cpu) &&
           mode_holds(filter->mode, perf_record_cpumode(record)) && comms_hold(filter->comms, comm);
}
