/* SPDX-License-Identifier: MIT */
#include "weigh/weigh.h"

#include <string.h>

#include "base/cursor.h"
#include "base/weight.h"
#include "weigh/weigher.h"

static int weigher_prepare(struct weigher *weigher, struct pfl_error *err)
{
    uint32_t count = weigher->event_count = perf_session_event_count(weigher->session);
    weigher->events = mem_zalloc(count, sizeof *weigher->events);
    weigher->judge.named = mem_zalloc(count, sizeof *weigher->judge.named);
    weigher->judge.places = mem_zalloc(count, sizeof *weigher->judge.places);
    weigher->judge.host = &weigher->host;
    weigher->judge.window = (struct filter_window){.end = UINT64_MAX};
    weigher->waits = (struct waits){.columns = &weigher->columns,
                                    .judge = &weigher->judge,
                                    .off_cpu = COLUMN_NONE,
                                    .runqueue = COLUMN_NONE};
    if (!weigher->events || !weigher->judge.named || !weigher->judge.places)
        return error_memory(err);
    int r = formats_read(&weigher->formats, weigher->session, err);
    if (r < 0)
        return r;
    if (allocs_init(&weigher->allocs, &weigher->columns, &weigher->judge,
                    weigher->formats.page_size) < 0)
        return error_memory(err);
    weigher->allocs.at = weigher->options->at;
    for (int i = 0; i < FAMILY_COUNT; i++) {
        weigher->allocs.books[i].older_than = weigher->options->older_than;
        weigher->allocs.books[i].by_peak = weigher->options->at == ALLOCS_AT_PEAK;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct perf_event *event = perf_session_event(weigher->session, i);
        weigher->waits.seen_ins |= event->context_switch;
        weigher->waits.of_command |= event->enable_on_exec;
    }
    r = roles_find(&weigher->roles, weigher->session, &weigher->formats, weigher->options->pairs,
                   err);
    for (uint32_t i = 0; i < count && r == 0; i++)
        weigher->waits.sampled |= weigher->roles.list[i].kind == ROLE_SWITCH &&
                                  perf_event_is_sampled(perf_session_event(weigher->session, i));
    return r;
}

int weigher_new(struct weigher **ret_weigher, const struct perf_session *session,
                const struct weigher_options *options, struct stacks *stacks,
                const struct weigher_host *host, struct pfl_error *err)
{
    CLEANUP(weigher_cleanup) struct weigher *weigher = mem_zalloc(1, sizeof *weigher);
    if (!weigher)
        return error_memory(err);
    weigher->session = session;
    weigher->options = options;
    weigher->host = *host;
    weigher->columns.stacks = stacks;
    int r = weigher_prepare(weigher, err);
    if (r < 0 || (r = choice_make(weigher, err)) < 0)
        return r;
    *ret_weigher = MEM_TAKE(weigher);
    return 0;
}

void weigher_free(struct weigher *weigher)
{
    if (!weigher)
        return;
    for (uint32_t i = 0; i < weigher->event_count && weigher->judge.places; i++)
        where_places_done(&weigher->judge.places[i]);
    mem_free(weigher->judge.places);
    mem_free(weigher->judge.named);
    mem_free(weigher->events);
    mem_free(weigher->plains);
    waits_done(&weigher->waits);
    allocs_done(&weigher->allocs);
    columns_done(&weigher->columns);
    roles_done(&weigher->roles);
    formats_done(&weigher->formats);
    mem_free(weigher);
}

uint32_t weigher_column_count(const struct weigher *weigher)
{
    return (uint32_t)weigher->columns.count;
}

const struct weigher_column *weigher_column(const struct weigher *weigher, uint32_t column)
{
    return &weigher->columns.list[column];
}

void weigher_set_target(struct weigher *weigher, uint32_t column, uint32_t target)
{
    weigher->columns.list[column].target = target;
}

void weigher_set_window(struct weigher *weigher, struct filter_window window, uint64_t at)
{
    weigher->judge.window = window;
    weigher->allocs.at_time = at;
}

const struct weigher_report *weigher_report(const struct weigher *weigher)
{
    return &weigher->report;
}

const struct format *weigher_format(const struct weigher *weigher, uint32_t event)
{
    return &weigher->formats.list[event];
}

bool weigher_wants(const struct weigher *weigher, uint32_t event)
{
    return event < weigher->event_count && weigher->judge.named[event];
}

static int64_t plain_amount(struct weigher *weigher, const struct plain *plain,
                            const struct perf_sample *sample)
{
    uint64_t times = sample->period ? sample->period : 1, value = 0, product;
    switch (plain->kind) {
    case PLAIN_SAMPLES: return 1;
    case PLAIN_PERIOD:
    case PLAIN_OFF_CPU: return weight_of(sample->period);
    case PLAIN_FIELD: break;
    }
    if (!field_read(&plain->field, sample->raw, sample->raw_size, &value))
        return 0;
    if (plain->field.is_signed && (int64_t)value < 0) {
        weigher->report.negative++;
        return 0;
    }
    return __builtin_mul_overflow(value, times, &product) ? INT64_MAX : weight_of(product);
}

static int weigher_plains(struct weigher *weigher, const struct perf_record *record, uint32_t *row,
                          struct pfl_error *err)
{
    const struct event_plains *of = &weigher->events[record->sample.event];
    bool accepted = of->count && judge_accepts(&weigher->judge, record);
    for (uint32_t i = 0; i < of->count; i++) {
        const struct plain *plain = &weigher->plains[of->first + i];
        int64_t amount = plain_amount(weigher, plain, &record->sample);
        columns_record(&weigher->columns, plain->column, amount);
        if (!accepted)
            continue;
        int r = 0;
        if (*row == ROW_NONE)
            r = weigher->host.row(weigher->host.context, record, 0, row, err);
        if (r < 0)
            return r;
        if (columns_add(&weigher->columns, plain->column, *row, amount) < 0)
            return error_memory(err);
    }
    return 0;
}

bool weigher_counts(const struct weigher *weigher, const struct perf_record *record)
{
    return record->sample.event < weigher->event_count &&
           weigher->events[record->sample.event].count && judge_accepts(&weigher->judge, record);
}

bool weigher_weighs(const struct weigher *weigher, uint32_t event)
{
    const struct role *role = &weigher->roles.list[event];
    bool waits = role->kind == ROLE_SWITCH || role->kind == ROLE_WAKEUP;
    return weigher->events[event].count || (waits && weigher->report.waits_chosen) ||
           (role->family != FAMILY_NONE && weigher->report.families[role->family].chosen);
}

static bool weigher_allocates(const struct weigher *weigher)
{
    bool allocates = false;
    for (int i = 0; i < FAMILY_COUNT; i++)
        allocates |= weigher->report.families[i].chosen;
    return allocates;
}

bool weigher_is_plain(const struct weigher *weigher)
{
    return !weigher->report.waits_chosen && !weigher_allocates(weigher);
}

/* A wait that perf's BPF program reported by itself carries all in its payload, and what stands
 * outside of it is to be ignored (__set_offcpu_sample of tools/perf/util/evsel.c):
 *
 *     pid tid (4 each) │ period │ count of words │ call chain ... │ cgroup */
static void off_cpu_unpack(struct perf_record *record, bool swap)
{
    struct perf_sample *sample = &record->sample;
    struct cursor c = cursor_of(sample->raw, sample->raw_size, swap);
    uint32_t pid = cursor_u32(&c), tid = cursor_u32(&c);
    uint64_t period = cursor_u64(&c), count = cursor_u64(&c);
    if (c.failed || count > cursor_left(&c) / sizeof(uint64_t))
        return;
    record->pid = pid;
    record->tid = tid;
    sample->period = period;
    sample->callchain = (struct perf_words){.bytes = cursor_bytes(&c, count * sizeof(uint64_t)),
                                            .count = (uint32_t)count,
                                            .swap = swap};
    sample->fields |= PERF_SAMPLE_CALLCHAIN;
    uint64_t cgroup = cursor_u64(&c);
    if ((sample->fields & PERF_SAMPLE_CGROUP) && !c.failed)
        sample->cgroup = cgroup;
}

static int weigher_off_cpu(struct weigher *weigher, const struct perf_record *given,
                           struct pfl_error *err)
{
    struct perf_record record = *given;
    uint32_t row = ROW_NONE;
    off_cpu_unpack(&record, perf_session_facts(weigher->session)->swapped);
    record.misc = (uint16_t)((record.misc & ~PERF_MISC_CPUMODE) | PERF_CPUMODE_USER);
    return weigher_plains(weigher, &record, &row, err);
}

int weigher_sample(struct weigher *weigher, const struct perf_record *record, struct pfl_error *err)
{
    if (record->sample.event >= weigher->event_count)
        return 0;
    const struct role *role = &weigher->roles.list[record->sample.event];
    uint32_t row = ROW_NONE;
    int r = 0;
    if (role->hides && (r = weigher->host.entered(weigher->host.context, record, err)) < 0)
        return r;
    if (role->kind == ROLE_OFF_CPU)
        return weigher_off_cpu(weigher, record, err);
    if (weigher->report.waits_chosen && record->has_time && waits_see(&weigher->waits, record) < 0)
        return error_memory(err);
    if (role->family != FAMILY_NONE && weigher->report.families[role->family].chosen)
        r = allocs_sample(&weigher->allocs, role, record, &row, err);
    else if (weigher->report.waits_chosen &&
             (role->kind == ROLE_SWITCH || role->kind == ROLE_WAKEUP))
        r = waits_sample(&weigher->waits, role, record, &row, err);
    return r < 0 ? r : weigher_plains(weigher, record, &row, err);
}

int weigher_record(struct weigher *weigher, const struct perf_record *record, struct pfl_error *err)
{
    if (record->type == PERF_RECORD_LOST)
        weigher->lost_records += record->lost.count;
    else if (record->type == PERF_RECORD_LOST_SAMPLES)
        weigher->lost_samples += record->lost.count;
    int r = 0;
    if (weigher_allocates(weigher))
        r = allocs_record(&weigher->allocs, record, err);
    if (r == 0 && weigher->report.waits_chosen)
        r = waits_record(&weigher->waits, record, err);
    return r;
}

/* LOST says when; LOST_SAMPLES, which perf writes at the end for each event, repeats it. Only what
 * no LOST told of, and what was damaged, may have been anywhere. */
static void weigher_settle_losses(struct weigher *weigher, const struct perf_losses *losses)
{
    if (weigher->lost_samples > weigher->lost_records || losses->damaged)
        allocs_lose(&weigher->allocs, UINT64_MAX);
}

int weigher_finish(struct weigher *weigher, const struct perf_losses *losses, struct pfl_error *err)
{
    weigher_settle_losses(weigher, losses);
    int r = allocs_finish(&weigher->allocs, err);
    if (r < 0 || (weigher->report.waits_chosen && (r = waits_finish(&weigher->waits, err)) < 0))
        return r;
    for (int i = 0; i < FAMILY_COUNT; i++)
        weigher->report.families[i].counts = weigher->allocs.books[i].counts;
    weigher->report.waits = weigher->waits.counts;
    weigher->report.switches_without_ins = weigher->report.waits_chosen && !weigher->waits.seen_ins;
    weigher->report.switches_sampled = weigher->waits.sampled;
    if (weigher->report.switches_without_ins && weigher->options->weights)
        return error_set(err, PFL_ERROR_ABSENT,
                         weigher->waits.sampled
                             ? "sched_switch was sampled, so the time waited is not known: "
                               "`perf record -e sched:sched_switch -c 1 -a`"
                             : "no switch-ins were recorded, so the time waited is not known: "
                               "`perf record -e sched:sched_switch -a`, or with --switch-events");
    return 0;
}
