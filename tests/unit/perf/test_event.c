/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include "base/mem.h"
#include "perf/events.h"

static const char *unit_of(struct perf_event event, char *unit, size_t size)
{
    perf_event_unit(&event, unit, size);
    return unit;
}

static void made_names_are_those_of_perf(void **state)
{
    const struct {
        uint32_t type;
        uint64_t config, flags;
        const char *name;
    } cases[] = {
        {PERF_TYPE_SOFTWARE, 0, 0, "cpu-clock"},
        {PERF_TYPE_SOFTWARE, 9, 0, "dummy"},
        {PERF_TYPE_SOFTWARE, 2, 1 << 4, "page-faults:kh"},
        {PERF_TYPE_SOFTWARE, 0, 1 << 5 | 1 << 6, "cpu-clock:u"},
        {PERF_TYPE_HARDWARE, 0, 3 << 15, "cycles:ppp"},
        {PERF_TYPE_HARDWARE, UINT64_C(4) << 32 | 1, 0, "instructions"},
        {PERF_TYPE_HW_CACHE, 0x10000, 0, "L1-dcache-load-misses"},
        {PERF_TYPE_HW_CACHE, 0x00103, 0, "dTLB-stores"},
        {PERF_TYPE_HW_CACHE, 0xffffff, 0, "hw-cache:0xffffff"},
        {PERF_TYPE_RAW, 0x1a8, 0, "r1a8"},
        {PERF_TYPE_TRACEPOINT, 300, 1 << 4, "tracepoint-300"},
        {PERF_TYPE_SOFTWARE, 1000, 0, "type-1-config-0x3e8"},
        {PERF_TYPE_BREAKPOINT, 0, 0, "breakpoint"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct perf_event event = {.type = cases[i].type, .config = cases[i].config};
        char *name = event_make_name(&event, cases[i].flags);
        assert_string_equal(name, cases[i].name);
        mem_free(name);
    }
}

static void clocks_count_ns_and_others_themselves(void **state)
{
    char unit[32], name[] = "cpu-clock:ppp", hybrid[] = "cpu_core/cycles/u", plain[] = "cycles:P",
                   tracepoint[] = "sched:sched_switch";
    struct perf_event event = {.type = PERF_TYPE_SOFTWARE, .name = name};
    assert_string_equal(unit_of(event, unit, sizeof unit), "ns");
    event = (struct perf_event){.name = hybrid};
    assert_string_equal(unit_of(event, unit, sizeof unit), "cycles");
    event = (struct perf_event){.name = plain};
    assert_string_equal(unit_of(event, unit, sizeof unit), "cycles");
    event = (struct perf_event){.type = PERF_TYPE_TRACEPOINT, .name = tracepoint};
    assert_string_equal(unit_of(event, unit, sizeof unit), "sched:sched_switch");
    assert_string_equal(unit_of(event, unit, 4), "sch");
}

RUN_TESTS(TEST(made_names_are_those_of_perf), TEST(clocks_count_ns_and_others_themselves))
