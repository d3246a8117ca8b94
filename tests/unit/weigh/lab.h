/* SPDX-License-Identifier: MIT */
/* A recording made of calls: its session is faked, its formats are texts as the kernel has them,
 * and the row of a sample's stack is its ip. */
#ifndef PFL_TESTS_UNIT_WEIGH_LAB_H
#define PFL_TESTS_UNIT_WEIGH_LAB_H

#include "../check.h"

#include <stdio.h>

#include "base/buffer.h"
#include "weigh/weigh.h"

#define LAB_FIELDS 8

/* All fields of its payload have 8 bytes. */
struct lab_event {
    const char *name; /* "kmem:kfree"; without a colon: a software event of this config */
    uint64_t config;
    const char *fields[LAB_FIELDS];
    uint64_t period;
};

struct perf_session {
    struct perf_event *events;
    uint32_t count;
    struct buffer tracing;
    struct perf_facts facts;
};

struct lab {
    struct perf_session session;
    struct perf_event events[16];
    struct weigher *weigher;
    struct weigher_options options;
    struct stacks *stacks;
    uint64_t time;
    uint32_t rows;           /* asked for */
    uint32_t refused_tid;    /* whose samples the filters do not pass */
    uint64_t function;       /* the last row's */
    struct perf_record last; /* likewise */
};

uint32_t perf_session_event_count(const struct perf_session *session)
{
    return session->count;
}

const struct perf_event *perf_session_event(const struct perf_session *session, uint32_t event)
{
    return &session->events[event];
}

const struct perf_facts *perf_session_facts(const struct perf_session *session)
{
    return &session->facts;
}

const uint8_t *perf_session_tracing(const struct perf_session *session, size_t *ret_size)
{
    *ret_size = session->tracing.size;
    return (const uint8_t *)session->tracing.data;
}

static void lab_put(struct buffer *to, uint64_t value, size_t size)
{
    buffer_append(to, &value, size);
}

static void lab_put_format(struct buffer *to, const struct lab_event *event, uint64_t id)
{
    struct buffer text = {0};
    buffer_printf(&text,
                  "name: %s\nID: %llu\nformat:\n"
                  "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
                  "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n",
                  strchr(event->name, ':') + 1, (unsigned long long)id);
    for (int i = 0; i < LAB_FIELDS && event->fields[i]; i++)
        buffer_printf(&text, "\tfield:u64 %s;\toffset:%d;\tsize:8;\tsigned:%d;\n", event->fields[i],
                      8 + 8 * i, strncmp(event->fields[i], "signed", 6) == 0);
    buffer_text(&text, "\nprint fmt: \"%lx\", REC->nothing(\n");
    lab_put(to, text.size, 8);
    buffer_append(to, text.data, text.size);
    buffer_done(&text);
}

static void lab_put_tracing(struct buffer *to, const struct lab_event *events, uint32_t count)
{
    buffer_append(to, "\x17\x08\x44tracing0.6\0\0\x08", 16);
    lab_put(to, 4096, 4);
    buffer_append(to, "header_page\0\0\0\0\0\0\0\0\0header_event\0\0\0\0\0\0\0\0\0", 41);
    lab_put(to, 0, 4);
    uint32_t points = 0;
    for (uint32_t i = 0; i < count; i++)
        points += strchr(events[i].name, ':') != NULL;
    lab_put(to, points, 4); /* a system each */
    for (uint32_t i = 0; i < count; i++) {
        const char *colon = strchr(events[i].name, ':');
        if (!colon)
            continue;
        buffer_append(to, events[i].name, (size_t)(colon - events[i].name));
        buffer_char(to, '\0');
        lab_put(to, 1, 4);
        lab_put_format(to, &events[i], 100 + i);
    }
}

static bool lab_accepts(void *context, const struct perf_record *record)
{
    const struct lab *lab = context;
    return record->tid != lab->refused_tid;
}

static int lab_row(void *context, const struct perf_record *record, uint64_t function,
                   uint32_t *ret_row, struct pfl_error *err)
{
    struct lab *lab = context;
    lab->rows++;
    lab->function = function;
    lab->last = *record;
    *ret_row = stacks_row(lab->stacks, (struct stacks_row){.group = (uint32_t)record->sample.ip});
    return 0;
}

static int lab_entered(void *context, const struct perf_record *record, struct pfl_error *err)
{
    return 0;
}

static int lab_still_waiting(void *context, uint32_t row, uint32_t *ret_row, struct pfl_error *err)
{
    struct lab *lab = context;
    struct stacks_row waiting = stacks_row_at(lab->stacks, row);
    waiting.group += 1000;
    *ret_row = stacks_row(lab->stacks, waiting);
    return 0;
}

static struct weigher_host lab_host(struct lab *lab)
{
    return (struct weigher_host){.context = lab,
                                 .accepts = lab_accepts,
                                 .row = lab_row,
                                 .entered = lab_entered,
                                 .still_waiting = lab_still_waiting};
}

/* Returns what weigher_new does. The lab's options may be set before. */
static int lab_open(struct lab *lab, const struct lab_event *events, uint32_t count,
                    struct pfl_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        bool point = strchr(events[i].name, ':');
        lab->events[i] = (struct perf_event){
            .name = (char *)(uintptr_t)events[i].name,
            .type = point ? PERF_TYPE_TRACEPOINT : PERF_TYPE_SOFTWARE,
            .config = point ? 100 + i : events[i].config,
            .sample_period = events[i].period ? events[i].period : 1,
            .sample_type = PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW,
        };
    }
    lab->session.events = lab->events;
    lab->session.count = count;
    lab->time = 1000;
    lab_put_tracing(&lab->session.tracing, events, count);
    lab->stacks = stacks_new();
    const struct weigher_host host = lab_host(lab);
    int r = weigher_new(&lab->weigher, &lab->session, &lab->options, lab->stacks, &host, err);
    for (uint32_t i = 0; r == 0 && i < weigher_column_count(lab->weigher); i++)
        weigher_set_target(lab->weigher, i, i);
    return r;
}

static void lab_close(struct lab *lab)
{
    weigher_free(lab->weigher);
    stacks_free(lab->stacks);
    buffer_done(&lab->session.tracing);
}

/* A sample, 10 ns after the one before. Values of its fields. */
#define lab_sample(lab, event, tid, ip, ...)                                                       \
    lab_sample_(lab, event, tid, ip, (const uint64_t[LAB_FIELDS]){__VA_ARGS__})
static void lab_sample_(struct lab *lab, uint32_t event, uint32_t tid, uint64_t ip,
                        const uint64_t *values)
{
    uint8_t raw[8 + 8 * LAB_FIELDS] = {0};
    memcpy(raw + 8, values, 8 * LAB_FIELDS);
    lab->time += 10;
    const struct perf_record record = {.type = PERF_RECORD_SAMPLE,
                                       .misc = PERF_CPUMODE_USER,
                                       .time = lab->time,
                                       .has_time = true,
                                       .has_cpu = true,
                                       .pid = tid / 10 * 10, /* threads 11, 12 are of process 10 */
                                       .tid = tid,
                                       .sample = {.event = event,
                                                  .fields = PERF_SAMPLE_CALLCHAIN,
                                                  .ip = ip,
                                                  .period = lab->events[event].sample_period,
                                                  .raw = raw,
                                                  .raw_size = sizeof raw}};
    assert_int_equal(weigher_sample(lab->weigher, &record, NULL), 0);
}

__attribute__((unused)) static void lab_record(struct lab *lab, struct perf_record record)
{
    lab->time += 10;
    record.time = lab->time;
    record.has_time = true;
    assert_int_equal(weigher_record(lab->weigher, &record, NULL), 0);
}

__attribute__((unused)) static void lab_finish(struct lab *lab)
{
    const struct perf_losses none = {0};
    assert_int_equal(weigher_finish(lab->weigher, &none, NULL), 0);
}

/* What a weight has at the stack `ip`. */
__attribute__((unused)) static int64_t lab_value(const struct lab *lab, const char *weight,
                                                 uint32_t ip)
{
    for (uint32_t i = 0; i < weigher_column_count(lab->weigher); i++) {
        if (strcmp(weigher_column(lab->weigher, i)->weight, weight) != 0)
            continue;
        for (uint32_t row = 0; row < stacks_row_count(lab->stacks); row++)
            if (stacks_row_at(lab->stacks, row).group == ip)
                return stacks_value(lab->stacks, i, row);
        return 0;
    }
    return -1;
}

__attribute__((unused)) static int64_t lab_recorded(const struct lab *lab, const char *weight)
{
    for (uint32_t i = 0; i < weigher_column_count(lab->weigher); i++)
        if (strcmp(weigher_column(lab->weigher, i)->weight, weight) == 0)
            return weigher_column(lab->weigher, i)->recorded;
    return -1;
}

#endif
