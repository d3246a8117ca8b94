/* SPDX-License-Identifier: MIT */
/* What a careful person wants to know of a recording before trusting its picture. */
#include "perflame/info.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/out.h"
#include "base/text.h"
#include "lib/profile_data.h"

/* Of each list, the heaviest; JSON has more of them. */
#define INFO_PROCESSES      10
#define INFO_OBJECTS        10
#define INFO_JSON_PROCESSES 1000

/* How the stacks of an event were taken. */
static const char *callchain_mode(const struct input_event *event)
{
    return event->stack_bytes        ? "dwarf"
           : event->has_branch_stack ? "lbr"
           : event->has_callchain    ? "fp"
                                     : "none";
}

static void line(struct out *out, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    struct buffer safe = {0};
    text_append_safe(&safe, text, strlen(text));
    out_printf(out, "  %-14s ", label);
    out_bytes(out, safe.data, safe.size);
    out_char(out, '\n');
    buffer_done(&safe);
}

static void line_count(struct out *out, const char *label, uint64_t count)
{
    char text[NUMBER_SIZE];
    if (count == 0)
        return;
    number_count(text, weight_of(count));
    line(out, label, text);
}

static void event_text(struct out *out, const struct input_event *event)
{
    char samples[NUMBER_SIZE], period[NUMBER_SIZE], setting[NUMBER_SIZE];
    number_count(samples, weight_of(event->samples));
    number_weight(period, weight_of(event->period), event->unit);
    number_count(setting, weight_of(event->setting));
    struct buffer text = {0};
    buffer_printf(&text, "%s: %s sample%s, period %s", event->name, samples,
                  event->samples == 1 ? "" : "s", period);
    if (strcmp(event->unit, "ns") != 0)
        buffer_printf(&text, " %s", event->unit);
    buffer_printf(&text, ", %s %s, call graph %s", event->frequency ? "frequency" : "every",
                  setting, callchain_mode(event));
    if (event->stack_bytes)
        buffer_printf(&text, ",%" PRIu32, event->stack_bytes);
    if (event->losses.lost)
        buffer_printf(&text, ", lost %" PRIu64, event->losses.lost);
    if (event->losses.throttled)
        buffer_printf(&text, ", throttled %" PRIu64 " times", event->losses.throttled);
    line(out, "event", buffer_string(&text));
    buffer_clear(&text);
    for (uint32_t i = 0; i < event->field_count; i++) {
        const struct input_field *field = &event->fields[i];
        buffer_printf(&text, "%s%s", i ? ", " : "", field->name);
        if (strcmp(field->unit, field->name) != 0)
            buffer_printf(&text, " (%s)", field->unit);
    }
    line(out, "  fields", buffer_string(&text));
    buffer_done(&text);
}

/* A line that begins with a share of the weight; nothing where there is no part. */
static void line_share(struct out *out, const char *label, int64_t part, int64_t whole,
                       const char *what)
{
    char share[NUMBER_SIZE];
    struct buffer text = {0};
    if (part <= 0 || whole <= 0)
        return;
    number_percent(share, part, whole, 1);
    buffer_printf(&text, "%5s%% %s", share, what);
    line(out, label, buffer_string(&text));
    buffer_done(&text);
}

/* How much of an event's weight cannot be trusted. */
static void quality_text(struct out *out, const struct input_event *event)
{
    const struct input_quality *q = &event->quality;
    line_share(out, "  broken", q->broken, q->weight,
               "in chains that end in garbage: record with `perf record --call-graph dwarf`");
    line_share(out, "  truncated", q->truncated, q->weight,
               event->stack_bytes < INPUT_STACK_MOST
                   ? "in stacks longer than what was captured: record with `perf record "
                     "--call-graph dwarf,65528`"
                   : "in stacks longer than what perf can capture");
    line_share(out, "  no chain", q->without_callchain, q->weight,
               "without a call chain: record with `perf record -g`");
}

/* Of which event the shares are that follow. */
static void line_event(struct out *out, const char *label, const char *event)
{
    struct buffer text = {0};
    buffer_printf(&text, "of %s:", event);
    line(out, label, buffer_string(&text));
    buffer_done(&text);
}

static void processes_text(struct out *out, const struct input *input)
{
    const struct processes *processes = &input->processes;
    int64_t all = 0;
    for (size_t i = 0; i < processes->count; i++)
        all = weight_add(all, processes->list[i].weight);
    bool several = all > 0 && input_has_several_events(input);
    if (several)
        line_event(out, "processes", input->events[input->process_event].name);
    for (size_t i = 0; i < processes->count && i < INFO_PROCESSES; i++) {
        const struct process *process = &processes->list[i];
        char name[PROCESS_NAME_SIZE + 16];
        const char *between = *process->name ? "-" : ":"; /* nameless: as perf script has it */
        snprintf(name, sizeof name, "%s%s%" PRId32, process->name, between, (int32_t)process->pid);
        line_share(out, i || several ? "" : "processes", process->weight, all, name);
    }
    if (processes->count > INFO_PROCESSES) {
        char more[NUMBER_SIZE + 16];
        snprintf(more, sizeof more, "and %zu more", processes->count - INFO_PROCESSES);
        line(out, "", more);
    }
}

/* How the recording was written, where that is not plain. */
static void form_text(struct out *out, const struct input *input)
{
    struct buffer text = {0};
    buffer_text(&text, input->kind == INPUT_UNKNOWN ? "" : input_kind_name(input->kind));
    if (input->container && strcmp(input->container, "file") != 0)
        buffer_printf(&text, ", %s", input->container);
    if (input->has_compressed)
        buffer_text(&text, ", compressed records");
    if (input->compression)
        buffer_printf(&text, ", %s", input->compression);
    if (input->swapped)
        buffer_text(&text, ", other byte order");
    line(out, "kind", buffer_string(&text));
    buffer_done(&text);
}

/* A time in seconds, as --time takes it and perf script prints it. */
#define SECONDS       "%" PRIu64 ".%06" PRIu64
#define SECONDS_OF(t) (t) / 1000000000, (t) / 1000 % 1000000

static void times_text(struct out *out, const struct input *input)
{
    char duration[NUMBER_SIZE], text[2 * NUMBER_SIZE + 64];
    if (input->last_time <= input->first_time)
        return;
    number_weight(duration, weight_of(input->last_time - input->first_time), "ns");
    snprintf(text, sizeof text, "%s, from " SECONDS " s to " SECONDS " s", duration,
             SECONDS_OF(input->first_time), SECONDS_OF(input->last_time));
    line(out, "duration", text);
}

static void input_text(struct out *out, const struct input *input)
{
    char text[NUMBER_SIZE];
    struct buffer name = {0};
    text_append_safe(&name, input->name, strlen(input->name));
    out_bytes(out, name.data, name.size);
    out_char(out, '\n');
    buffer_done(&name);

    form_text(out, input);
    number_weight(text, weight_of(input->size), "bytes");
    if (input->size)
        line(out, "size", text);
    line(out, "host", input->hostname);
    line(out, "command", input->command_line);
    line(out, "kernel", input->os_release);
    line(out, "architecture", input->arch);
    line(out, "cpu", input->cpu);
    line_count(out, "cpus", input->cpus_online);
    line(out, "perf", input->perf_version);
    times_text(out, input);
    line_count(out, "samples", input->samples);
    line_count(out, "lines", input->folded.taken);
    for (uint32_t i = 0; i < input->event_count; i++) {
        event_text(out, &input->events[i]);
        quality_text(out, &input->events[i]);
    }
    processes_text(out, input);
    line_count(out, "lost", input->lost);
    line_count(out, "throttled", input->losses.throttled);
    line_count(out, "damaged", input->losses.damaged);
    line_count(out, "unknown types", input->losses.unknown);
}

static bool has_several_events(const struct pfl_profile *profile)
{
    const struct trie *trie = profile->trie;
    for (uint32_t i = 1; i < trie->column_count; i++)
        if (strcmp(trie->columns[i].event, trie->columns[0].event) != 0)
            return true;
    return false;
}

/* What has no name: where, how much of what lies there, why, and what would name it. */
static void objects_text(const struct pfl_profile *profile, struct out *out)
{
    bool several =
        profile->object_count && profile->objects[0].unnamed && has_several_events(profile);
    if (several)
        line_event(out, "unnamed", profile->named_event);
    for (size_t i = 0; i < profile->object_count && i < INFO_OBJECTS; i++) {
        const struct named_object *object = &profile->objects[i];
        char share[NUMBER_SIZE];
        struct buffer text = {0};
        number_percent(share, object->unnamed, object->weight, 1);
        buffer_printf(&text, "in %s, %s%% of it: %s%s%s", object->path, share, object->why,
                      *object->remedy ? ": " : "", object->remedy);
        line_share(out, i || several ? "" : "unnamed", object->unnamed, profile->named_of,
                   buffer_string(&text));
        buffer_done(&text);
    }
}

/* What texts and pictures hold; of recordings their events tell it. */
static void weights_text(const struct pfl_profile *profile, struct out *out)
{
    const struct trie *trie = profile->trie;
    bool told = true;
    for (size_t i = 0; i < profile->input_count; i++)
        told &= profile->inputs[i].kind == INPUT_RECORDING;
    for (uint32_t i = 0; i < trie->column_count && !told; i++) {
        const struct trie_column *column = &trie->columns[i];
        struct buffer text = {0};
        buffer_printf(&text, "%s%s%s: ", column->event, *column->event ? " " : "", column->weight);
        number_append_weight(&text, trie_total(trie, i, 0), column->unit);
        line(out, "weight", buffer_string(&text));
        buffer_done(&text);
    }
}

static void write_text(const struct pfl_profile *profile, struct out *out)
{
    for (size_t i = 0; i < profile->input_count; i++)
        input_text(out, &profile->inputs[i]);
    weights_text(profile, out);
    objects_text(profile, out);
    for (size_t i = 0; i < profile->notices.count; i++)
        line(out, profile->notices.items[i].warning ? "warning" : "note",
             profile->notices.items[i].text);
}

static void json_text(struct out *out, const char *key, const char *text)
{
    out_printf(out, ", \"%s\": ", key);
    if (text)
        out_json(out, text);
    else
        out_text(out, "null");
}

static void json_count(struct out *out, const char *key, uint64_t count)
{
    out_printf(out, ", \"%s\": %" PRIu64, key, count);
}

static void event_json(struct out *out, const struct input_event *event)
{
    out_text(out, "{\"name\": ");
    out_json(out, event->name);
    json_text(out, "unit", event->unit);
    json_count(out, "samples", event->samples);
    json_count(out, "period", event->period);
    json_count(out, event->frequency ? "frequency" : "every", event->setting);
    json_text(out, "call_graph", callchain_mode(event));
    json_count(out, "stack_bytes", event->stack_bytes);
    json_count(out, "quality_weight", (uint64_t)event->quality.weight);
    json_count(out, "broken_weight", (uint64_t)event->quality.broken);
    json_count(out, "truncated_weight", (uint64_t)event->quality.truncated);
    json_count(out, "without_callchain_weight", (uint64_t)event->quality.without_callchain);
    json_count(out, "lost_records", event->losses.lost_records);
    json_count(out, "lost_samples", event->losses.lost_samples);
    json_count(out, "lost", event->losses.lost);
    json_count(out, "throttled", event->losses.throttled);
    out_text(out, ", \"fields\": [");
    for (uint32_t i = 0; i < event->field_count; i++) {
        out_text(out, i ? ", {\"name\": " : "{\"name\": ");
        out_json(out, event->fields[i].name);
        json_text(out, "unit", event->fields[i].unit);
        out_char(out, '}');
    }
    out_text(out, "]}");
}

static void processes_json(struct out *out, const struct input *input)
{
    json_text(out, "processes_event",
              input->processes.count && input->process_event < input->event_count
                  ? input->events[input->process_event].name
                  : NULL);
    out_text(out, ", \"processes\": [");
    for (size_t i = 0; i < input->processes.count && i < INFO_JSON_PROCESSES; i++) {
        const struct process *process = &input->processes.list[i];
        out_printf(out, "%s{\"pid\": %" PRId32 ", \"name\": ", i ? ", " : "",
                   (int32_t)process->pid);
        out_json(out, process->name);
        json_count(out, "samples", process->samples);
        json_count(out, "weight", (uint64_t)process->weight);
        out_char(out, '}');
    }
    out_char(out, ']');
}

static const char *text_or_null(const char *text)
{
    return *text ? text : NULL;
}

/* What fold, top and render can count. */
static void weights_json(struct out *out, const struct pfl_profile *profile)
{
    const struct trie *trie = profile->trie;
    out_text(out, "\n], \"weights\": [");
    for (uint32_t i = 0; i < trie->column_count; i++) {
        const struct trie_column *column = &trie->columns[i];
        out_text(out, i ? ",\n  {\"event\": " : "\n  {\"event\": ");
        out_json(out, column->event);
        json_text(out, "weight", column->weight);
        json_text(out, "unit", column->unit);
        out_printf(out, ", \"total\": %" PRId64 "}", trie_total(trie, i, 0));
    }
}

static void objects_json(struct out *out, const struct pfl_profile *profile)
{
    out_text(out, "\n]");
    json_text(out, "event", profile->named_event);
    out_printf(out, ", \"weight\": %" PRId64 ", \"objects\": [", profile->named_of);
    for (size_t i = 0; i < profile->object_count; i++) {
        const struct named_object *object = &profile->objects[i];
        out_text(out, i ? ",\n  {\"object\": " : "\n  {\"object\": ");
        out_json(out, object->path);
        json_text(out, "build_id", text_or_null(object->build_id));
        out_printf(out, ", \"weight\": %" PRId64 ", \"unnamed\": %" PRId64, object->weight,
                   object->unnamed);
        json_text(out, "why", text_or_null(object->why));
        json_text(out, "remedy", text_or_null(object->remedy));
        out_char(out, '}');
    }
}

static void input_json(struct out *out, const struct input *input)
{
    out_text(out, "{\"name\": ");
    out_json(out, input->name);
    json_text(out, "kind", input_kind_name(input->kind));
    json_text(out, "container", input->container);
    json_text(out, "compression", input->compression);
    json_count(out, "bytes", input->size);
    json_text(out, "host", input->hostname);
    json_text(out, "command", input->command_line);
    json_text(out, "kernel", input->os_release);
    json_text(out, "architecture", input->arch);
    json_text(out, "cpu", input->cpu);
    json_count(out, "cpus", input->cpus_online);
    json_text(out, "perf", input->perf_version);
    json_count(out, "first_sample_ns", input->first_time);
    json_count(out, "last_sample_ns", input->last_time);
    json_count(out, "duration_ns", input->last_time - input->first_time);
    json_count(out, "samples", input->samples);
    json_count(out, "lines", input->folded.taken);
    json_count(out, "lost", input->lost);
    json_count(out, "lost_records", input->losses.lost_records);
    json_count(out, "lost_samples", input->losses.lost_samples);
    json_count(out, "throttled", input->losses.throttled);
    json_count(out, "damaged", input->losses.damaged);
    json_count(out, "unknown", input->losses.unknown);
    out_printf(out, ", \"truncated\": %s, \"closed\": %s, \"events\": [",
               input->losses.truncated ? "true" : "false", input->closed ? "true" : "false");
    for (uint32_t i = 0; i < input->event_count; i++) {
        out_text(out, i ? ", " : "");
        event_json(out, &input->events[i]);
    }
    out_char(out, ']');
    processes_json(out, input);
    out_char(out, '}');
}

static void write_json(const struct pfl_profile *profile, struct out *out)
{
    out_text(out, "{\"version\": 1, \"inputs\": [");
    for (size_t i = 0; i < profile->input_count; i++) {
        out_text(out, i ? ",\n  " : "\n  ");
        input_json(out, &profile->inputs[i]);
    }
    weights_json(out, profile);
    objects_json(out, profile);
    out_text(out, "\n], \"notices\": [");
    for (size_t i = 0; i < profile->notices.count; i++) {
        const struct notice *notice = &profile->notices.items[i];
        out_printf(out, "%s{\"kind\": %d, \"warning\": %s, \"input\": ", i ? ",\n  " : "\n  ",
                   (int)notice->kind, notice->warning ? "true" : "false");
        out_json(out, notice->input);
        json_text(out, "text", notice->text);
        out_char(out, '}');
    }
    out_text(out, "\n]}\n");
}

int pfl_info_write(const struct pfl_profile *profile, enum pfl_info_format format,
                   const struct pfl_sink *sink, struct pfl_error *err)
{
    struct out out;
    out_init(&out, sink);
    if (format == PFL_INFO_JSON)
        write_json(profile, &out);
    else
        write_text(profile, &out);
    return out_finish(&out, err);
}
