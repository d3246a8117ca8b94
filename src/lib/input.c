/* SPDX-License-Identifier: MIT */
#include "lib/input.h"

#include <string.h>

static int copy_fact(char **ret_text, const char *text, struct pfl_error *err)
{
    if (!text)
        return 0;
    *ret_text = mem_copy_text(text, strlen(text));
    return *ret_text ? 0 : error_memory(err);
}

static int input_take_event(struct input_event *to, const struct perf_event *event,
                            struct pfl_error *err)
{
    char unit[64];
    perf_event_unit(event, unit, sizeof unit);
    *to = (struct input_event){
        .setting = event->sample_period,
        .frequency = event->frequency,
        .has_callchain = perf_event_has_callchain(event),
        .has_branch_stack = perf_event_has_branch_callchain(event),
        .stack_bytes = event->sample_stack_user,
    };
    int r = copy_fact(&to->name, event->name, err);
    return r < 0 ? r : copy_fact(&to->unit, unit, err);
}

const char *input_kind_name(enum input_kind kind)
{
    static const char *const names[INPUT_KIND_COUNT] = {
        [INPUT_RECORDING] = "perf.data",
        [INPUT_PICTURE] = "picture of perflame",
        [INPUT_SCRIPT] = "perf script text",
        [INPUT_FOLDED] = "folded stacks",
    };
    return names[kind];
}

bool input_has_several_events(const struct input *input)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < input->event_count; i++)
        count += input->events[i].samples > 0;
    return count > 1;
}

int input_take_facts(struct input *input, const struct perf_session *session, struct pfl_error *err)
{
    const struct perf_facts *facts = perf_session_facts(session);
    input->cpus_online = facts->cpus_online;
    input->closed = facts->closed;
    input->swapped = facts->swapped;
    input->has_auxtrace = facts->has_auxtrace;
    input->has_stat = facts->has_stat;
    int r;
    if ((r = copy_fact(&input->hostname, facts->hostname, err)) < 0 ||
        (r = copy_fact(&input->os_release, facts->os_release, err)) < 0 ||
        (r = copy_fact(&input->perf_version, facts->perf_version, err)) < 0 ||
        (r = copy_fact(&input->arch, facts->arch, err)) < 0 ||
        (r = copy_fact(&input->cpu, facts->cpu_description, err)) < 0 ||
        (r = copy_fact(&input->command_line, facts->command_line, err)) < 0)
        return r;
    uint32_t count = perf_session_event_count(session);
    input->events = mem_zalloc(count, sizeof *input->events);
    if (!input->events)
        return error_memory(err);
    for (; input->event_count < count && r == 0; input->event_count++)
        r = input_take_event(&input->events[input->event_count],
                             perf_session_event(session, input->event_count), err);
    return r;
}

void input_take_losses(struct input *input, const struct perf_session *session,
                       const struct source *source)
{
    input->losses = *perf_session_losses(session);
    input->shrunk = source_has_shrunk(source);
    input->losses.truncated |= input->shrunk;
    input->has_compressed = perf_session_facts(session)->compressed;
    for (uint32_t i = 0; i < input->event_count; i++) {
        input->events[i].losses = perf_session_event_losses(session, i);
        input->lost += input->events[i].losses.lost;
    }
}

void input_done(struct input *input)
{
    mem_free(input->name);
    mem_free(input->hostname);
    mem_free(input->os_release);
    mem_free(input->perf_version);
    mem_free(input->arch);
    mem_free(input->cpu);
    mem_free(input->command_line);
    for (uint32_t i = 0; i < input->event_count; i++) {
        mem_free(input->events[i].name);
        mem_free(input->events[i].unit);
        for (uint32_t k = 0; k < input->events[i].field_count; k++)
            mem_free(input->events[i].fields[k].name);
        mem_free(input->events[i].fields);
    }
    mem_free(input->cxx_library);
    mem_free(input->events);
    processes_done(&input->processes);
    *input = (struct input){0};
}
