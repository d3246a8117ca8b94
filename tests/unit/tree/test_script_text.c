/* SPDX-License-Identifier: MIT */
#include "text.h"

#include "base/limits.h"
#include "tree/script_text.h"

static struct trie *script_bytes(const char *text, size_t size, const struct script_filter *filter,
                                 uint64_t *ret_skipped)
{
    struct trie *trie = trie_new();
    assert_non_null(trie);
    struct source source = text_source(text, size);
    assert_int_equal(script_text_read(trie, &source, filter, ret_skipped, NULL), 0);
    source_close(&source);
    assert_int_equal(trie_sum(trie), 0);
    return trie;
}

static struct trie *script_trie(const char *text)
{
    uint64_t skipped = 1;
    struct trie *trie = script_bytes(text, strlen(text), NULL, &skipped);
    assert_int_equal(skipped, 0);
    return trie;
}

static void assert_column(const struct trie *trie, uint32_t column, const char *event,
                          const char *weight, const char *unit)
{
    assert_true(column < trie->column_count);
    assert_string_equal(trie->columns[column].event, event);
    assert_string_equal(trie->columns[column].weight, weight);
    assert_string_equal(trie->columns[column].unit, unit);
}

static void samples_are_folded_root_first(void **state)
{
    CLEANUP(trie_cleanup)
    struct trie *trie = script_trie("# a comment\n"
                                    "go  6668   526.049254:     200040 cpu-clock: \n"
                                    "\tffffffff82200809 _raw_spin+0x19 ([kernel.kallsyms])\n"
                                    "\t    7fa4530f2ad7 main+0x7 (/usr/bin/go)\n"
                                    "\n"
                                    "go  6668   526.049446:     1 cpu-clock: \n"
                                    "\t    7fa4530f2ad9 main+0x9 (/usr/bin/go)");
    assert_folded_as(trie, true, "go;main 1\ngo;main;_raw_spin_[k] 200040\n");
    assert_int_equal(trie->column_count, 1);
    assert_column(trie, 0, "cpu-clock", "period", "ns");
    assert_int_equal(trie->columns[0].samples, 2);
    assert_int_equal(trie->columns[0].recorded, 200041);
    uint32_t group = trie->first[0];
    assert_int_equal(trie->frames.items[trie->frame[group]].kind, FRAME_GROUP);
    assert_string_equal(frames_object(&trie->frames, trie->frame[trie->first[group]]), "go");
}

/* The sample that a header line makes, as the filter sees it. */
struct seen {
    struct script_sample sample;
    char comm[64], event[64];
    int count;
};

static int see(void *context, const struct script_sample *sample, const char **ret_group)
{
    struct seen *seen = context;
    seen->count++;
    seen->sample = *sample;
    snprintf(seen->comm, sizeof seen->comm, "%s", sample->comm);
    snprintf(seen->event, sizeof seen->event, "%s", sample->event);
    *ret_group = NULL;
    return 1;
}

static void assert_header(const char *line, const char *comm, uint32_t pid, uint32_t tid,
                          uint32_t cpu, uint64_t time, uint64_t period, const char *event)
{
    struct seen seen = {0};
    struct script_filter filter = {.select = see, .context = &seen};
    uint64_t skipped = 1;
    CLEANUP(trie_cleanup) struct trie *trie = script_bytes(line, strlen(line), &filter, &skipped);
    assert_int_equal(skipped, 0);
    assert_int_not_equal(trie->column_count, 0);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.comm, comm);
    assert_string_equal(seen.event, event);
    assert_int_equal(seen.sample.pid, pid);
    assert_int_equal(seen.sample.tid, tid);
    assert_int_equal(seen.sample.cpu, cpu);
    assert_true(seen.sample.time == time);
    assert_int_equal(seen.sample.has_period, period != 0);
    assert_true(seen.sample.period == (period ? period : 1));
}

static void headers_come_in_variants(void **state)
{
    const uint32_t no = UINT32_MAX;
    assert_header("go  6668   526.049254:     200040 cpu-clock: \n", "go", no, 6668, no,
                  526049254000, 200040, "cpu-clock");
    assert_header("swapper     0/0     [003]  1.000000001:  7 cycles:u: \n", "swapper", 0, 0, 3,
                  1000000001, 7, "cycles:u");
    assert_header("Web Content 1234/1240 [001] 100.5: cpu-clock:ppp: ", "Web Content", 1234, 1240,
                  1, 100500000000, 0, "cpu-clock:ppp");
    assert_header("worker 12    99/100 [000] 1.0: 1 cycles:", "worker 12", 99, 100, 0, 1000000000,
                  1, "cycles");
    assert_header("worker 12    99   526.25: 200 cycles:", "worker 12", no, 99, no, 526250000000,
                  200, "cycles");
    assert_header("a (b) [c] 5 sched:sched_switch: prev_comm=x: 1 2 3 ==> y: z", "a (b) [c]", no, 5,
                  no, 0, 0, "sched:sched_switch");
    assert_header("         perf 7 [000] 2.5: 3 cpu/event=0x3c,umask=1/u:  \r\n", "perf", no, 7, 0,
                  2500000000, 3, "cpu/event=0x3c,umask=1/u");
    assert_header(":-1    -1/-1    [000] 2.5: 3 cycles: ", ":-1", no, no, 0, 2500000000, 3,
                  "cycles");
}

static void what_is_no_header_is_counted(void **state)
{
    static const char text[] = "go 1 PERF_RECORD_COMM: go:1/1\n"
                               "one\n"
                               "\tabc early+0x1 (x)\n"
                               "go 1 5\n"
                               "go 99999999999 cycles:\n"
                               "go 1 cycles:\n"
                               "\tnonsense\n"
                               "\tfff\n"
                               "\tabc main+0x1 (x)\n";
    uint64_t skipped = 0;
    CLEANUP(trie_cleanup) struct trie *trie = script_bytes(text, strlen(text), NULL, &skipped);
    assert_int_equal(skipped, 7);
    assert_folded(trie, "go;main 1\n");
    assert_column(trie, 0, "cycles", "samples", "samples");
}

static void assert_frame(const char *place, const char *name, enum frame_kind kind,
                         const char *object)
{
    struct buffer text = {0};
    buffer_printf(&text, "c 1 cycles:\n\t   ffff %s\n", place);
    CLEANUP(trie_cleanup) struct trie *trie = script_trie(buffer_string(&text));
    buffer_done(&text);
    uint32_t node = trie->first[trie->first[0]];
    assert_int_not_equal(node, 0);
    assert_string_equal(trie_name(trie, node), name);
    assert_int_equal(trie->frames.items[trie->frame[node]].kind, kind);
    assert_string_equal(frames_object(&trie->frames, trie->frame[node]), object);
}

static void places_become_frames(void **state)
{
    assert_frame("main+0x1f (/usr/bin/a b)", "main", FRAME_USER, "a b");
    assert_frame("std::f(int, char (*)()) const+0x1 (/a/b)", "std::f(int, char (*)()) const",
                 FRAME_USER, "b");
    assert_frame("operator()<(x)0>+0x1 (/a/(b)/c (deleted))", "operator()<(x)0>", FRAME_USER, "c");
    assert_frame("a;b+0x1 (/x)", "a:b", FRAME_USER, "x");
    assert_frame("f+0xzz (/x)", "f+0xzz", FRAME_USER, "x");
    assert_frame("no_object+0x5", "no_object", FRAME_USER, "");
    assert_frame("[unknown] (/usr/lib/libc.so.6 (deleted))", "[libc.so.6]", FRAME_USER,
                 "libc.so.6");
    assert_frame("[unknown] ([unknown])", "[unknown]", FRAME_MARK, "");
    assert_frame("[unknown]", "[unknown]", FRAME_MARK, "");
    assert_frame("([unknown])", "[unknown]", FRAME_MARK, "");
    assert_frame("[unknown] ([kernel.kallsyms])", "[kernel.kallsyms]", FRAME_KERNEL,
                 "[kernel.kallsyms]");
    assert_frame("[unknown] ([vdso])", "[vdso]", FRAME_USER, "[vdso]");
    assert_frame("clock+0x5 ([vdso])", "clock", FRAME_USER, "[vdso]");
    assert_frame("ext4_read+0x5 ([ext4])", "ext4_read", FRAME_KERNEL, "[ext4]");
    assert_frame("f+0x5 (/lib/modules/6.1/kernel/fs/x.ko.xz)", "f", FRAME_KERNEL, "x.ko.xz");
    assert_frame("f+0x5 (/usr/lib/debug/vmlinux-6.1)", "f", FRAME_KERNEL, "vmlinux-6.1");
    assert_frame("LazyCompile:~f /x.js:1+0x5 (/tmp/perf-12.map)", "LazyCompile:~f /x.js:1",
                 FRAME_JIT, "perf-12.map");
    assert_frame("[unknown] (/tmp/perf-12.map)", "[perf-12.map]", FRAME_JIT, "perf-12.map");
    assert_frame("f+0x1 (/home/x/.debug/jit/jitted-12-3.so)", "f", FRAME_JIT, "jitted-12-3.so");
    assert_frame("std::max<int> (inlined)", "std::max<int>", FRAME_INLINED, "");
    assert_frame("max(int) (inlined)", "max(int)", FRAME_INLINED, "");
    assert_frame("max+0x1 (/a/b) (inlined)", "max", FRAME_INLINED, "b");
    assert_frame(") (/x)", ")", FRAME_USER, "x");
    assert_frame("f)) (", "f)) (", FRAME_USER, "");
}

static void events_make_columns(void **state)
{
    CLEANUP(trie_cleanup)
    struct trie *trie = script_trie("a 1 1.0: 10 task-clock:u:\n\t1 f+0x1 (x)\n\n"
                                    "a 1 1.0: 20 cpu_core/cycles/P:\n\t1 f+0x1 (x)\n\n"
                                    "a 1 1.0: sched:sched_switch: prev=b (0)\n\t1 f+0x1 (x)\n"
                                    "a 1 1.0: 5 task-clock:u:\n\t1 g+0x1 (x)\n");
    assert_int_equal(trie->column_count, 3);
    assert_column(trie, 0, "task-clock:u", "period", "ns");
    assert_column(trie, 1, "cpu_core/cycles/P", "period", "cycles");
    assert_column(trie, 2, "sched:sched_switch", "samples", "samples");
    assert_int_equal(trie_total(trie, 0, 0), 15);
    assert_int_equal(trie_total(trie, 1, 0), 20);
    assert_int_equal(trie_total(trie, 2, 0), 1);
}

static void a_frame_may_stand_in_the_header(void **state)
{
    CLEANUP(trie_cleanup)
    struct trie *trie =
        script_trie("  a 1 1.0: 10 cycles:  ffffffff810 native_halt+0x6 ([kernel.kallsyms])\n"
                    "  a 1 1.0: 20 cycles:      7f0011 [unknown] (/lib/b.so)\n"
                    "  a 1 1.0: probe:x: 7f0011 f+0x1 (/lib/b.so)\n");
    assert_folded(trie, "a 1\na;[b.so] 20\na;native_halt 10\n");
}

static int leave_out(void *context, const struct script_sample *sample, const char **ret_group)
{
    *ret_group = "group";
    return sample->tid == 2;
}

static int refuse(void *context, const struct script_sample *sample, const char **ret_group)
{
    return -PFL_ERROR_USAGE;
}

static void a_filter_chooses_and_names_the_root(void **state)
{
    static const char text[] = "a 1 1.0: 10 cycles:\n\t1 f+0x1 (x)\n\n"
                               "a 2 1.0: 20 cycles:\n\t1 f+0x1 (x)\n";
    struct script_filter filter = {.select = leave_out};
    uint64_t skipped = 1;
    CLEANUP(trie_cleanup) struct trie *trie = script_bytes(text, strlen(text), &filter, &skipped);
    assert_int_equal(skipped, 0);
    assert_folded(trie, "group;f 20\n");
    assert_int_equal(trie->columns[0].recorded, 30);
    assert_int_equal(trie->columns[0].samples, 1);
    filter.hits = true;
    CLEANUP(trie_cleanup) struct trie *hits = script_bytes(text, strlen(text), &filter, &skipped);
    assert_folded(hits, "group;f 1\n");
    assert_string_equal(hits->columns[0].weight, "samples");
    assert_int_equal(hits->columns[0].recorded, 2);
    filter.select = refuse;
    struct source source = text_source(text, strlen(text));
    assert_int_equal(script_text_read(trie, &source, &filter, &skipped, NULL), -PFL_ERROR_USAGE);
    source_close(&source);
}

static void hostile_text_does_no_harm(void **state)
{
    static const char text[] = "a\0b 1 1.0: 18446744073709551615 cy\0:\n"
                               "\t1 f\0+0x1 (x)\n\t1 \0\0 (x)\n\t1 \xff\xfe\x1b+0x1 (\xff)\n\n\0\n"
                               "a 1 1.0: 18446744073709551616 cycles:\n"
                               "a 1 1.0: 18446744073709551615 cycles:";
    uint64_t skipped = 0;
    CLEANUP(trie_cleanup) struct trie *trie = script_bytes(text, sizeof text - 1, NULL, &skipped);
    assert_int_equal(skipped, 3);
    assert_int_equal(trie->column_count, 2);
    assert_true(trie_total(trie, 1, 0) == INT64_MAX);
}

static void long_names_and_deep_stacks_are_cut(void **state)
{
    struct buffer text = {0};
    char *name = mem_alloc(10000);
    memset(name, 'n', 10000);
    buffer_text(&text, "a 1 1.0: 1 cycles:\n\t1 ");
    buffer_append(&text, name, 10000);
    buffer_text(&text, "+0x1 (/");
    buffer_append(&text, name, 10000);
    buffer_text(&text, ")\n\t1 [unknown] (/");
    buffer_append(&text, name, 10000);
    buffer_text(&text, ")\n\na 1 1.0: 1 cycles:\n");
    for (int i = 0; i < LIMIT_STACK_FRAMES + 1; i++)
        buffer_text(&text, "\t1 f+0x1 (x)\n");
    uint64_t skipped = 1;
    CLEANUP(trie_cleanup) struct trie *trie = script_bytes(text.data, text.size, NULL, &skipped);
    assert_int_equal(skipped, 0);
    assert_int_equal(trie->count, 1 + 1 + 2 + 1 + LIMIT_STACK_FRAMES);
    assert_string_equal(trie_name(trie, trie->first[1]), "[truncated]");
    mem_free(name);
    buffer_done(&text);
}

static void more_events_than_columns_are_counted(void **state)
{
    struct buffer text = {0};
    for (int i = 0; i < LIMIT_COLUMNS + 5; i++)
        buffer_printf(&text, "a 1 1.0: 1 e%d:\n\t1 f+0x1 (x)\n\n", i);
    uint64_t skipped = 0;
    CLEANUP(trie_cleanup) struct trie *trie = script_bytes(text.data, text.size, NULL, &skipped);
    assert_int_equal(skipped, 5);
    assert_int_equal(trie->column_count, LIMIT_COLUMNS);
    buffer_done(&text);
}

static void script_text_is_recognised(void **state)
{
    static const char *const yes[] = {"go  6668   526.049254:     200040 cpu-clock: \n\tffff",
                                      "# ========\n# captured on    : today\n",
                                      "\n# x\n a 1/1 cycles:\n"};
    static const char *const no[] = {"", "a;b 1\n", "# x\n", "<svg>\n", "x 1 2 3\n", "{}\n"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(script_text_recognises(yes[i], strlen(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(script_text_recognises(no[i], strlen(no[i])));
}

static void frames_are_known_without_their_header(void **state)
{
    static const char *const yes[] = {"app  5227 \n\t      90c0 look_up\n",
                                      "# x\n\n\tffff f+0x1 (x)\n", "a 1\n\nb 2\n\t1 f\n"};
    static const char *const no[] = {"", "a;b 1\n", "\tapp;f 1\n", "a 1\n  90c0 f 1\n", "\t90c0\n"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(script_text_has_frames(yes[i], strlen(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(script_text_has_frames(no[i], strlen(no[i])));
}

static void without_memory_it_says_so(void **state)
{
    static const char text[] = "a 1 1.0: 10 cycles:\n\t1 f+0x1 (x)\n\t1 [unknown] (/y)\n";
    struct source source = text_source(text, strlen(text));
    int result = -PFL_ERROR_MEMORY;
    for (long n = 0; result < 0; n++) {
        CLEANUP(trie_cleanup) struct trie *trie = trie_new();
        uint64_t skipped;
        mem_fail_after(n);
        result = script_text_read(trie, &source, NULL, &skipped, NULL);
        mem_fail_after(-1);
        assert_true(result == 0 || result == -PFL_ERROR_MEMORY);
        assert_true(n < 200);
    }
    source_close(&source);
}

static void events_and_nodes_may_not_multiply(void **state)
{
    struct buffer text = {0};
    for (unsigned i = 0; i < 4000; i++)
        buffer_printf(&text, "a 1 1.1: 1 e%x:\n\tf s%x (d)\n\n", i, i);
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    struct source source = text_source(text.data, text.size);
    struct pfl_error err;
    uint64_t skipped;
    assert_int_equal(script_text_read(trie, &source, NULL, &skipped, &err), -PFL_ERROR_LIMIT);
    assert_non_null(strstr(err.message, "choose some with -e"));
    source_close(&source);
    buffer_done(&text);
}

RUN_TESTS(TEST(samples_are_folded_root_first), TEST(headers_come_in_variants),
          TEST(what_is_no_header_is_counted), TEST(places_become_frames), TEST(events_make_columns),
          TEST(a_frame_may_stand_in_the_header), TEST(a_filter_chooses_and_names_the_root),
          TEST(hostile_text_does_no_harm), TEST(long_names_and_deep_stacks_are_cut),
          TEST(more_events_than_columns_are_counted), TEST(script_text_is_recognised),
          TEST(frames_are_known_without_their_header), TEST(without_memory_it_says_so),
          TEST(events_and_nodes_may_not_multiply))
