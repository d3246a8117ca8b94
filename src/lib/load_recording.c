/* SPDX-License-Identifier: MIT */
/* One pass over a recording: perf gives records in time order, resolve follows the address
 * spaces and turns samples into stacks of places, weigh says what each adds. */
#include <stdio.h>
#include <string.h>

#include "base/event_name.h"
#include "lib/cgroups.h"
#include "lib/profile_data.h"
#include "lib/tracefs.h"
#include "lib/weights.h"
#include "perf/session.h"
#include "weigh/weigh.h"

#define RECORDS_PER_LOOK 16384
#define ROOTS_KNOWN      64

/* Records of a run, which hold half of what the reader can be ahead; and how many stacks are worth
 * waking other threads. */
#define RUN_RECORDS 128u
#define RUN_STACKS  48u

/* perf record --off-cpu writes what it has summed up at the end, with a time that means none
 * (tools/perf/util/bpf_off_cpu.c). */
#define TIME_OF_SUMS (UINT64_MAX << 32)

/* The root group of a thread, until a record may have changed its name. */
struct loading_root {
    uint32_t pid, tid, cpu;
    uint32_t group_plus_one; /* 0: free */
};

/* Records that were given and not taken yet, in recordings of captured stacks: those of a run are
 * unwound by all threads before the first of its records is taken.
 *
 *     mmap [sample sample throttle sample ...][sample sample ...] fork
 *           a run, full                        a run               changes what stacks are
 */
struct loading_run {
    struct perf_record *records; /* NULL: each is taken when it is given */
    size_t count;
    unsigned threads; /* that unwind */
};

struct loading {
    struct pfl_profile *profile;
    struct input *input;
    const struct perf_session *session;
    struct weigher *weigher;
    bool window_known;
    /* Of the sample before: the samples of a group share it. */
    bool stack_known;
    struct resolved_stack stack;
    uint32_t row;
    struct cgroups cgroups;
    struct loading_root roots[ROOTS_KNOWN]; /* by tid */
    struct loading_run run;
    unsigned threads; /* that may be at work, this one among them */
};

static void loading_done(struct loading *loading)
{
    (void)stacks_settle(loading->profile->stacks);
    cgroups_done(&loading->cgroups);
    mem_free(loading->run.records);
}

/* Under which event a column is known: what hybrid processors count on each kind of core is one, if
 * more than one of them was chosen. */
static const char *loading_event_name(const struct loading *loading, uint32_t number, char *common,
                                      size_t size)
{
    const struct weigher_column *column = weigher_column(loading->weigher, number);
    char other[256];
    if (column->derived || !event_name_common(column->event, common, size))
        return column->event;
    for (uint32_t i = 0; i < weigher_column_count(loading->weigher); i++) {
        const struct weigher_column *twin = weigher_column(loading->weigher, i);
        if (!twin->derived && strcmp(twin->event, column->event) != 0 &&
            strcmp(twin->weight, column->weight) == 0 && strcmp(twin->unit, column->unit) == 0 &&
            event_name_common(twin->event, other, sizeof other) && strcmp(other, common) == 0)
            return common;
    }
    return column->event;
}

/* The weigher's columns among the profile's: recordings that are merged share them by event,
 * weight and unit. */
static int loading_map_columns(struct loading *loading, struct pfl_error *err)
{
    uint32_t count = weigher_column_count(loading->weigher);
    for (uint32_t i = 0; i < count; i++) {
        const struct weigher_column *column = weigher_column(loading->weigher, i);
        char common[256];
        const char *event = loading_event_name(loading, i, common, sizeof common);
        uint32_t target = trie_column(loading->profile->trie, event, column->weight, column->unit);
        if (target == TRIE_FAILED)
            return error_memory(err);
        loading->profile->trie->columns[target].family = column->derived;
        loading->input->in_use |= weigher_is_in_use(column->weight);
        weigher_set_target(loading->weigher, i, target);
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
        if (record.type != PERF_RECORD_SAMPLE || record.time >= TIME_OF_SUMS)
            continue;
        if (!any)
            *ret_first = record.time;
        *ret_last = record.time;
        any = true;
    }
    return r;
}

static void loading_set_window(struct loading *loading, uint64_t first, uint64_t last)
{
    const struct options *options = &loading->profile->options;
    const struct filter at = {.start = options->at_time};
    weigher_set_window(loading->weigher, filter_window(&options->filter, first, last),
                       filter_window(&at, first, last).start);
    loading->window_known = true;
}

/* A window in percent must be known before the first sample; any other begins with it. */
static int loading_prepare_window(struct loading *loading, struct source *source,
                                  struct pfl_error *err)
{
    const struct options *options = &loading->profile->options;
    if (options->filter.start.how != FILTER_TIME_SHARE &&
        options->filter.end.how != FILTER_TIME_SHARE && options->at_time.how != FILTER_TIME_SHARE)
        return 0;
    const struct perf_facts *facts = perf_session_facts(loading->session);
    uint64_t first = facts->first_sample_time, last = facts->last_sample_time;
    if (last >= TIME_OF_SUMS)
        last = 0;
    if (last == 0 && source->stream)
        return error_set(err, PFL_ERROR_USAGE,
                         "a time in percent needs the whole recording: save the pipe to a file "
                         "first, or give seconds");
    if (last == 0) {
        int r = scan_times(source, &first, &last, err);
        if (r < 0)
            return r;
    }
    loading_set_window(loading, first, last);
    return 0;
}

/* Judges the stack of a sample. */
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

static bool host_accepts(void *context, const struct perf_record *record)
{
    static const struct filter_window always = {.end = UINT64_MAX};
    const struct loading *loading = context;
    struct pfl_profile *profile = loading->profile;
    const struct filter *filter = &profile->options.filter;
    const char *comm =
        filter->comms ? resolver_comm(profile->resolver, record->pid, record->tid) : "";
    return filter_accepts(filter, &always, record, comm) &&
           cgroups_accept(&loading->cgroups, record->sample.cgroup,
                          (const char *const *)profile->options.cgroups);
}

/* The number of the root group that --by asks for. */
static int loading_root(struct loading *loading, const struct perf_record *record,
                        uint32_t *ret_group, struct pfl_error *err)
{
    struct pfl_profile *profile = loading->profile;
    enum pfl_group_by by = profile->options.by;
    struct loading_root *known = &loading->roots[record->tid % ROOTS_KNOWN];
    char text[64];
    if (by != PFL_BY_CGROUP && known->group_plus_one && known->tid == record->tid &&
        known->pid == record->pid && known->cpu == record->cpu) {
        *ret_group = known->group_plus_one - 1;
        return 0;
    }
    const char *comm = resolver_comm(profile->resolver, record->pid, record->tid);
    group_text(by, comm, record->pid, record->tid, record->cpu, text, sizeof text);
    const char *root =
        by == PFL_BY_CGROUP ? cgroups_path(&loading->cgroups, record->sample.cgroup) : text;
    if (intern_add(&profile->groups, root, strlen(root), ret_group) < 0)
        return error_memory(err);
    *known = (struct loading_root){record->pid, record->tid, record->cpu, *ret_group + 1};
    return 0;
}

/* Finds the stack of a sample, and its row. */
static int loading_row(struct loading *loading, const struct perf_record *record, uint64_t function,
                       struct pfl_error *err)
{
    struct pfl_profile *profile = loading->profile;
    struct resolved_stack stack;
    uint32_t group;
    int r = loading_root(loading, record, &group, err);
    if (r < 0)
        return r;
    r = function ? resolver_stack_returned(profile->resolver, record, function, &stack, err)
                 : resolver_stack(profile->resolver, record, &stack, err);
    if (r < 0)
        return r;
    enum group_mark mark = stack.broken      ? GROUP_BROKEN
                           : stack.truncated ? GROUP_TRUNCATED
                                             : GROUP_WHOLE;
    loading->stack = stack;
    loading->row =
        stacks_row(profile->stacks, (struct stacks_row){.group = group_number(group, mark),
                                                        .kernel_part = stack.kernel_part,
                                                        .user_part = stack.user_part});
    return loading->row == STACKS_FAILED ? error_memory(err) : 0;
}

/* operator new keeps no frame pointer, so the function that it returns to is not in the chain of
 * the malloc inside it. Whose stack that is, the object tells in which malloc was called. */
static int loading_take_call(struct loading *loading, struct pfl_error *err)
{
    struct input *input = loading->input;
    const struct stacks *stacks = loading->profile->stacks;
    struct stacks_part part = stacks_part_at(stacks, loading->stack.user_part);
    input->calls++;
    if (part.count < 2)
        return 0;
    uint32_t inside = stacks_place_at(stacks, part.places[0]).object;
    uint32_t caller = stacks_place_at(stacks, part.places[1]).object;
    const char *path = resolver_object_path(loading->profile->resolver, caller);
    if (inside == caller || !strstr(path, "/libstdc++.so"))
        return 0;
    if (!input->cxx_calls++ && !(input->cxx_library = mem_copy_text(path, strlen(path))))
        return error_memory(err);
    return 0;
}

static int host_row(void *context, const struct perf_record *record, uint64_t function,
                    uint32_t *ret_row, struct pfl_error *err)
{
    struct loading *loading = context;
    const struct perf_sample *sample = &record->sample;
    bool known = loading->stack_known && sample->again && !function;
    loading->stack_known = false;
    int r = known ? 0 : loading_row(loading, record, function, err);
    if (r < 0)
        return r;
    loading->stack_known = !function;
    *ret_row = loading->row;
    if (function && (r = loading_take_call(loading, err)) < 0)
        return r;
    bool hit = perf_session_event(loading->session, sample->event)->type == PERF_TYPE_TRACEPOINT;
    quality_add(&loading->input->events[sample->event].quality, sample, &loading->stack,
                hit ? 1 : weight_of(sample->period));
    return 0;
}

static int host_entered(void *context, const struct perf_record *record, struct pfl_error *err)
{
    const struct loading *loading = context;
    return resolver_entered(loading->profile->resolver, record, err);
}

static int host_still_waiting(void *context, uint32_t row, uint32_t *ret_row, struct pfl_error *err)
{
    const struct loading *loading = context;
    struct stacks *stacks = loading->profile->stacks;
    struct stacks_row waiting = stacks_row_at(stacks, row);
    waiting.group |= GROUP_WAITING;
    *ret_row = stacks_row(stacks, waiting);
    return *ret_row == STACKS_FAILED ? error_memory(err) : 0;
}

/* Whose sample it is, for `info`. By which event processes are weighed is not known before the end:
 * the first of all is meant, as it is shown first, and some other may have the first sample. */
static int loading_take_process(struct loading *loading, const struct perf_record *record,
                                struct pfl_error *err)
{
    struct input *input = loading->input;
    uint32_t event = record->sample.event;
    bool shown = weigher_wants(loading->weigher, event);
    if (shown && event < input->process_event) {
        input->process_event = event;
        processes_forget_weights(&input->processes);
    }
    bool counts = event == input->process_event;
    struct process *process = processes_add(&input->processes, record->pid,
                                            counts ? weight_of(record->sample.period) : 0);
    if (!process)
        return error_memory(err);
    if (process_wants_name(process))
        snprintf(process->name, sizeof process->name, "%s",
                 resolver_comm(loading->profile->resolver, record->pid, record->pid));
    return 0;
}

static int loading_sample(struct loading *loading, const struct perf_record *record,
                          struct pfl_error *err)
{
    struct input *input = loading->input;
    const struct perf_sample *sample = &record->sample;
    struct input_event *event = &input->events[sample->event];
    loading->stack_known = loading->stack_known && sample->again;
    if (input->samples++ == 0)
        input->first_time = record->time;
    if (record->time < TIME_OF_SUMS)
        input->last_time = record->time;
    event->samples++;
    event->period = (uint64_t)weight_add(weight_of(event->period), weight_of(sample->period));
    int r = loading_take_process(loading, record, err);
    if (r < 0)
        return r;
    if (!loading->window_known)
        loading_set_window(loading, record->time, record->time);
    return weigher_sample(loading->weigher, record, err);
}

static int loading_record(struct loading *loading, const struct perf_record *record,
                          struct pfl_error *err)
{
    if (record->type == PERF_RECORD_SAMPLE)
        return loading_sample(loading, record, err);
    memset(loading->roots, 0, sizeof loading->roots);
    if (record->type == PERF_RECORD_CGROUP)
        return cgroups_add(&loading->cgroups, &record->cgroup) < 0 ? error_memory(err) : 0;
    int r = resolver_record(loading->profile->resolver, record, err);
    return r < 0 ? r : weigher_record(loading->weigher, record, err);
}

/* Unwinds the stacks that the records of a run will be asked for. */
static int run_unwind(const struct loading *loading, struct pfl_error *err)
{
    const struct loading_run *run = &loading->run;
    const struct perf_record *asked[RUN_RECORDS];
    size_t count = 0;
    for (size_t i = 0; i < run->count; i++) {
        const struct perf_record *record = &run->records[i];
        if (record->type == PERF_RECORD_SAMPLE && record->sample.user_stack_size &&
            !record->sample.again && weigher_counts(loading->weigher, record))
            asked[count++] = record;
    }
    return resolver_unwind(loading->profile->resolver, asked, count < RUN_STACKS ? 0 : count,
                           run->threads, err);
}

/* Takes all records of the run. */
static int loading_settle(struct loading *loading, struct perf_session *session,
                          struct pfl_error *err)
{
    struct loading_run *run = &loading->run;
    int r = run_unwind(loading, err);
    for (size_t i = 0; i < run->count && r == 0; i++)
        r = loading_record(loading, &run->records[i], err);
    run->count = 0;
    perf_session_forget(session);
    return r;
}

/* Takes a record, or puts it off: to the end of the run. */
static int loading_take(struct loading *loading, struct perf_session *session,
                        const struct perf_record *record, struct pfl_error *err)
{
    struct loading_run *run = &loading->run;
    int r;
    if (!run->records)
        return loading_record(loading, record, err);
    if (resolver_turns(loading->profile->resolver, record))
        return (r = loading_settle(loading, session, err)) < 0
                   ? r
                   : loading_record(loading, record, err);
    run->records[run->count++] = *record;
    bool over = run->count == RUN_RECORDS || !perf_session_is_ready(session);
    return over ? loading_settle(loading, session, err) : 0;
}

/* Lets other threads read and unwind where that is worth it. */
static int loading_begin_threads(struct loading *loading, struct perf_session *session,
                                 struct pfl_error *err)
{
    const struct options *options = &loading->profile->options;
    struct loading_run *run = &loading->run;
    unsigned threads = options_thread_count(options, loading->input->size >= INPUT_WORTH_THREADS);
    bool captured = false;
    loading->threads = threads;
    for (uint32_t i = 0; i < perf_session_event_count(session); i++)
        captured |= (perf_session_event(session, i)->sample_type & PERF_SAMPLE_STACK_USER) != 0;
    if (threads > 1 && weigher_is_plain(loading->weigher))
        (void)stacks_begin_later(loading->profile->stacks);
    /* One reads and one takes: where there are but two, they have their hands full. */
    if (threads < 2 || !perf_session_read_ahead(session) || threads < 3 || !captured)
        return 0;
    run->threads = threads - 1;
    perf_session_keep(session);
    run->records = mem_alloc(RUN_RECORDS * sizeof *run->records);
    return run->records ? 0 : error_memory(err);
}

/* Now and then: tells how far it is, and looks what can be begun. */
static int loading_look_round(const struct loading *loading, uint64_t offset, struct pfl_error *err)
{
    const struct options *options = &loading->profile->options;
    if (options->progress)
        options->progress(options->progress_context, offset, loading->input->size);
    return resolver_foresee(loading->profile->resolver, loading->threads, err);
}

static int loading_run(struct loading *loading, struct perf_session *session, struct pfl_error *err)
{
    struct perf_record record;
    uint64_t count = 0;
    int r = loading_begin_threads(loading, session, err);
    if (r < 0)
        return r;
    while ((r = perf_session_next(session, &record, err)) > 0) {
        if (count++ % RECORDS_PER_LOOK == 0 &&
            (r = loading_look_round(loading, record.offset, err)) < 0)
            return r;
        if ((r = loading_take(loading, session, &record, err)) < 0)
            return r;
    }
    struct pfl_error sooner;
    int settled = loading_settle(loading, session, &sooner);
    if (stacks_settle(loading->profile->stacks) < 0 && settled == 0)
        settled = error_memory(&sooner);
    if (settled < 0 && err)
        *err = sooner;
    return settled < 0 ? settled : r;
}

/* Tells the columns how many samples they count, and what the recording holds before filters. */
static void loading_count(const struct loading *loading)
{
    for (uint32_t i = 0; i < weigher_column_count(loading->weigher); i++) {
        const struct weigher_column *from = weigher_column(loading->weigher, i);
        struct trie_column *column = &loading->profile->trie->columns[from->target];
        column->recorded = weight_add(column->recorded, from->recorded);
        column->samples += from->samples;
    }
}

/* What `info` lists of an event: its numeric fields with their units. */
static int loading_take_fields(struct loading *loading, struct pfl_error *err)
{
    for (uint32_t i = 0; i < loading->input->event_count; i++) {
        const struct format *format = weigher_format(loading->weigher, i);
        struct input_event *event = &loading->input->events[i];
        event->fields = mem_zalloc(format->own, sizeof *event->fields);
        if (!event->fields)
            return error_memory(err);
        for (uint32_t k = 0; k < format->own; k++, event->field_count++) {
            struct input_field *field = &event->fields[k];
            const char *name = format->fields[k].name;
            format_unit(name, field->unit, sizeof field->unit);
            if (!(field->name = mem_copy_text(name, strlen(name))))
                return error_memory(err);
        }
    }
    return 0;
}

int load_recording(struct pfl_profile *profile, struct source *source, struct input *input,
                   struct pfl_error *err)
{
    CLEANUP(perf_session_cleanup) struct perf_session *session = NULL;
    CLEANUP(weigher_cleanup) struct weigher *weigher = NULL;
    CLEANUP(loading_done) struct loading loading = {.profile = profile, .input = input};
    const struct weigher_host host = {.context = &loading,
                                      .accepts = host_accepts,
                                      .row = host_row,
                                      .still_waiting = host_still_waiting,
                                      .entered = host_entered};
    int r;
    if ((r = perf_session_open(&session, source, err)) < 0 ||
        (r = tracefs_restore(session, source, err)) < 0 ||
        (r = input_take_facts(input, session, err)) < 0 ||
        (r = weigher_new(&weigher, session, &profile->options.weigher, profile->stacks, &host,
                         err)) < 0)
        return r;
    loading.session = session;
    loading.weigher = weigher;
    input->process_event = UINT32_MAX;
    input->of_heap = weigher_report(weigher)->families[FAMILY_HEAP].chosen;
    if ((r = loading_map_columns(&loading, err)) < 0 ||
        (r = loading_take_fields(&loading, err)) < 0 ||
        (r = loading_check_fields(&loading, err)) < 0 ||
        (r = loading_prepare_window(&loading, source, err)) < 0 ||
        (r = resolver_begin(profile->resolver, session, source->mtime, err)) < 0 ||
        (r = loading_run(&loading, session, err)) < 0 ||
        (r = resolver_end(profile->resolver, session, err)) < 0 ||
        (r = weigher_finish(weigher, perf_session_losses(session), err)) < 0)
        return r;
    loading_count(&loading);
    input_take_losses(input, session, source);
    processes_sort(&input->processes);
    input->container = perf_session_facts(session)->pipe ? "pipe"
                       : source->part_count              ? "directory"
                                                         : "file";
    input->cut = source->cut;
    if (input->samples == 0 && (input->losses.truncated || input->cut))
        return error_at(err, PFL_ERROR_FORMAT, input->losses.read_until,
                        "damaged: ends before its first sample");
    r = notice_input(&profile->notices, input, err);
    return r < 0 ? r : notice_weights(&profile->notices, input, weigher, err);
}
