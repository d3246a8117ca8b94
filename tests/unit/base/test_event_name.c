/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/event_name.h"

static bool bare_is(const char *name, bool of_tracepoint, const char *wanted)
{
    struct event_name bare =
        event_name_bare((struct event_name){name, strlen(name), of_tracepoint});
    return bare.length == strlen(wanted) && memcmp(bare.text, wanted, bare.length) == 0;
}

static void bare_names_are_without_modifiers_and_pmu(void **state)
{
    assert_true(bare_is("cycles:ppp", false, "cycles"));
    assert_true(bare_is("cycles:x", false, "cycles:x"));
    assert_true(bare_is("cpu_core/cycles/u", false, "cycles"));
    assert_true(bare_is("cpu_core/cycles/:u", false, "cycles"));
    assert_true(bare_is("cpu/event=0x3c,umask=1/", false, "event=0x3c,umask=1"));
    assert_true(bare_is("cycles/period=1000/u", false, "cycles"));
    assert_true(bare_is("task-clock/call-graph=dwarf,stack-size=512/", false, "task-clock"));
    assert_true(bare_is("sched:sched_switch/call-graph=fp/", true, "sched:sched_switch"));
    assert_true(bare_is("kmem:kmalloc", true, "kmem:kmalloc"));
    assert_true(bare_is("probe:bpe", true, "probe:bpe"));
    assert_true(bare_is("probe:bpe:k", true, "probe:bpe"));
    assert_true(bare_is("", false, "") && bare_is("/", false, "/") && bare_is("//", false, "//"));
}

static void events_are_meant_with_or_without_modifiers_and_pmu(void **state)
{
    assert_true(event_name_matches("cpu-clock:ppp", false, "cpu-clock:ppp"));
    assert_true(event_name_matches("cpu-clock:ppp", false, "cpu-clock"));
    assert_true(event_name_matches("cycles:ukhpPGHSDIWebRX", false, "cycles"));
    assert_false(event_name_matches("cycles:x", false, "cycles"));
    assert_false(event_name_matches("cpu-clock", false, "cpu-clock:ppp"));
    assert_false(event_name_matches("cpu-clock:ppp", false, "cpu-cloc"));
    assert_true(event_name_matches("cpu_core/cycles/", false, "cpu_core/cycles/"));
    assert_true(event_name_matches("cpu_core/cycles/", false, "cycles"));
    assert_true(event_name_matches("cpu_core/cycles/u", false, "cycles"));
    assert_true(event_name_matches("cpu_core/cycles/u", false, "cpu_core/cycles/"));
    assert_true(event_name_matches("cpu_core/cycles/u", false, "cycles:u"));
    assert_true(event_name_matches("cpu_core/cycles/:u", false, "cycles:u"));
    assert_false(event_name_matches("cpu_core/cycles/u", false, "cycles:k"));
    assert_false(event_name_matches("cpu_core/cycles/", false, "cpu_atom/cycles/"));
    assert_true(event_name_matches("cycles/overwrite,period=9/u", false, "cycles"));
    assert_false(event_name_matches("cycles/period=9/", false, "period=9"));
    assert_false(event_name_matches("sched:sched_switch", true, "sched"));
    assert_false(event_name_matches("probe:bpe", true, "probe"));
    assert_true(event_name_matches("sched:sched_switch:u", true, "sched:sched_switch"));
}

static void globs_match_events(void **state)
{
    assert_true(event_name_matches("kmem:kmalloc", true, "kmem:*"));
    assert_true(event_name_matches("kmem:kmalloc", true, "*"));
    assert_true(event_name_matches("cpu_core/cycles/", false, "cyc*"));
    assert_false(event_name_matches("kmem:kmalloc", true, "sched:*"));
    assert_false(event_name_matches("kmem:kmalloc", true, ""));
    assert_false(event_name_matches("/", false, "") || event_name_matches("//", false, "cycles") ||
                 event_name_matches("", false, "cycles"));
}

static void what_several_pmus_count_has_one_name(void **state)
{
    char common[16];
    assert_true(event_name_common("cpu_core/cycles/", common, sizeof common));
    assert_string_equal(common, "cycles");
    assert_true(event_name_common("cpu_atom/cycles/u", common, sizeof common));
    assert_string_equal(common, "cycles:u");
    assert_true(event_name_common("cpu_atom/cycles/:u", common, sizeof common));
    assert_string_equal(common, "cycles:u");
    assert_false(event_name_common("cycles:u", common, sizeof common));
    assert_false(event_name_common("cycles/period=9/", common, sizeof common));
    assert_false(event_name_common("intel_pt//", common, sizeof common));
    assert_false(event_name_common("cpu/a-name-that-is-too-long/", common, sizeof common));
}

RUN_TESTS(TEST(bare_names_are_without_modifiers_and_pmu),
          TEST(events_are_meant_with_or_without_modifiers_and_pmu), TEST(globs_match_events),
          TEST(what_several_pmus_count_has_one_name))
