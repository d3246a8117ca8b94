/* SPDX-License-Identifier: MIT */
/* Text as an input: folded stacks, what perf script printed, and pictures. */
#include <inttypes.h>
#include <string.h>

#include "base/event_name.h"
#include "lib/profile_data.h"
#include "tree/picture_text.h"
#include "tree/script_text.h"

/* Without a list every weight is. */
static bool weight_is_meant(const char *weight, char *const *wanted)
{
    bool meant = !wanted;
    for (; wanted && *wanted; wanted++)
        meant |= weigher_means(*wanted, weight);
    return meant;
}

/* One line made it look like folded stacks; what the others are decides. */
static int check_folded(const struct folded_lines *lines, struct pfl_error *err)
{
    if (lines->skipped > lines->taken)
        return error_set(err, PFL_ERROR_FORMAT,
                         "not folded stacks: %" PRIu64 " of %" PRIu64 " lines do not end in a "
                         "weight that can be counted, the first of them line %" PRIu64,
                         lines->skipped, lines->skipped + lines->taken, lines->first_skipped);
    if (lines->rounded && lines->sum == 0)
        return error_set(err, PFL_ERROR_FORMAT,
                         "weights are whole numbers, and all of these round to 0: write them in a "
                         "smaller unit");
    return 0;
}

int load_folded(struct pfl_profile *profile, const struct source *source, struct input *input,
                struct pfl_error *err)
{
    if (options_filter_samples(&profile->options) ||
        !weight_is_meant("samples", profile->options.weights))
        return error_set(err, PFL_ERROR_ABSENT,
                         "folded stacks have no event, weight, comm, pid, tid, cpu, cgroup, mode, "
                         "time or fields to choose by");
    input->closed = true;
    const char *unit = profile->options.unit ? profile->options.unit : "samples";
    int r = folded_read(profile->trie, source, unit, &input->folded, err);
    if (r < 0 || (r = check_folded(&input->folded, err)) < 0)
        return r;
    input->skipped_lines = input->folded.skipped;
    return notice_input(&profile->notices, input, err);
}

struct selection {
    const struct options *options;
    struct input *input;
    struct filter_window window;
    bool met; /* an event that is meant */
    struct pfl_error *err;
    char group[256];
};

static bool event_is_meant(const char *name, const char *const *wanted)
{
    if (!wanted)
        return true;
    for (; *wanted; wanted++)
        if (event_name_matches(name, false, *wanted))
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
    if (options->weights && strcmp(options->weights[0], "period") == 0 && !sample->has_period)
        missing = "period";
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
    bool meant = event_is_meant(sample->event, (const char *const *)options->events);
    selection->met |= meant;
    int r = meant ? check_printed(options, sample, selection->err) : 0;
    if (r < 0)
        return r;
    const struct perf_record record = {
        .pid = sample->pid, .tid = sample->tid, .cpu = sample->cpu, .time = sample->time};
    if (!meant || !filter_accepts(&options->filter, &selection->window, &record, sample->comm))
        return 0;
    group_text(options->by, sample->comm, sample->pid, sample->tid, sample->cpu, selection->group,
               sizeof selection->group);
    *ret_group = *selection->group ? selection->group : NULL;
    return 1;
}

/* What text has not can be no weight, and judge nothing. */
static int check_weights(const struct options *options, struct pfl_error *err)
{
    char *const *weights = options->weights;
    if (options->where)
        return error_set(err, PFL_ERROR_ABSENT,
                         "perf script text does not tell the fields that --where names");
    for (size_t i = 0; weights && weights[i]; i++)
        if (strcmp(weights[i], "period") != 0 && strcmp(weights[i], "samples") != 0)
            return error_set(err, PFL_ERROR_ABSENT,
                             "no weight '%.100s'; perf script text can give: period, samples",
                             weights[i]);
    return weights && weights[0] && weights[1]
               ? error_set(err, PFL_ERROR_ABSENT,
                           "perf script text gives one weight at a time: period or samples")
               : 0;
}

/* The events that were met, where none of them is meant. */
static int error_no_event(const struct pfl_profile *profile, struct pfl_error *err)
{
    CLEANUP(buffer_done) struct buffer list = {0};
    const struct trie *trie = profile->trie;
    for (uint32_t i = 0; i < trie->column_count; i++)
        buffer_printf(&list, "%s%s", i ? ", " : "", trie->columns[i].event);
    return error_set(err, PFL_ERROR_ABSENT, "no event '%.100s'; the text has: %.300s",
                     profile->options.events[0], buffer_string(&list));
}

int load_script_text(struct pfl_profile *profile, const struct source *source, struct input *input,
                     struct pfl_error *err)
{
    const struct filter *filter = &profile->options.filter;
    const struct options *options = &profile->options;
    int r = check_weights(options, err);
    if (r < 0)
        return r;
    if (filter->mode != FILTER_ANY_MODE)
        return error_set(err, PFL_ERROR_ABSENT, "perf script text does not tell a sample's mode");
    if (filter->start.how == FILTER_TIME_SHARE || filter->end.how == FILTER_TIME_SHARE)
        return error_set(err, PFL_ERROR_USAGE,
                         "perf script text does not tell its last sample: give the time in "
                         "seconds");
    input->closed = true;
    struct selection selection = {.options = options, .input = input, .err = err};
    const struct script_filter by = {.select = select_sample,
                                     .context = &selection,
                                     .hits = options->weights &&
                                             strcmp(options->weights[0], "samples") == 0};
    r = script_text_read(profile->trie, source, &by, &input->skipped_lines, err);
    if (r == 0 && options->events && !selection.met && input->samples)
        r = error_no_event(profile, err);
    return r < 0 ? r : notice_input(&profile->notices, input, err);
}

/* The columns of a picture that are taken, and all that there are. */
struct choice {
    const struct options *options;
    struct buffer all;
};

static void choice_done(struct choice *choice)
{
    buffer_done(&choice->all);
}

static bool select_column(void *context, const char *event, const char *weight)
{
    struct choice *choice = context;
    const struct options *options = choice->options;
    buffer_printf(&choice->all, "%s%s%s%s", choice->all.size ? ", " : "", event,
                  *event && *weight ? " " : "", weight);
    return event_is_meant(event, (const char *const *)options->events) &&
           weight_is_meant(weight, options->weights);
}

int load_picture(struct pfl_profile *profile, const struct source *source, struct input *input,
                 struct pfl_error *err)
{
    if (options_filter_threads(&profile->options))
        return error_set(err, PFL_ERROR_ABSENT,
                         "a picture has no comm, pid, tid, cpu, cgroup, mode, time or fields to "
                         "choose by");
    input->closed = true;
    CLEANUP(choice_done) struct choice choice = {.options = &profile->options};
    uint32_t columns = 0;
    int r = picture_text_read(profile->trie, source,
                              &(struct payload_filter){select_column, &choice}, &columns, err);
    if (r < 0)
        return r;
    return columns ? 0
                   : error_set(err, PFL_ERROR_ABSENT,
                               "the picture has no such event or weight; it has: %.300s",
                               buffer_string(&choice.all));
}
