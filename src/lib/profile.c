/* SPDX-License-Identifier: MIT */
/* The life of a profile: inputs in, a trie out. */
#include <string.h>

#include "base/limits.h"
#include "base/number.h"
#include "lib/heed.h"
#include "lib/offer.h"
#include "lib/profile_data.h"
#include "perf/session.h"
#include "resolve/given.h"
#include "tree/folded.h"
#include "tree/picture_text.h"
#include "tree/script_text.h"

/* Bytes by which an input is recognised: folded text by its first line, which may be long. */
#define HEAD_SIZE (256 * 1024)

MEM_CLEANUP(profile_cleanup, struct pfl_profile, pfl_profile_free)

/* Tells of sources of symbols that were given and are of no use. */
static int profile_check_sources(struct pfl_profile *profile, struct pfl_error *err)
{
    struct given_fault fault;
    uint32_t at = 0;
    int r;
    while ((r = given_next(&profile->options.resolve, &at, &fault)) > 0)
        if ((r = notice_add(&profile->notices, PFL_NOTICE_SYMBOL_SOURCE, true, fault.path, err,
                            "%s, so that %s gives no symbols", fault.why, fault.option)) < 0)
            return r;
    return r < 0 ? error_memory(err) : 0;
}

int pfl_profile_new(struct pfl_profile **ret_profile, const struct pfl_profile_options *options,
                    struct pfl_error *err)
{
    CLEANUP(profile_cleanup) struct pfl_profile *profile = mem_zalloc(1, sizeof *profile);
    if (!profile)
        return error_memory(err);
    int r = options_init(&profile->options, options, err);
    if (r < 0)
        return r;
    profile->trie = trie_new();
    profile->stacks = stacks_new();
    if (!profile->trie || !profile->stacks || intern_init(&profile->groups) < 0)
        return error_memory(err);
    profile->trie->timed = profile->options.in_time_order;
    if (profile->options.in_time_order)
        stacks_keep_order(profile->stacks);
    r = resolver_new(&profile->resolver, profile->stacks, &profile->options.resolve, err);
    if (r < 0 || (r = profile_check_sources(profile, err)) < 0)
        return r;
    *ret_profile = MEM_TAKE(profile);
    return 0;
}

void pfl_profile_free(struct pfl_profile *profile)
{
    if (!profile)
        return;
    resolver_free(profile->resolver);
    stacks_free(profile->stacks);
    trie_free(profile->trie);
    intern_done(&profile->groups);
    for (size_t i = 0; i < profile->input_count; i++)
        input_done(&profile->inputs[i]);
    mem_free(profile->inputs);
    for (size_t i = 0; i < profile->object_count; i++) {
        mem_free(profile->objects[i].path);
        mem_free(profile->objects[i].build_id);
        mem_free(profile->objects[i].why);
        mem_free(profile->objects[i].remedy);
    }
    mem_free(profile->objects);
    mem_free(profile->named_event);
    notice_list_done(&profile->notices);
    options_done(&profile->options);
    mem_free(profile);
}

static enum input_kind input_kind_of(const uint8_t *head, size_t size)
{
    const char *text = (const char *)head;
    return perf_session_recognises(head, size)   ? INPUT_RECORDING
           : picture_text_recognises(text, size) ? INPUT_PICTURE
           : script_text_recognises(text, size)  ? INPUT_SCRIPT
           : script_text_has_frames(text, size)  ? INPUT_UNKNOWN
           : folded_recognises(text, size)       ? INPUT_FOLDED
                                                 : INPUT_UNKNOWN;
}

static int error_unknown(const uint8_t *head, size_t size, struct pfl_error *err)
{
    if (script_text_has_frames((const char *)head, size))
        return error_set(err, PFL_ERROR_FORMAT,
                         "perf script text whose samples do not tell their comm, pid or tid, and "
                         "event: print it by `perf script` without -F, or with `-F "
                         "comm,pid,tid,event,ip,sym,dso`");
    return error_set(err, PFL_ERROR_FORMAT,
                     "not a perf.data recording, perf script text, folded stacks or a picture of "
                     "perflame");
}

/* Reads what was recognised by its first bytes. A pipe of perf's is read as it comes; all else
 * wants to be looked at twice, once it is known to be of use: a device may give bytes forever. */
static int profile_load(struct pfl_profile *profile, struct source *source, struct input *input,
                        struct pfl_error *err)
{
    CLEANUP(mem_cleanup) uint8_t *head = mem_alloc(HEAD_SIZE);
    size_t size;
    if (!head)
        return error_memory(err);
    int r = source_peek(source, head, HEAD_SIZE, &size, err);
    if (r < 0)
        return r;
    if (size == 0)
        return error_set(err, PFL_ERROR_FORMAT, "is empty");
    input->kind = input_kind_of(head, size);
    if (input->kind == INPUT_UNKNOWN)
        return error_unknown(head, size, err);
    /* A recording's inlined functions are not looked for in the first place. */
    if (input->kind != INPUT_RECORDING)
        profile->options.shape.no_inlined = profile->options.no_inlined;
    if (!perf_session_recognises_pipe(head, size) && (r = source_settle(source, err)) < 0)
        return r;
    input->size = source->size;
    for (uint32_t i = 0; i < source->part_count; i++)
        input->size += source->parts[i].size;
    input->compression = source->compression;
    input->cut = source->cut;
    switch (input->kind) {
    case INPUT_RECORDING: return load_recording(profile, source, input, err);
    case INPUT_PICTURE: return load_picture(profile, source, input, err);
    case INPUT_SCRIPT: return load_script_text(profile, source, input, err);
    default: return load_folded(profile, source, input, err);
    }
}

static int profile_add(struct pfl_profile *profile, struct source *source, const char *name,
                       struct pfl_error *err)
{
    if (mem_grow(&profile->inputs, &profile->input_capacity, profile->input_count + 1,
                 sizeof *profile->inputs) < 0)
        return error_memory(err);
    struct input *input = &profile->inputs[profile->input_count];
    *input = (struct input){0};
    input->name = mem_copy_text(name, strlen(name));
    if (!input->name)
        return error_memory(err);
    profile->input_count++;
    return profile_load(profile, source, input, err);
}

/* What a bad input gave before its end stays in the stacks and in the trie: no result is made of
 * it. */
static int profile_check_open(const struct pfl_profile *profile, struct pfl_error *err)
{
    if (profile->finished)
        return error_set(err, PFL_ERROR_USAGE, "the profile is finished");
    if (profile->failed)
        return error_set(err, PFL_ERROR_USAGE, "an input of the profile could not be read");
    return 0;
}

int pfl_profile_add_file(struct pfl_profile *profile, const char *path, struct pfl_error *err)
{
    struct source source;
    int r = profile_check_open(profile, err);
    if (r < 0)
        return r;
    profile->failed = true; /* until all of it is read */
    if ((r = source_begin(&source, path, "data", err)) < 0)
        return r;
    r = profile_add(profile, &source, path, err);
    source_close(&source);
    profile->failed = r < 0;
    return r;
}

int pfl_profile_add_fd(struct pfl_profile *profile, int fd, const char *name, struct pfl_error *err)
{
    struct source source;
    int r = profile_check_open(profile, err);
    if (r < 0)
        return r;
    profile->failed = true; /* until all of it is read */
    if ((r = source_begin_fd(&source, fd, err)) < 0)
        return r;
    r = profile_add(profile, &source, name, err);
    source_close(&source);
    profile->failed = r < 0;
    return r;
}

/* Keeps the columns that have weight, in their order. */
static void profile_drop_empty_columns(struct pfl_profile *profile)
{
    struct trie *trie = profile->trie;
    for (uint32_t i = trie->column_count; i-- > 0;)
        if (!trie->columns[i].self)
            trie_drop_column(trie, i);
}

static int error_no_samples(const struct pfl_profile *profile, struct pfl_error *err)
{
    bool any = false;
    for (size_t i = 0; i < profile->input_count; i++)
        any = any || profile->inputs[i].samples || !profile->inputs[i].events;
    bool filtered =
        options_filter_samples(&profile->options) || !shape_is_identity(&profile->options.shape);
    return error_set(err, PFL_ERROR_NO_SAMPLES,
                     !any       ? "no sample was recorded"
                     : filtered ? "no sample is left after the filters"
                                : "all weights are zero");
}

/* dropped: whether nodes may have lost all their weight. */
static int profile_shape(struct pfl_profile *profile, bool dropped, struct pfl_error *err)
{
    if (!dropped && shape_is_identity(&profile->options.shape))
        return trie_sum(profile->trie) < 0 ? error_memory(err) : 0;
    struct trie *shaped;
    int r = shape_apply(profile->trie, &profile->options.shape, &shaped, err);
    if (r < 0)
        return r;
    trie_free(profile->trie);
    profile->trie = shaped;
    return 0;
}

/* True if the trie has weight left in any column. */
static bool profile_has_weight(const struct pfl_profile *profile)
{
    for (uint32_t i = 0; i < profile->trie->column_count; i++)
        if (trie_total(profile->trie, i, 0))
            return true;
    return false;
}

/* What ended at the root itself. */
static int tell_empty_stacks(struct pfl_profile *profile, struct pfl_error *err)
{
    const struct trie *trie = profile->trie;
    char share[NUMBER_SIZE];
    uint32_t column = 0;
    while (column < trie->column_count && trie_self(trie, column, 0) <= 0)
        column++;
    if (column == trie->column_count)
        return 0;
    number_percent(share, trie_self(trie, column, 0), trie_total(trie, column, 0), 1);
    return notice_add(
        &profile->notices, PFL_NOTICE_EMPTY_STACKS, true, profile_inputs_name(profile), err,
        "%s%% of the weight is in stacks that no frame is left of: folded text has no "
        "line for them",
        share);
}

int pfl_profile_finish(struct pfl_profile *profile, struct pfl_error *err)
{
    int r = profile_check_open(profile, err);
    if (r < 0)
        return r;
    profile->finished = true;
    if (profile->input_count &&
        ((r = heed_check(profile, err)) < 0 || (r = name_rows(profile, err)) < 0))
        return r;
    resolver_free(MEM_TAKE(profile->resolver));
    stacks_free(MEM_TAKE(profile->stacks));
    profile_drop_empty_columns(profile);
    uint32_t most = profile->options.most_events;
    r = most ? offer_most_sampled(profile, most, err) : 0;
    if (r < 0 || (r = profile_shape(profile, r > 0, err)) < 0)
        return r;
    return profile_has_weight(profile) ? tell_empty_stacks(profile, err)
                                       : error_no_samples(profile, err);
}

uint32_t pfl_profile_column_count(const struct pfl_profile *profile)
{
    return profile->trie->column_count;
}

int pfl_profile_column(const struct pfl_profile *profile, uint32_t column,
                       struct pfl_column *ret_column)
{
    if (column >= profile->trie->column_count)
        return -PFL_ERROR_USAGE;
    const struct trie_column *c = &profile->trie->columns[column];
    *ret_column = (struct pfl_column){
        .event = c->event,
        .weight = c->weight,
        .unit = c->unit,
        .total = trie_total(profile->trie, column, 0),
        .recorded = c->recorded,
        .samples = c->samples,
        .family = c->family,
    };
    return 0;
}

uint32_t pfl_profile_notice_count(const struct pfl_profile *profile)
{
    return (uint32_t)profile->notices.count;
}

int pfl_profile_notice(const struct pfl_profile *profile, uint32_t notice,
                       struct pfl_notice *ret_notice)
{
    if (notice >= profile->notices.count)
        return -PFL_ERROR_USAGE;
    const struct notice *n = &profile->notices.items[notice];
    *ret_notice = (struct pfl_notice){
        .kind = n->kind, .input = n->input, .text = n->text, .warning = n->warning};
    return 0;
}

void pfl_profile_losses(const struct pfl_profile *profile, uint64_t *ret_samples,
                        uint64_t *ret_lost)
{
    *ret_samples = *ret_lost = 0;
    for (size_t i = 0; i < profile->input_count; i++) {
        const struct input *input = &profile->inputs[i];
        const struct perf_losses *losses = &input->losses;
        bool ends_early = losses->truncated || input->cut; /* how many are behind nobody knows */
        *ret_samples += input->samples + input->folded.taken;
        *ret_lost +=
            input->lost + losses->damaged + losses->undescribed + input->skipped_lines + ends_early;
    }
}

static int error_units_differ(const struct trie_column *a, const struct trie_column *b,
                              struct pfl_error *err)
{
    const char *one = *a->event ? a->event : "folded text";
    const char *other = *b->event ? b->event : "folded text";
    if (strcmp(one, other) != 0 || strcmp(a->weight, b->weight) != 0)
        return error_set(err, PFL_ERROR_USAGE,
                         "%s (%s) and %s (%s) cannot be added: choose one with -e or -w", one,
                         a->unit, other, b->unit);
    return error_set(err, PFL_ERROR_USAGE, "%s in %s and in %s cannot be added%s", one, a->unit,
                     b->unit, *a->event ? "" : ": --unit says what it counts");
}

int profile_check_columns(const struct pfl_profile *profile, const uint32_t **columns,
                          uint32_t *count, struct pfl_error *err)
{
    static const uint32_t first = 0;
    if (*count == 0) {
        *columns = &first;
        *count = 1;
    }
    const struct trie *trie = profile->trie;
    for (uint32_t i = 0; i < *count; i++) {
        uint32_t column = (*columns)[i];
        if (column >= trie->column_count)
            return error_set(err, PFL_ERROR_USAGE, "no column %u", column);
        const struct trie_column *one = &trie->columns[(*columns)[0]];
        if (strcmp(trie->columns[column].unit, one->unit) != 0)
            return error_units_differ(one, &trie->columns[column], err);
    }
    return 0;
}
