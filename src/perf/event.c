/* SPDX-License-Identifier: MIT */
/* One event: its name, its unit, what means it, and how its records are laid out. */
#include "perf/event.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/event_name.h"
#include "base/mem.h"
#include "perf/events.h"
#include "perf/record.h"

static const char *const software_names[] = {
    "cpu-clock",        "task-clock",   "page-faults",  "context-switches",
    "cpu-migrations",   "minor-faults", "major-faults", "alignment-faults",
    "emulation-faults", "dummy",        "bpf-output",   "cgroup-switches"};
static const char *const hardware_names[] = {"cycles",
                                             "instructions",
                                             "cache-references",
                                             "cache-misses",
                                             "branches",
                                             "branch-misses",
                                             "bus-cycles",
                                             "stalled-cycles-frontend",
                                             "stalled-cycles-backend",
                                             "ref-cycles"};
static const char *const cache_names[] = {"L1-dcache", "L1-icache", "LLC", "dTLB",
                                          "iTLB",      "branch",    "node"};
static const char *const cache_operations[] = {"load", "store", "prefetch"};
static const char *const cache_accesses[] = {"loads", "stores", "prefetches"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Bits of the attr's flags that perf shows as modifiers. */
#define FLAG_EXCLUDE_USER       (UINT64_C(1) << 4)
#define FLAG_EXCLUDE_KERNEL     (UINT64_C(1) << 5)
#define FLAG_EXCLUDE_HYPERVISOR (UINT64_C(1) << 6)
#define FLAG_PRECISE_SHIFT      15

/* PERF_TYPE_HW_CACHE: cache, operation and result in one byte each. */
static void name_cache(struct buffer *name, uint64_t config)
{
    uint64_t cache = config & 0xff, operation = config >> 8 & 0xff, miss = config >> 16 & 0xff;
    if (cache >= COUNT(cache_names) || operation >= COUNT(cache_operations) || miss > 1) {
        buffer_printf(name, "hw-cache:0x%llx", (unsigned long long)config);
        return;
    }
    buffer_text(name, cache_names[cache]);
    buffer_char(name, '-');
    buffer_text(name, miss ? cache_operations[operation] : cache_accesses[operation]);
    if (miss)
        buffer_text(name, "-misses");
}

static void name_bare(struct buffer *name, const struct perf_event *event)
{
    /* On hybrid machines the upper half of config tells the PMU. */
    uint64_t low = event->config & UINT32_MAX;
    if (event->type == PERF_TYPE_SOFTWARE && event->config < COUNT(software_names))
        buffer_text(name, software_names[event->config]);
    else if (event->type == PERF_TYPE_HARDWARE && low < COUNT(hardware_names))
        buffer_text(name, hardware_names[low]);
    else if (event->type == PERF_TYPE_HW_CACHE)
        name_cache(name, low);
    else if (event->type == PERF_TYPE_RAW)
        buffer_printf(name, "r%llx", (unsigned long long)event->config);
    else if (event->type == PERF_TYPE_TRACEPOINT)
        buffer_printf(name, "tracepoint-%llu", (unsigned long long)event->config);
    else if (event->type == PERF_TYPE_BREAKPOINT)
        buffer_text(name, "breakpoint");
    else
        buffer_printf(name, "type-%u-config-0x%llx", event->type,
                      (unsigned long long)event->config);
}

char *event_make_name(const struct perf_event *event, uint64_t flags)
{
    struct buffer name = {0};
    name_bare(&name, event);
    bool no_user = flags & FLAG_EXCLUDE_USER, no_kernel = flags & FLAG_EXCLUDE_KERNEL,
         no_hypervisor = flags & FLAG_EXCLUDE_HYPERVISOR;
    unsigned precise = flags >> FLAG_PRECISE_SHIFT & 3;
    bool modes = no_user || no_kernel || no_hypervisor;
    if ((modes || precise) && event->type != PERF_TYPE_TRACEPOINT) {
        buffer_char(&name, ':');
        if (modes && !no_kernel)
            buffer_char(&name, 'k');
        if (modes && !no_user)
            buffer_char(&name, 'u');
        if (modes && !no_hypervisor)
            buffer_char(&name, 'h');
        while (precise--)
            buffer_char(&name, 'p');
    }
    char *text = name.failed ? NULL : mem_copy_text(name.data, name.size);
    buffer_done(&name);
    return text;
}

bool perf_event_has_callchain(const struct perf_event *event)
{
    return event->sample_type & PERF_SAMPLE_CALLCHAIN;
}

bool perf_event_has_branch_callchain(const struct perf_event *event)
{
    return event->sample_type & PERF_SAMPLE_BRANCH_STACK &&
           event->branch_sample_type & PERF_BRANCH_CALL_STACK;
}

void perf_event_unit(const struct perf_event *event, char *unit, size_t size)
{
    if (size == 0)
        return;
    struct event_name bare = event_name_bare(
        (struct event_name){event->name, strlen(event->name), event->type == PERF_TYPE_TRACEPOINT});
    if (event->type == PERF_TYPE_SOFTWARE &&
        (event->config == PERF_SW_CPU_CLOCK || event->config == PERF_SW_TASK_CLOCK))
        bare = (struct event_name){.text = "ns", .length = 2};
    size_t length = bare.length < size - 1 ? bare.length : size - 1;
    memcpy(unit, bare.text, length);
    unit[length] = '\0';
}

bool perf_event_matches(const struct perf_event *event, const char *name)
{
    return event_name_matches(event->name, event->type == PERF_TYPE_TRACEPOINT, name);
}

/* Bytes of the fields that stand before `bit` in a sample. */
static int16_t sample_offset(uint64_t type, uint64_t bit)
{
    /* The order of perf_output_sample in the kernel; fields behind ID vary in size. */
    static const uint64_t order[] = {PERF_SAMPLE_IDENTIFIER, PERF_SAMPLE_IP,   PERF_SAMPLE_TID,
                                     PERF_SAMPLE_TIME,       PERF_SAMPLE_ADDR, PERF_SAMPLE_ID};
    int16_t at = 8; /* behind the record's header */
    if (!(type & bit))
        return -1;
    for (size_t i = 0; i < COUNT(order) && order[i] != bit; i++)
        if (type & order[i])
            at += 8;
    return at;
}

struct event_layout event_layout_of(const struct perf_event *event)
{
    uint64_t type = event->sample_type;
    struct event_layout layout = {0};
    layout.time_at = sample_offset(type, PERF_SAMPLE_TIME);
    layout.id_at = sample_offset(type, type & PERF_SAMPLE_IDENTIFIER ? PERF_SAMPLE_IDENTIFIER
                                                                     : PERF_SAMPLE_ID);
    if (!event->sample_id_all)
        return layout;

    /* The trailer, from its end: perf_event__output_id_sample in the kernel writes TID, TIME, ID,
     * STREAM_ID, CPU, IDENTIFIER. */
    uint16_t from_end = 0;
    if (type & PERF_SAMPLE_IDENTIFIER)
        layout.trailer_id = from_end += 8;
    if (type & PERF_SAMPLE_CPU)
        from_end += 8;
    if (type & PERF_SAMPLE_STREAM_ID)
        from_end += 8;
    if (type & PERF_SAMPLE_ID) {
        from_end += 8;
        if (!layout.trailer_id)
            layout.trailer_id = from_end;
    }
    if (type & PERF_SAMPLE_TIME)
        layout.trailer_time = from_end += 8;
    if (type & PERF_SAMPLE_TID)
        from_end += 8;
    layout.trailer_size = from_end;
    return layout;
}
