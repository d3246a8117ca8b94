/* SPDX-License-Identifier: MIT */
/* The ip of a switch is the stack of who goes; 1000 + ip is the same under [still waiting]. */
#include "lab.h"

static const struct lab_event events[] = {
    {.name = "sched:sched_switch", .fields = {"prev_pid", "prev_state", "next_pid"}},
    {.name = "sched:sched_wakeup", .fields = {"pid"}},
    {.name = "offcpu-time", .config = PERF_SW_BPF_OUTPUT},
};
enum { SWITCH, WAKEUP, OFF_CPU, EVENTS };
enum { RUNNABLE = 0, SLEEPING = 1, UNINTERRUPTIBLE = 2, DEAD = 0x10, PREEMPTED = 0x100 };

static struct lab lab;

static void begin(void)
{
    lab = (struct lab){0};
    assert_int_equal(lab_open(&lab, events, EVENTS, NULL), 0);
}

static void change(uint64_t time, uint32_t from, uint32_t state, uint32_t to, uint32_t stack)
{
    lab.time = time - 10;
    lab_sample(&lab, SWITCH, from, stack, from, state, to);
}

static void blocked_and_runnable_are_told_apart_and_idle_is_neither(void **state)
{
    begin();
    change(100, 11, SLEEPING, 0, 1);
    change(150, 0, RUNNABLE, 12, 9);
    change(160, 12, PREEMPTED, 11, 2);
    change(175, 11, UNINTERRUPTIBLE, 12, 3);
    change(180, 12, DEAD, 11, 4);
    change(200, 11, DEAD, 0, 5);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "off-cpu", 1), 60);
    assert_int_equal(lab_value(&lab, "runqueue", 2), 15);
    assert_int_equal(lab_value(&lab, "off-cpu", 3), 5);
    assert_int_equal(lab_value(&lab, "off-cpu", 9) + lab_value(&lab, "runqueue", 9), 0);
    assert_int_equal(lab_recorded(&lab, "off-cpu"), 65);
    assert_int_equal(lab_recorded(&lab, "runqueue"), 15);
    assert_int_equal(weigher_report(lab.weigher)->waits.still, 0);
    lab_close(&lab);
}

static void a_wakeup_ends_the_block_and_not_the_wait(void **state)
{
    begin();
    change(100, 11, SLEEPING, 0, 1);
    lab.time = 130;
    lab_sample(&lab, WAKEUP, 12, 9, 11);
    lab_sample(&lab, WAKEUP, 12, 9, 11);
    change(200, 0, RUNNABLE, 11, 9);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "off-cpu", 1), 40);
    assert_int_equal(lab_value(&lab, "runqueue", 1), 60);
    lab_close(&lab);
}

static void a_wait_that_never_ends_counts_to_the_end(void **state)
{
    begin();
    change(100, 11, SLEEPING, 0, 1);
    change(150, 0, RUNNABLE, 12, 9);
    change(300, 12, SLEEPING, 0, 2);
    lab.time = 390;
    lab_record(&lab, (struct perf_record){.type = PERF_RECORD_EXIT, .pid = 10, .tid = 11});
    change(410, 0, RUNNABLE, 14, 9);
    change(420, 14, RUNNABLE, 0, 3);
    lab_record(&lab, (struct perf_record){.type = PERF_RECORD_EXIT, .pid = 10, .tid = 14});
    change(450, 0, RUNNABLE, 14, 9); /* preempted while it exits */
    change(460, 14, DEAD, 0, 3);
    change(500, 0, RUNNABLE, 0, 9);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "runqueue", 3), 30);
    assert_int_equal(lab_value(&lab, "off-cpu", 1001), 300);
    assert_int_equal(lab_value(&lab, "off-cpu", 1002), 200);
    assert_int_equal(lab_value(&lab, "off-cpu", 1), 0);
    assert_int_equal(weigher_report(lab.weigher)->waits.still, 2);
    lab_close(&lab);
}

static void waits_are_clipped_to_the_window(void **state)
{
    begin();
    weigher_set_window(lab.weigher, (struct filter_window){120, 180}, 0);
    change(100, 11, SLEEPING, 0, 1);
    change(150, 0, RUNNABLE, 11, 9);
    change(160, 11, SLEEPING, 0, 2);
    change(250, 0, RUNNABLE, 11, 9);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "off-cpu", 1), 30);
    assert_int_equal(lab_value(&lab, "off-cpu", 2), 20);
    assert_int_equal(lab_recorded(&lab, "off-cpu"), 140);
    lab_close(&lab);
}

static void filters_choose_waits_and_not_their_ends(void **state)
{
    begin();
    lab.refused_tid = 12;
    change(100, 11, SLEEPING, 12, 1);
    change(150, 12, SLEEPING, 11, 2);
    change(170, 11, SLEEPING, 0, 1);
    change(200, 0, RUNNABLE, 12, 9);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "off-cpu", 1), 50);
    assert_int_equal(lab_value(&lab, "off-cpu", 2), 0);
    lab_close(&lab);
}

static void of_one_task_the_switch_records_tell_the_end(void **state)
{
    begin();
    change(100, 11, SLEEPING, 0, 1);
    lab.time = 140;
    lab_record(&lab, (struct perf_record){.type = PERF_RECORD_SWITCH, .pid = 10, .tid = 11});
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "off-cpu", 1), 50);
    lab_close(&lab);
}

static struct buffer off_cpu_payload(bool swap)
{
    const uint32_t task[] = {10, 11};
    const uint64_t words[] = {500, 2, PERF_CONTEXT_USER, 0x400010, 77};
    struct buffer raw = {0};
    for (size_t i = 0; i < 2; i++)
        lab_put(&raw, swap ? __builtin_bswap32(task[i]) : task[i], 4);
    for (size_t i = 0; i < 5; i++)
        lab_put(&raw, swap ? __builtin_bswap64(words[i]) : words[i], 8);
    return raw;
}

static void a_wait_told_as_a_whole_is_what_its_payload_says(void **state)
{
    for (int swap = 0; swap < 2; swap++) {
        CLEANUP(buffer_done) struct buffer raw = off_cpu_payload(swap);
        begin();
        lab.session.facts.swapped = swap;
        struct perf_record record = {.pid = 1, .tid = 1, .sample = {.event = OFF_CPU, .period = 1}};
        record.sample.fields = PERF_SAMPLE_CGROUP;
        record.sample.cgroup = 5;
        record.sample.raw = (const uint8_t *)raw.data;
        for (size_t left = 0; left < 2; left++) { /* without a cgroup behind, and with it */
            record.sample.raw_size = (uint32_t)(raw.size - 8 + 8 * left);
            assert_int_equal(weigher_sample(lab.weigher, &record, NULL), 0);
            assert_true(lab.last.pid == 10 && lab.last.tid == 11);
            assert_int_equal(lab.last.sample.period, 500);
            assert_int_equal(lab.last.sample.callchain.count, 2);
            assert_int_equal(perf_word(&lab.last.sample.callchain, 1), 0x400010);
            assert_int_equal(lab.last.sample.cgroup, left ? 77 : 5);
        }
        lab_close(&lab);
    }
}

static void of_sampled_switches_no_wait_is_known(void **state)
{
    const struct lab_event every_third = {.name = "sched:sched_switch",
                                          .fields = {"prev_pid", "prev_state", "next_pid"},
                                          .period = 3};
    lab = (struct lab){0};
    assert_int_equal(lab_open(&lab, &every_third, 1, NULL), 0);
    change(100, 11, SLEEPING, 0, 1);
    change(150, 0, RUNNABLE, 11, 9);
    change(160, 11, SLEEPING, 0, 2);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "off-cpu", 1), 0);
    assert_true(weigher_report(lab.weigher)->switches_sampled);
    assert_true(weigher_report(lab.weigher)->switches_without_ins);
    lab_close(&lab);
}

static void without_switch_ins_there_are_no_waits(void **state)
{
    begin();
    change(100, 11, SLEEPING, 0, 1);
    change(150, 12, SLEEPING, 11, 2);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "off-cpu", 1), 0);
    assert_int_equal(lab_value(&lab, "samples", 1), 1);
    assert_true(weigher_report(lab.weigher)->switches_without_ins);
    lab_close(&lab);
    const char *weights[] = {"off-cpu", NULL};
    const struct perf_losses none = {0};
    lab = (struct lab){.options.weights = weights};
    assert_int_equal(lab_open(&lab, events, EVENTS, NULL), 0);
    change(100, 11, SLEEPING, 0, 1);
    assert_int_equal(weigher_finish(lab.weigher, &none, NULL), -PFL_ERROR_ABSENT);
    lab_close(&lab);
}

static void a_machine_that_is_never_idle_is_known_by_its_switches(void **state)
{
    for (int command = 0; command < 2; command++) {
        lab = (struct lab){0};
        assert_int_equal(lab_open(&lab, events, EVENTS, NULL), 0);
        weigher_free(lab.weigher);
        lab.events[SWITCH].enable_on_exec = command;
        const struct weigher_host host = lab_host(&lab);
        assert_int_equal(
            weigher_new(&lab.weigher, &lab.session, &lab.options, lab.stacks, &host, NULL), 0);
        for (uint32_t i = 0; i < weigher_column_count(lab.weigher); i++)
            weigher_set_target(lab.weigher, i, i);
        change(100, 11, SLEEPING, 12, 1);
        change(150, 12, SLEEPING, 11, 2);
        change(160, 11, SLEEPING, 12, 1);
        lab_finish(&lab);
        assert_int_equal(lab_value(&lab, "off-cpu", 1), command ? 0 : 50);
        lab_close(&lab);
    }
}

static void a_switch_in_that_was_lost_makes_no_wait(void **state)
{
    begin();
    change(100, 11, SLEEPING, 0, 1);
    change(150, 11, SLEEPING, 0, 1);
    change(200, 0, RUNNABLE, 11, 9);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "off-cpu", 1), 50);
    assert_int_equal(weigher_report(lab.weigher)->waits.lost, 1);
    lab_close(&lab);
}

/* What perf's BPF program sums up has its time as period; what it reports at once has all in its
 * payload, and may be cut anywhere. */
static void both_encodings_of_off_cpu_recordings_are_read(void **state)
{
    struct {
        uint32_t pid, tid;
        uint64_t period, count, chain[2], cgroup;
    } raw = {10, 11, 700, 2, {PERF_CONTEXT_USER, 0x1234}, 1};
    static const struct lab_event own[] = {{.name = "offcpu-time", .config = PERF_SW_BPF_OUTPUT}};
    lab = (struct lab){0};
    assert_int_equal(lab_open(&lab, own, 1, NULL), 0);
    struct perf_record record = {
        .type = PERF_RECORD_SAMPLE,
        .time = UINT64_MAX << 32,
        .pid = 10,
        .tid = 12,
        .sample = {.event = 0, .ip = 1, .period = 40, .fields = PERF_SAMPLE_CALLCHAIN}};
    assert_int_equal(weigher_sample(lab.weigher, &record, NULL), 0);
    lab.refused_tid = 12;
    record.sample.raw = (const uint8_t *)&raw;
    for (uint32_t size = 0; size <= sizeof raw; size++) {
        record.sample.raw_size = size;
        assert_int_equal(weigher_sample(lab.weigher, &record, NULL), 0);
    }
    /* Whole from the end of the chain on: the thread is the payload's. */
    assert_int_equal(lab_value(&lab, "off-cpu", 1), 40 + 9 * 700);
    lab_close(&lab);
}

RUN_TESTS(TEST(blocked_and_runnable_are_told_apart_and_idle_is_neither),
          TEST(a_wakeup_ends_the_block_and_not_the_wait),
          TEST(a_wait_that_never_ends_counts_to_the_end), TEST(waits_are_clipped_to_the_window),
          TEST(filters_choose_waits_and_not_their_ends),
          TEST(a_wait_told_as_a_whole_is_what_its_payload_says),
          TEST(of_one_task_the_switch_records_tell_the_end),
          TEST(of_sampled_switches_no_wait_is_known), TEST(without_switch_ins_there_are_no_waits),
          TEST(a_machine_that_is_never_idle_is_known_by_its_switches),
          TEST(a_switch_in_that_was_lost_makes_no_wait),
          TEST(both_encodings_of_off_cpu_recordings_are_read))
