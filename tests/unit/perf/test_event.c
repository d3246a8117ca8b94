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

static bool means(const char *name, const char *wanted, uint32_t type)
{
    char copy[64];
    memcpy(copy, name, strlen(name) + 1);
    struct perf_event event = {.type = type, .name = copy};
    return perf_event_matches(&event, wanted);
}

static void events_are_meant_with_or_without_modifiers_and_pmu(void **state)
{
    assert_true(means("cpu-clock:ppp", "cpu-clock:ppp", 1));
    assert_true(means("cpu-clock:ppp", "cpu-clock", 1));
    assert_true(means("cycles:ukhpPGHSDIWebR", "cycles", 0));
    assert_false(means("cycles:x", "cycles", 0));
    assert_false(means("cpu-clock", "cpu-clock:ppp", 1));
    assert_false(means("cpu-clock:ppp", "cpu-cloc", 1));
    assert_true(means("cpu_core/cycles/", "cpu_core/cycles/", 0));
    assert_true(means("cpu_core/cycles/", "cycles", 0));
    assert_true(means("cpu_core/cycles/u", "cycles", 0));
    assert_true(means("cpu_core/cycles/u", "cpu_core/cycles/", 0));
    assert_true(means("cpu_core/cycles/u", "cycles:u", 0));
    assert_true(means("cpu_core/cycles/:u", "cycles:u", 0));
    assert_false(means("cpu_core/cycles/u", "cycles:k", 0));
    assert_false(means("cpu_core/cycles/", "cpu_atom/cycles/", 0));
    assert_false(means("sched:sched_switch", "sched", 2));
    assert_false(means("probe:bpe", "probe", 2));
    assert_true(means("sched:sched_switch:u", "sched:sched_switch", 2));
}

static void globs_match_events(void **state)
{
    assert_true(means("kmem:kmalloc", "kmem:*", 2));
    assert_true(means("kmem:kmalloc", "*", 2));
    assert_true(means("cpu_core/cycles/", "cyc*", 0));
    assert_false(means("kmem:kmalloc", "sched:*", 2));
    assert_false(means("kmem:kmalloc", "", 2));
    assert_false(means("/", "", 0) || means("//", "cycles", 0) || means("", "cycles", 0));
}

static void what_several_pmus_count_has_one_name(void **state)
{
    char common[16];
    assert_true(perf_event_common_name("cpu_core/cycles/", common, sizeof common));
    assert_string_equal(common, "cycles");
    assert_true(perf_event_common_name("cpu_atom/cycles/u", common, sizeof common));
    assert_string_equal(common, "cycles:u");
    assert_true(perf_event_common_name("cpu_atom/cycles/:u", common, sizeof common));
    assert_string_equal(common, "cycles:u");
    assert_false(perf_event_common_name("cycles:u", common, sizeof common));
    assert_false(perf_event_common_name("intel_pt//", common, sizeof common));
    assert_false(perf_event_common_name("cpu/a-name-that-is-too-long/", common, sizeof common));
}

RUN_TESTS(TEST(what_several_pmus_count_has_one_name), TEST(made_names_are_those_of_perf),
          TEST(clocks_count_ns_and_others_themselves),
          TEST(events_are_meant_with_or_without_modifiers_and_pmu), TEST(globs_match_events))
