/* SPDX-License-Identifier: MIT */
/* Text as an input: folded stacks, what perf script printed, and pictures. */
#include <string.h>

#include "lib/profile_data.h"
#include "tree/folded.h"
#include "tree/picture_text.h"
#include "tree/script_text.h"

int load_folded(struct pfl_profile *profile, const struct source *source, struct input *input,
                struct pfl_error *err)
{
    if (options_filter_samples(&profile->options))
        return error_set(err, PFL_ERROR_ABSENT,
                         "folded stacks have no event, comm, pid, tid, cpu or time to choose by");
    input->kind = "folded stacks";
    input->closed = true;
    const char *unit = profile->options.unit ? profile->options.unit : "samples";
    int r = folded_read(profile->trie, source, unit, &input->skipped_lines, err);
    return r < 0 ? r : notice_input(&profile->notices, input, err);
}

struct selection {
    const struct options *options;
    struct input *input;
    struct filter_window window;
    struct pfl_error *err;
    char group[256];
};

/* The bare name of an event: without modifiers, as perf_event_matches compares it. */
static bool event_is_meant(const char *name, const char *const *wanted)
{
    if (!wanted)
        return true;
    struct perf_event event = {0};
    CLEANUP(mem_cleanup) char *copy = mem_copy_text(name, strlen(name));
    event.name = copy;
    for (; copy && *wanted; wanted++)
        if (perf_event_matches(&event, *wanted))
            return true;
    return false;
}

/* What was not printed can neither choose samples nor group them. */
static int check_printed(const struct options *options, const struct script_sample *sample,
                         struct pfl_error *err)
{
    const struct filter *filter = &options->filter;
    bool by_pid = options->by == PFL_BY_PROCESS || options->by == PFL_BY_THREAD;
    const char *missing = NULL;
    if (options->cgroups || options->by == PFL_BY_CGROUP)
        return error_set(err, PFL_ERROR_ABSENT, "perf script text does not tell cgroups");
    if (sample->cpu == UINT32_MAX && (filter->cpu_count || options->by == PFL_BY_CPU))
        missing = "cpu";
    else if (sample->pid == UINT32_MAX && (filter->pid_count || by_pid))
        missing = "pid";
    else if (sample->time == 0 &&
             (filter->start.how != FILTER_TIME_OPEN || filter->end.how != FILTER_TIME_OPEN))
        missing = "time";
    return missing ? error_set(err, PFL_ERROR_ABSENT,
                               "a sample of the text does not tell its %s: print it with `perf "
                               "script -F +%s`",
                               missing, missing)
                   : 0;
}

static int select_sample(void *context, const struct script_sample *sample, const char **ret_group)
{
    struct selection *selection = context;
    const struct options *options = selection->options;
    if (selection->input->samples++ == 0) {
        selection->input->first_time = sample->time;
        selection->window = filter_window(&options->filter, sample->time, sample->time);
    }
    selection->input->last_time = sample->time;
    int r = check_printed(options, sample, selection->err);
    if (r < 0)
        return r;
    const struct perf_record record = {
        .pid = sample->pid, .tid = sample->tid, .cpu = sample->cpu, .time = sample->time};
    if (!filter_accepts(&options->filter, &selection->window, &record, sample->comm) ||
        !event_is_meant(sample->event, (const char *const *)options->events))
        return 0;
    group_text(options->by, sample->comm, sample->pid, sample->tid, sample->cpu, selection->group,
               sizeof selection->group);
    *ret_group = *selection->group ? selection->group : NULL;
    return 1;
}

int load_script_text(struct pfl_profile *profile, const struct source *source, struct input *input,
                     struct pfl_error *err)
{
    const struct filter *filter = &profile->options.filter;
    if (filter->mode != FILTER_ANY_MODE)
        return error_set(err, PFL_ERROR_ABSENT, "perf script text does not tell a sample's mode");
    if (filter->start.how == FILTER_TIME_SHARE || filter->end.how == FILTER_TIME_SHARE)
        return error_set(err, PFL_ERROR_USAGE,
                         "perf script text does not tell its last sample: give the time in "
                         "seconds");
    input->kind = "perf script text";
    input->closed = true;
    struct selection selection = {.options = &profile->options, .input = input, .err = err};
    int r =
        script_text_read(profile->trie, source, &(struct script_filter){select_sample, &selection},
                         &input->skipped_lines, err);
    return r < 0 ? r : notice_input(&profile->notices, input, err);
}

static bool weight_is_meant(const char *weight, char *const *wanted)
{
    for (; wanted && *wanted; wanted++)
        if (strcmp(*wanted, weight) == 0)
            return true;
    return false;
}

static bool select_column(void *context, const char *event, const char *weight)
{
    const struct options *options = context;
    return event_is_meant(event, (const char *const *)options->events) &&
           (!options->weights || weight_is_meant(weight, options->weights));
}

int load_picture(struct pfl_profile *profile, const struct source *source, struct input *input,
                 struct pfl_error *err)
{
    if (options_filter_threads(&profile->options))
        return error_set(err, PFL_ERROR_ABSENT,
                         "a picture has no comm, pid, tid, cpu, mode or time to choose by");
    input->kind = "picture of perflame";
    input->closed = true;
    uint32_t columns = 0;
    int r = picture_text_read(profile->trie, source,
                              &(struct payload_filter){select_column, &profile->options}, &columns,
                              err);
    if (r < 0)
        return r;
    return columns ? 0
                   : error_set(err, PFL_ERROR_ABSENT,
                               "the picture has no such event or weight; it offers those that its "
                               "menu names");
}
