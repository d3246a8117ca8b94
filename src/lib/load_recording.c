/* SPDX-License-Identifier: MIT */
/* One pass over a recording: perf gives records in time order, resolve follows the address
 * spaces and turns samples into stacks of places, weigh says what each adds. */
#include <string.h>

#include "lib/cgroups.h"
#include "lib/profile_data.h"
#include "perf/session.h"
#include "weigh/weigh.h"

#define RECORDS_PER_PROGRESS 16384

struct loading {
    struct pfl_profile *profile;
    struct input *input;
    const struct perf_session *session;
    struct weigher *weigher;
    uint32_t *columns; /* the weigher's column → the profile's */
    struct filter_window window;
    bool window_known;
    struct cgroups cgroups;
};

static void loading_done(struct loading *loading)
{
    cgroups_done(&loading->cgroups);
}

/* The weigher's columns among the profile's: recordings that are merged share them by event,
 * weight and unit. */
static int loading_map_columns(struct loading *loading, struct pfl_error *err)
{
    uint32_t count = weigher_column_count(loading->weigher);
    loading->columns = mem_zalloc(count, sizeof *loading->columns);
    if (!loading->columns)
        return error_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        const struct weigher_column *column = weigher_column(loading->weigher, i);
        loading->columns[i] = trie_column(loading->profile->trie,
                                          perf_session_event(loading->session, column->event)->name,
                                          weight_kind_name(column->kind), column->unit);
        if (loading->columns[i] == TRIE_FAILED)
            return error_memory(err);
    }
    return 0;
}

/* True if a chosen event's samples lack this field. */
static bool lacks_field(const struct loading *loading, uint64_t field)
{
    for (uint32_t i = 0; i < perf_session_event_count(loading->session); i++)
        if (weigher_wants(loading->weigher, i) &&
            !(perf_session_event(loading->session, i)->sample_type & field))
            return true;
    return false;
}

/* What was not recorded can neither choose samples nor group them. */
static int loading_check_fields(const struct loading *loading, struct pfl_error *err)
{
    const struct options *options = &loading->profile->options;
    const struct filter *filter = &options->filter;
    if ((filter->cpu_count || options->by == PFL_BY_CPU) && lacks_field(loading, PERF_SAMPLE_CPU))
        return error_set(err, PFL_ERROR_ABSENT,
                         "the samples do not tell their CPU: record with `perf record "
                         "--sample-cpu`");
    if ((options->cgroups || options->by == PFL_BY_CGROUP) &&
        lacks_field(loading, PERF_SAMPLE_CGROUP))
        return error_set(err, PFL_ERROR_ABSENT,
                         "the samples do not tell their cgroup: record with `perf record "
                         "--all-cgroups`");
    if ((filter->start.how != FILTER_TIME_OPEN || filter->end.how != FILTER_TIME_OPEN) &&
        lacks_field(loading, PERF_SAMPLE_TIME))
        return error_set(err, PFL_ERROR_ABSENT,
                         "the samples do not tell their time: record with `perf record -T`");
    return 0;
}

/* The times of the first and the last sample, by reading the recording once more. */
static int scan_times(struct source *source, uint64_t *ret_first, uint64_t *ret_last,
                      struct pfl_error *err)
{
    CLEANUP(perf_session_cleanup) struct perf_session *session = NULL;
    int r = perf_session_open(&session, source, err);
    if (r < 0)
        return r;
    struct perf_record record;
    bool any = false;
    while ((r = perf_session_next(session, &record, err)) > 0) {
        if (record.type != PERF_RECORD_SAMPLE)
            continue;
        if (!any)
            *ret_first = record.time;
        *ret_last = record.time;
        any = true;
    }
    return r;
}

/* A window in percent must be known before the first sample; any other begins with it. */
static int loading_prepare_window(struct loading *loading, struct source *source,
                                  struct pfl_error *err)
{
    const struct filter *filter = &loading->profile->options.filter;
    if (filter->start.how != FILTER_TIME_SHARE && filter->end.how != FILTER_TIME_SHARE)
        return 0;
    const struct perf_facts *facts = perf_session_facts(loading->session);
    uint64_t first = facts->first_sample_time, last = facts->last_sample_time;
    if (last == 0 && source->stream)
        return error_set(err, PFL_ERROR_USAGE,
                         "--time in percent needs the whole recording: save the pipe to a file "
                         "first, or give seconds");
    if (last == 0) {
        int r = scan_times(source, &first, &last, err);
        if (r < 0)
            return r;
    }
    loading->window = filter_window(filter, first, last);
    loading->window_known = true;
    return 0;
}

static int loading_row(struct loading *loading, const struct perf_record *record, const char *comm,
                       struct resolved_stack *ret_stack, uint32_t *ret_row, struct pfl_error *err)
{
    struct pfl_profile *profile = loading->profile;
    char text[64];
    uint32_t group = 0;
    group_text(profile->options.by, comm, record->pid, record->tid, record->cpu, text, sizeof text);
    const char *root = profile->options.by == PFL_BY_CGROUP
                           ? cgroups_path(&loading->cgroups, record->sample.cgroup)
                           : text;
    if (intern_add(&profile->groups, root, strlen(root), &group) < 0)
        return error_memory(err);
    int r = resolver_stack(profile->resolver, record, ret_stack, err);
    if (r < 0)
        return r;
    enum group_mark mark = ret_stack->broken      ? GROUP_BROKEN
                           : ret_stack->truncated ? GROUP_TRUNCATED
                                                  : GROUP_WHOLE;
    *ret_row =
        stacks_row(profile->stacks, (struct stacks_row){.group = group_number(group, mark),
                                                        .kernel_part = ret_stack->kernel_part,
                                                        .user_part = ret_stack->user_part});
    return *ret_row == STACKS_FAILED ? error_memory(err) : 0;
}

/* Judges the stack of a sample of this weight. */
static void quality_add(struct input_quality *quality, const struct perf_sample *sample,
                        const struct resolved_stack *stack, int64_t amount)
{
    quality->weight = weight_add(quality->weight, amount);
    if (stack->broken && stack->unwound)
        quality->lost = weight_add(quality->lost, amount);
    else if (stack->broken)
        quality->broken = weight_add(quality->broken, amount);
    if (stack->truncated)
        quality->truncated = weight_add(quality->truncated, amount);
    if (stack->guessed)
        quality->guessed = weight_add(quality->guessed, amount);
    if (!(sample->fields & PERF_SAMPLE_CALLCHAIN))
        quality->without_callchain = weight_add(quality->without_callchain, amount);
}

static int loading_sample(struct loading *loading, const struct perf_record *record,
                          struct pfl_error *err)
{
    struct pfl_profile *profile = loading->profile;
    struct input *input = loading->input;
    const struct perf_sample *sample = &record->sample;
    struct input_event *event = &input->events[sample->event];
    if (input->samples++ == 0)
        input->first_time = record->time;
    input->last_time = record->time;
    event->samples++;
    event->period = (uint64_t)weight_add(weight_of(event->period), weight_of(sample->period));
    if (!weigher_wants(loading->weigher, sample->event))
        return 0;

    if (!loading->window_known) {
        loading->window = filter_window(&profile->options.filter, record->time, record->time);
        loading->window_known = true;
    }
    const struct weigher_addition *additions;
    uint32_t count = weigher_weigh(loading->weigher, sample, &additions);
    const char *comm = resolver_comm(profile->resolver, record->pid, record->tid);
    if (!filter_accepts(&profile->options.filter, &loading->window, record, comm) ||
        !cgroups_accept(&loading->cgroups, sample->cgroup,
                        (const char *const *)profile->options.cgroups))
        return 0;

    struct resolved_stack stack;
    uint32_t row;
    int r = loading_row(loading, record, comm, &stack, &row, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t column = loading->columns[additions[i].column];
        if (stacks_add(profile->stacks, column, row, additions[i].amount) < 0)
            return error_memory(err);
        profile->trie->columns[column].samples++;
    }
    quality_add(&event->quality, sample, &stack, additions[0].amount);
    return 0;
}

static int loading_run(struct loading *loading, struct perf_session *session, struct pfl_error *err)
{
    const struct options *options = &loading->profile->options;
    struct perf_record record;
    uint64_t count = 0;
    int r;
    while ((r = perf_session_next(session, &record, err)) > 0) {
        if (options->progress && count++ % RECORDS_PER_PROGRESS == 0)
            options->progress(options->progress_context, record.offset, loading->input->size);
        if (record.type == PERF_RECORD_SAMPLE)
            r = loading_sample(loading, &record, err);
        else if (record.type == PERF_RECORD_CGROUP)
            r = cgroups_add(&loading->cgroups, &record.cgroup) < 0 ? error_memory(err) : 0;
        else
            r = resolver_record(loading->profile->resolver, &record, err);
        if (r < 0)
            return r;
    }
    return r;
}

/* Adds what the recording holds in all, before filters, to the columns. */
static void loading_count_recorded(const struct loading *loading)
{
    for (uint32_t i = 0; i < weigher_column_count(loading->weigher); i++) {
        struct trie_column *column = &loading->profile->trie->columns[loading->columns[i]];
        column->recorded = weight_add(column->recorded, weigher_column(loading->weigher, i)->total);
    }
}

int load_recording(struct pfl_profile *profile, struct source *source, struct input *input,
                   struct pfl_error *err)
{
    CLEANUP(perf_session_cleanup) struct perf_session *session = NULL;
    CLEANUP(weigher_cleanup) struct weigher *weigher = NULL;
    CLEANUP(mem_cleanup) uint32_t *columns = NULL;
    CLEANUP(loading_done) struct loading loading = {.profile = profile, .input = input};
    int r;
    if ((r = perf_session_open(&session, source, err)) < 0 ||
        (r = input_take_facts(input, session, err)) < 0 ||
        (r = weigher_new(&weigher, session, (const char *const *)profile->options.events,
                         (const char *const *)profile->options.weights, err)) < 0)
        return r;
    loading.session = session;
    loading.weigher = weigher;
    r = loading_map_columns(&loading, err);
    columns = loading.columns;
    if (r < 0 || (r = loading_check_fields(&loading, err)) < 0 ||
        (r = loading_prepare_window(&loading, source, err)) < 0 ||
        (r = resolver_begin(profile->resolver, session, source->mtime, err)) < 0 ||
        (r = loading_run(&loading, session, err)) < 0)
        return r;
    loading_count_recorded(&loading);
    input_take_losses(input, session);
    input->cut = source->cut;
    if (input->samples == 0 && (input->losses.truncated || input->cut))
        return error_at(err, PFL_ERROR_FORMAT, input->losses.read_until,
                        "damaged: ends before its first sample");
    return notice_input(&profile->notices, input, err);
}
