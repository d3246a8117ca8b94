/* SPDX-License-Identifier: MIT */
/* An event of a recording: what was asked of the kernel, and under which name. */
#ifndef PFL_PERF_EVENT_H
#define PFL_PERF_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* enum perf_type_id of the kernel. */
enum perf_event_type {
    PERF_TYPE_HARDWARE = 0,
    PERF_TYPE_SOFTWARE = 1,
    PERF_TYPE_TRACEPOINT = 2,
    PERF_TYPE_HW_CACHE = 3,
    PERF_TYPE_RAW = 4,
    PERF_TYPE_BREAKPOINT = 5,
};

/* enum perf_sw_ids: those that are treated apart. */
enum perf_event_software {
    PERF_SW_CPU_CLOCK = 0,
    PERF_SW_TASK_CLOCK = 1,
    PERF_SW_PAGE_FAULTS = 2,
    PERF_SW_PAGE_FAULTS_MIN = 5,
    PERF_SW_PAGE_FAULTS_MAJ = 6,
    PERF_SW_DUMMY = 9,
    PERF_SW_BPF_OUTPUT = 10,
};

/* A bit of read_format: counters tell how much they lost. */
#define PERF_READ_LOST (1u << 4)

struct perf_event {
    char *name; /* as perf evlist prints it; made from type and config where the file has none */
    bool named; /* the recording says so */
    uint32_t type;
    uint64_t config;
    uint64_t sample_type; /* which fields its samples have */
    uint64_t read_format;
    uint64_t sample_period; /* or frequency, where `frequency` */
    bool frequency;
    bool inherit;        /* child processes and new threads are counted too */
    bool monotonic;      /* times are of CLOCK_MONOTONIC */
    bool sample_id_all;  /* records other than samples carry a sample_id trailer */
    bool context_switch; /* PERF_RECORD_SWITCH was asked for */
    bool enable_on_exec; /* of a command alone, not of the whole system */
    bool exclude_callchain_user, exclude_callchain_kernel;
    uint64_t branch_sample_type;
    uint64_t sample_regs_user, sample_regs_intr;
    uint32_t sample_stack_user; /* bytes of stack captured per sample; 0: none */
    uint32_t front_size;        /* bytes of a sample's fields from IDENTIFIER to PERIOD */
};

/* True if its samples hold a call chain. */
bool perf_event_has_callchain(const struct perf_event *event);

/* True if not every hit was recorded. */
static inline bool perf_event_is_sampled(const struct perf_event *event)
{
    return event->frequency || event->sample_period > 1;
}

/* True if they hold a call stack that the processor recorded (--call-graph lbr). */
bool perf_event_has_branch_callchain(const struct perf_event *event);

/* The unit of its period: "ns" for the clocks, otherwise the bare event name's own ("cycles",
 * "page-faults", ...), without modifiers and PMU. Writes at most `size` bytes with the NUL. */
void perf_event_unit(const struct perf_event *event, char *unit, size_t size);

/* As event_name_matches. */
bool perf_event_matches(const struct perf_event *event, const char *name);

#endif
