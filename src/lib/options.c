/* SPDX-License-Identifier: MIT */
#include "lib/options.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tree/patterns.h"
#include "weigh/pair.h"

#define NS_PER_SECOND UINT64_C(1000000000)

static void list_free(char **list)
{
    for (char **text = list; text && *text; text++)
        mem_free(*text);
    mem_free(list);
}

static int list_copy(char ***ret_list, const char *const *list, struct pfl_error *err)
{
    if (!list)
        return 0;
    size_t count = 0;
    while (list[count])
        count++;
    char **copy = mem_zalloc(count + 1, sizeof *copy);
    if (!copy)
        return error_memory(err);
    *ret_list = copy; /* options_done frees it, however far it was filled */
    for (size_t i = 0; i < count; i++)
        if (!(copy[i] = mem_copy_text(list[i], strlen(list[i]))))
            return error_memory(err);
    return 0;
}

static int text_copy(char **ret_text, const char *text, struct pfl_error *err)
{
    if (!text)
        return 0;
    *ret_text = mem_copy_text(text, strlen(text));
    return *ret_text ? 0 : error_memory(err);
}

/* One item of a list of numbers: N or N-M. */
static bool range_parse(const char *text, size_t length, struct filter_range *ret_range)
{
    const char *dash = memchr(text, '-', length);
    size_t first = dash ? (size_t)(dash - text) : length;
    if (!text_u64(text, first, &ret_range->first))
        return false;
    ret_range->last = ret_range->first;
    return !dash || (text_u64(dash + 1, length - first - 1, &ret_range->last) &&
                     ret_range->last >= ret_range->first);
}

static int ranges_parse(const char *list, const char *what, struct filter_range **ret_ranges,
                        uint32_t *ret_count, struct pfl_error *err)
{
    size_t capacity = 0;
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (mem_grow(ret_ranges, &capacity, *ret_count + 1, sizeof **ret_ranges) < 0)
            return error_memory(err);
        if (!range_parse(at, strcspn(at, ","), &(*ret_ranges)[*ret_count]))
            return error_set(err, PFL_ERROR_USAGE, "not a list of %s: '%.100s'", what, list);
        ++*ret_count;
    }
    return 0;
}

/* A decimal number of units, times `scale`, without floating point: "2.5" of 1000 is 2500. What
 * lies beyond the scale's precision is cut. */
static bool decimal_parse(const char *text, size_t length, uint64_t scale, uint64_t *ret_value)
{
    const char *dot = memchr(text, '.', length);
    size_t whole = dot ? (size_t)(dot - text) : length;
    uint64_t value = 0;
    if (!text_u64(text, whole, &value) || __builtin_mul_overflow(value, scale, &value))
        return false;
    for (size_t i = whole + 1; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        scale /= 10;
        if (__builtin_add_overflow(value, (uint64_t)(text[i] - '0') * scale, &value))
            return false;
    }
    *ret_value = value;
    return true;
}

static bool time_parse(const char *text, size_t length, struct filter_time *ret_time)
{
    *ret_time = (struct filter_time){.how = FILTER_TIME_OPEN};
    if (length == 0)
        return true;
    if (text[length - 1] == '%') {
        uint64_t millionths;
        if (!decimal_parse(text, length - 1, 10000, &millionths) || millionths > 1000000)
            return false;
        ret_time->how = FILTER_TIME_SHARE;
        ret_time->millionths = (uint32_t)millionths;
        return true;
    }
    bool offset = *text == '+';
    ret_time->how = offset ? FILTER_TIME_OFFSET : FILTER_TIME_ABSOLUTE;
    return decimal_parse(text + offset, length - offset, NS_PER_SECOND, &ret_time->ns);
}

static int window_parse(const char *text, struct filter *filter, struct pfl_error *err)
{
    if (!text)
        return 0;
    const char *comma = strchr(text, ',');
    if (!comma || !time_parse(text, (size_t)(comma - text), &filter->start) ||
        !time_parse(comma + 1, strlen(comma + 1), &filter->end))
        return error_set(err, PFL_ERROR_USAGE,
                         "not a time window: '%.100s' (START,END: seconds, +2.5 or 40%%)", text);
    const struct filter_time *start = &filter->start, *end = &filter->end;
    if (start->how == end->how && (start->ns > end->ns || start->millionths > end->millionths))
        return error_set(err, PFL_ERROR_USAGE, "a time window that ends before it begins: '%.100s'",
                         text);
    return 0;
}

/* "500ms": a number and its unit. */
static int duration_parse(const char *text, uint64_t *ret_ns, struct pfl_error *err)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", NS_PER_SECOND}};
    size_t length = text ? strspn(text, "0123456789.") : 0;
    for (size_t i = 0; text && i < sizeof units / sizeof *units; i++)
        if (strcmp(text + length, units[i].name) == 0 &&
            decimal_parse(text, length, units[i].ns, ret_ns))
            return 0;
    return text ? error_set(err, PFL_ERROR_USAGE,
                            "not a duration: '%.100s' (a number with ns, us, ms or s)", text)
                : 0;
}

/* The moment at which in use is looked at. */
static int moment_parse(const char *text, struct options *o, struct pfl_error *err)
{
    if (!text || strcmp(text, "end") == 0)
        return 0;
    if (strcmp(text, "peak") == 0) {
        o->weigher.at = ALLOCS_AT_PEAK;
        return 0;
    }
    o->weigher.at = ALLOCS_AT_TIME;
    if (*text && time_parse(text, strlen(text), &o->at_time))
        return 0;
    return error_set(err, PFL_ERROR_USAGE,
                     "not a moment: '%.100s' (end, peak, seconds, +2.5 or 40%%)", text);
}

/* --at and --older-than say how to look at what is in use, not that it is wanted. */
static int in_use_parse(const struct pfl_profile_options *given, const char **ret_option,
                        struct pfl_error *err)
{
    const char *option = given->at ? "--at" : given->older_than ? "--older-than" : NULL;
    bool wanted = !given->weights;
    for (const char *const *weight = given->weights; weight && *weight; weight++)
        wanted |= weigher_is_in_use(*weight);
    *ret_option = option;
    if (option && given->in_time_order)
        return error_set(err, PFL_ERROR_USAGE,
                         "%s is for what is in use, which has no order in time", option);
    return wanted || !option ? 0
                             : error_set(err, PFL_ERROR_USAGE,
                                         "%s is for what is in use: -w inuse-bytes", option);
}

static int weigher_parse(struct options *o, const struct pfl_profile_options *given,
                         struct pfl_error *err)
{
    int r;
    if ((r = list_copy(&o->pairs, given->alloc_pairs, err)) < 0 ||
        (r = duration_parse(given->older_than, &o->weigher.older_than, err)) < 0 ||
        (r = moment_parse(given->at, o, err)) < 0 ||
        (r = in_use_parse(given, &o->in_use_option, err)) < 0 ||
        (given->where && (r = where_new(&o->where, given->where, err)) < 0))
        return r;
    for (char **pair = o->pairs; pair && *pair; pair++)
        if ((r = pair_check(*pair, err)) < 0)
            return r;
    o->weigher.events = (const char *const *)o->events;
    o->weigher.weights = (const char *const *)o->weights;
    o->weigher.pairs = (const char *const *)o->pairs;
    o->weigher.where = o->where;
    return 0;
}

/* Which debuginfod servers to ask, if any. */
static int servers_copy(char **ret_servers, const struct pfl_profile_options *given,
                        struct pfl_error *err)
{
    const char *servers = given->debuginfod;
    if (given->debuginfod_seconds > DEBUGINFOD_SECONDS)
        return error_set(err, PFL_ERROR_USAGE, "debuginfod is asked for %d seconds at most",
                         DEBUGINFOD_SECONDS);
    if (given->debuginfod_seconds && !servers)
        return error_set(err, PFL_ERROR_USAGE,
                         "--debuginfod-timeout is for --debuginfod, which is not given");
    if (servers && !*servers)
        servers = getenv("DEBUGINFOD_URLS");
    if (given->debuginfod && (!servers || !*servers))
        return error_set(err, PFL_ERROR_USAGE,
                         "no debuginfod server is named, neither by --debuginfod=URLS nor by "
                         "$DEBUGINFOD_URLS");
    return text_copy(ret_servers, servers, err);
}

/* Copies all that is borrowed; on failure options_done frees what was copied. */
static int options_copy(struct options *o, const struct pfl_profile_options *given,
                        struct pfl_error *err)
{
    int r;
    if ((r = list_copy(&o->events, given->events, err)) < 0 ||
        (r = list_copy(&o->weights, given->weights, err)) < 0 ||
        (r = list_copy(&o->comms, given->comms, err)) < 0 ||
        (r = list_copy(&o->cgroups, given->cgroups, err)) < 0 ||
        (r = list_copy(&o->ignore, given->ignore, err)) < 0 ||
        (r = list_copy(&o->focus, given->focus, err)) < 0 ||
        (r = list_copy(&o->show_from, given->show_from, err)) < 0 ||
        (r = list_copy(&o->hide, given->hide, err)) < 0 ||
        (r = text_copy(&o->symfs, given->symfs, err)) < 0 ||
        (r = list_copy(&o->symbols, given->symbols, err)) < 0 ||
        (r = text_copy(&o->vmlinux, given->vmlinux, err)) < 0 ||
        (r = text_copy(&o->kallsyms, given->kallsyms, err)) < 0 ||
        (r = text_copy(&o->buildid_dir, given->buildid_dir, err)) < 0 ||
        (r = servers_copy(&o->debuginfod, given, err)) < 0 ||
        (r = text_copy(&o->unit, given->unit, err)) < 0 ||
        (r = ranges_parse(given->pids, "process ids", &o->pids, &o->filter.pid_count, err)) < 0 ||
        (r = ranges_parse(given->tids, "thread ids", &o->tids, &o->filter.tid_count, err)) < 0 ||
        (r = ranges_parse(given->cpus, "CPUs", &o->cpus, &o->filter.cpu_count, err)) < 0)
        return r;
    r = window_parse(given->time, &o->filter, err);
    return r < 0 ? r : weigher_parse(o, given, err);
}

/* What can be judged before anything is read. */
static int options_check(const struct pfl_profile_options *given, struct pfl_error *err)
{
    static const struct frames none = {.count = 0};
    const char *const *const patterns[] = {given->ignore, given->focus, given->show_from,
                                           given->hide};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        int r = patterns_match(patterns[i], &none, NULL, 0, err);
        if (r < 0)
            return r;
    }
    if (!given->in_time_order)
        return 0;
    if (given->by != PFL_BY_COMM && given->by != PFL_BY_THREAD && given->by != PFL_BY_CPU)
        return error_set(err, PFL_ERROR_USAGE,
                         "the order of time is that of a thread or a CPU: --by thread or cpu");
    for (const char *const *weight = given->weights; weight && *weight; weight++)
        if (weigher_is_in_use(*weight))
            return error_set(err, PFL_ERROR_USAGE, "%s has no order in time", *weight);
    return 0;
}

int options_init(struct options *options, const struct pfl_profile_options *given,
                 struct pfl_error *err)
{
    static const struct pfl_profile_options defaults = {.size = sizeof defaults};
    *options = (struct options){0};
    if (!given)
        given = &defaults;
    if (given->size != sizeof *given)
        return error_set(err, PFL_ERROR_USAGE, "pfl_profile_options.size is not set");
    int r = options_check(given, err);
    if (r == 0)
        r = options_copy(options, given, err);
    if (r < 0) {
        options_done(options);
        return r;
    }
    options->in_time_order = given->in_time_order != 0;
    options->no_inlined = given->inlines == PFL_INLINES_HIDDEN;
    options->most_events = given->most_events;
    options->threads = given->threads;
    options->by = given->by == PFL_BY_COMM && given->in_time_order ? PFL_BY_THREAD : given->by;
    options->progress = given->progress;
    options->progress_context = given->progress_context;
    options->filter.comms = (const char *const *)options->comms;
    options->filter.pids = options->pids;
    options->filter.tids = options->tids;
    options->filter.cpus = options->cpus;
    options->filter.mode = given->mode == PFL_MODE_KERNEL ? FILTER_KERNEL_MODE
                           : given->mode == PFL_MODE_USER ? FILTER_USER_MODE
                                                          : FILTER_ANY_MODE;
    options->shape = (struct shape_options){
        .ignore = (const char *const *)options->ignore,
        .focus = (const char *const *)options->focus,
        .show_from = (const char *const *)options->show_from,
        .hide = (const char *const *)options->hide,
        .collapse_recursion = given->collapse_recursion != 0,
        .only_kernel = given->frames == PFL_MODE_KERNEL,
        .only_user = given->frames == PFL_MODE_USER,
        .max_depth = given->max_depth,
        .reverse = given->reverse != 0,
    };
    options->resolve = (struct resolve_options){
        .symfs = options->symfs,
        .symbols = (const char *const *)options->symbols,
        .kallsyms = options->kallsyms,
        .vmlinux = options->vmlinux,
        .buildid_dir = options->buildid_dir,
        .debuginfod = options->debuginfod,
        .debuginfod_seconds = given->debuginfod_seconds,
        .fetching = given->fetching,
        .fetching_context = given->progress_context,
        .names = given->names == PFL_NAMES_FULL  ? RESOLVE_NAMES_FULL
                 : given->names == PFL_NAMES_RAW ? RESOLVE_NAMES_RAW
                                                 : RESOLVE_NAMES_SHORT,
        .perf_compat = given->perf_compat != 0,
        .addresses = given->addresses != 0,
        .no_inline = given->inlines == PFL_INLINES_HIDDEN ||
                     (given->perf_compat && given->inlines != PFL_INLINES_SHOWN),
        .lines = given->lines != 0,
    };
    return 0;
}

void options_done(struct options *options)
{
    list_free(options->events);
    list_free(options->weights);
    list_free(options->comms);
    list_free(options->cgroups);
    list_free(options->ignore);
    list_free(options->focus);
    list_free(options->show_from);
    list_free(options->hide);
    list_free(options->pairs);
    where_free(options->where);
    mem_free(options->symfs);
    list_free(options->symbols);
    mem_free(options->kallsyms);
    mem_free(options->vmlinux);
    mem_free(options->buildid_dir);
    mem_free(options->debuginfod);
    mem_free(options->unit);
    mem_free(options->pids);
    mem_free(options->tids);
    mem_free(options->cpus);
    *options = (struct options){0};
}

unsigned options_thread_count(const struct options *options, bool worth)
{
    cpu_set_t set;
    if (options->threads)
        return options->threads;
    return worth && sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

bool options_filter_samples(const struct options *options)
{
    return options->events || options_filter_threads(options);
}

bool options_filter_threads(const struct options *options)
{
    const struct filter *filter = &options->filter;
    return options->where || filter->comms || options->cgroups || filter->pid_count ||
           filter->tid_count || filter->cpu_count || filter->mode != FILTER_ANY_MODE ||
           filter->start.how != FILTER_TIME_OPEN || filter->end.how != FILTER_TIME_OPEN;
}
