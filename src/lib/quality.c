/* SPDX-License-Identifier: MIT */
/* How good the stacks and their names turned out, over all recordings, measured on the weight
 * that is shown first: what has no name and why, and which user stacks break off. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "lib/profile_data.h"

/* An object, the weight of the leaves in it, and that of the user stacks that break off in it. */
struct quality_object {
    uint32_t object;
    int64_t weight, unnamed, breaking_off;
};

struct quality {
    struct pfl_profile *profile;
    uint32_t column; /* the one that is shown first */
    int64_t all, unnamed, breaking_off;
    struct quality_object breaker;  /* in which most of the weight breaks off */
    struct quality_object *objects; /* by number; those with weight, worst first, once sorted */
    size_t count;
};

static void quality_done(struct quality *quality)
{
    mem_free(quality->objects);
}

static void quality_add_leaf(struct quality *quality, uint32_t place, int64_t weight, bool unnamed)
{
    uint32_t number = stacks_place_at(quality->profile->stacks, place).object;
    struct quality_object *object = &quality->objects[number];
    object->weight = weight_add(object->weight, weight);
    if (!unnamed)
        return;
    object->unnamed = weight_add(object->unnamed, weight);
    quality->unnamed = weight_add(quality->unnamed, weight);
}

static void quality_add_break(struct quality *quality, uint32_t user_part, int64_t weight)
{
    struct stacks_part part = stacks_part_at(quality->profile->stacks, user_part);
    uint32_t outermost = part.places[part.count - 1];
    uint32_t number = stacks_place_at(quality->profile->stacks, outermost).object;
    struct quality_object *object = &quality->objects[number];
    object->breaking_off = weight_add(object->breaking_off, weight);
    quality->breaking_off = weight_add(quality->breaking_off, weight);
}

static int quality_add_row(struct quality *quality, uint32_t row_number, const bool *unnamed,
                           struct pfl_error *err)
{
    const struct stacks *stacks = quality->profile->stacks;
    struct stacks_row row = stacks_row_at(stacks, row_number);
    int64_t weight = stacks_value(stacks, quality->column, row_number);
    quality->all = weight_add(quality->all, weight);
    struct stacks_part leaf =
        stacks_part_at(stacks, row.kernel_part ? row.kernel_part : row.user_part);
    if (leaf.count)
        quality_add_leaf(quality, leaf.places[0], weight, unnamed[leaf.places[0]]);
    if (group_mark_of(row.group) != GROUP_WHOLE) /* told already, with its own remedy */
        return 0;
    int breaks_off = resolver_breaks_off(quality->profile->resolver, row.user_part, err);
    if (breaks_off > 0)
        quality_add_break(quality, row.user_part, weight);
    return breaks_off < 0 ? breaks_off : 0;
}

/* The first column that has weight: those without are not shown. */
static uint32_t first_column(const struct pfl_profile *profile)
{
    const struct stacks *stacks = profile->stacks;
    for (uint32_t column = 0; column < profile->trie->column_count; column++)
        for (uint32_t row = 0; row < stacks_row_count(stacks); row++)
            if (stacks_value(stacks, column, row))
                return column;
    return 0;
}

static int object_compare(const void *left, const void *right)
{
    const struct quality_object *a = left, *b = right;
    if (a->unnamed != b->unnamed)
        return a->unnamed > b->unnamed ? -1 : 1;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return a->object < b->object ? -1 : a->object > b->object;
}

/* Measures all rows. */
static int quality_measure(struct quality *quality, const bool *unnamed, struct pfl_error *err)
{
    const struct pfl_profile *profile = quality->profile;
    uint32_t count = resolver_object_count(profile->resolver);
    quality->objects = mem_zalloc(count, sizeof *quality->objects);
    if (!quality->objects)
        return error_memory(err);
    for (uint32_t i = 0; i < stacks_row_count(profile->stacks); i++) {
        int r = quality_add_row(quality, i, unnamed, err);
        if (r < 0)
            return r;
    }
    for (uint32_t i = 0; i < count; i++) {
        quality->objects[i].object = i;
        if (quality->objects[i].breaking_off > quality->breaker.breaking_off)
            quality->breaker = quality->objects[i];
        if (quality->objects[i].weight)
            quality->objects[quality->count++] = quality->objects[i];
    }
    qsort(quality->objects, quality->count, sizeof *quality->objects, object_compare);
    return 0;
}

/* Takes the text out of a buffer. */
static int take_text(char **ret_text, struct buffer *buffer, struct pfl_error *err)
{
    const char *text = buffer_string(buffer);
    *ret_text = buffer->failed ? NULL : mem_copy_text(text, strlen(text));
    buffer_clear(buffer);
    return *ret_text ? 0 : error_memory(err);
}

static int keep_object(struct named_object *ret_object, struct resolver *resolver,
                       const struct quality_object *object, struct pfl_error *err)
{
    CLEANUP(buffer_done) struct buffer text = {0};
    uint32_t number = object->object;
    const char *path = resolver_object_path(resolver, number);
    ret_object->weight = object->weight;
    ret_object->unnamed = object->unnamed;
    buffer_text(&text, *path ? path : "no known file");
    int r = take_text(&ret_object->path, &text, err);
    if (r == 0) {
        resolver_object_build_id(resolver, number, &text);
        r = take_text(&ret_object->build_id, &text, err);
    }
    if (r == 0) {
        buffer_text(&text, object->unnamed ? resolver_object_trouble(resolver, number) : "");
        r = take_text(&ret_object->why, &text, err);
    }
    if (r == 0) {
        if (object->unnamed)
            resolver_object_remedy(resolver, number, &text);
        r = take_text(&ret_object->remedy, &text, err);
    }
    return r;
}

/* Keeps what is known of the objects for `info`: the resolver will be gone. */
static int keep_objects(const struct quality *quality, struct pfl_error *err)
{
    struct pfl_profile *profile = quality->profile;
    int r = 0;
    profile->named_of = quality->all;
    if (quality->count == 0)
        return 0;
    const char *event = profile->trie->columns[quality->column].event;
    profile->named_event = mem_copy_text(event, strlen(event));
    profile->objects = mem_zalloc(quality->count, sizeof *profile->objects);
    if (!profile->objects || !profile->named_event)
        return error_memory(err);
    for (size_t i = 0; i < quality->count && r == 0; i++) {
        profile->object_count++;
        r = keep_object(&profile->objects[i], profile->resolver, &quality->objects[i], err);
    }
    return r;
}

/* How many objects the warning names; `info` lists more. */
#define REPORT_OBJECTS 3

static int report_unnamed(const struct quality *quality, const char *input, struct pfl_error *err)
{
    struct pfl_profile *profile = quality->profile;
    CLEANUP(buffer_done) struct buffer text = {0};
    char share[NUMBER_SIZE];
    if (quality->unnamed <= 0 || quality->unnamed < quality->all / 10 + (quality->all % 10 != 0))
        return 0;
    number_percent(share, quality->unnamed, quality->all, 1);
    buffer_printf(&text, "%s%% of the weight has no name", share);
    size_t shown = 0;
    for (; shown < profile->object_count && shown < REPORT_OBJECTS; shown++) {
        const struct named_object *object = &profile->objects[shown];
        if (shown && (!object->unnamed || object->unnamed < quality->all / 100))
            break;
        number_percent(share, object->unnamed, quality->all, 1);
        buffer_printf(&text, "%s %s%% in %s (%s)%s%s", shown ? ";" : ":", share, object->path,
                      object->why, *object->remedy ? ": " : "", object->remedy);
    }
    if (shown < profile->object_count && profile->objects[shown].unnamed)
        buffer_text(&text, "; `perflame info` tells of the others");
    const char *line = buffer_string(&text);
    if (text.failed)
        return error_memory(err);
    return notice_add(&profile->notices, PFL_NOTICE_UNNAMED, true, input, err, "%s", line);
}

static int report_breaking_off(const struct quality *quality, const char *input,
                               struct pfl_error *err)
{
    char share[NUMBER_SIZE], most[NUMBER_SIZE];
    if (quality->breaking_off <= quality->all / 10)
        return 0;
    number_percent(share, quality->breaking_off, quality->all, 1);
    number_percent(most, quality->breaker.breaking_off, quality->all, 1);
    /* Often it is the C library's: to build the program anew would mend little. */
    return notice_add(&quality->profile->notices, PFL_NOTICE_NO_FRAME_POINTERS, true, input, err,
                      "%s%% of the weight is in user stacks that break off after one or two "
                      "frames, %s%% in %s (a program or library without frame pointers): record "
                      "with `perf record --call-graph dwarf`, or build that with "
                      "-fno-omit-frame-pointer",
                      share, most,
                      resolver_object_path(quality->profile->resolver, quality->breaker.object));
}

/* What came of asking servers; what is missing all the same, the other lines tell. */
static int report_fetched(struct pfl_profile *profile, const char *input, struct pfl_error *err)
{
    const struct debuginfod *debuginfod = resolver_debuginfod(profile->resolver);
    if (!debuginfod || !debuginfod->asked)
        return 0;
    if (debuginfod->absent)
        return notice_add(&profile->notices, PFL_NOTICE_DEBUGINFOD, true, input, err,
                          "no debuginfod server was asked, for libdebuginfod.so.1 is not "
                          "installed: Debian's package is libdebuginfod1");
    return notice_add(&profile->notices, PFL_NOTICE_DEBUGINFOD, debuginfod->expired, input, err,
                      "debuginfod gave %" PRIu32 " of %" PRIu32 " files%s", debuginfod->got,
                      debuginfod->asked,
                      debuginfod->expired ? " before its time was over; go on when the servers "
                                            "answer, what came is kept"
                                          : "");
}

/* What is to be said of lists of the kernel's symbols. */
static int report_lists(struct pfl_profile *profile, struct pfl_error *err)
{
    const char *list = resolver_damaged_list(profile->resolver);
    const char *foreign = resolver_foreign_list(profile->resolver);
    int r = list ? notice_add(&profile->notices, PFL_NOTICE_SYMBOL_SOURCE, true, list, err,
                              "lines with NUL bytes were skipped, so that the functions before "
                              "them may stand for theirs: take a whole copy of the list")
                 : 0;
    if (r < 0 || !foreign)
        return r;
    return notice_add(&profile->notices, PFL_NOTICE_SYMBOL_SOURCE, true, foreign, err,
                      "seems to be of another kernel, whose code has another size, so that kernel "
                      "frames may have wrong names: take the list of the kernel recorded");
}

static int report_kernel(struct pfl_profile *profile, const char *input, struct pfl_error *err)
{
    int r = report_lists(profile, err);
    if (r < 0)
        return r;
    if (!resolver_kernel_is_hidden(profile->resolver))
        return 0;
    return notice_add(&profile->notices, PFL_NOTICE_KERNEL_HIDDEN, true, input, err,
                      "kernel addresses are hidden, so kernel frames have no names: "
                      "`sysctl kernel.kptr_restrict=0`, then record again");
}

static int report_lines(struct pfl_profile *profile, const char *input, struct pfl_error *err)
{
    if (!profile->options.resolve.lines || !profile_has(profile, INPUT_RECORDING) ||
        resolver_found_lines(profile->resolver))
        return 0;
    return notice_add(&profile->notices, PFL_NOTICE_NO_LINES, true, input, err,
                      "--lines found none: debug information tells them, which programs built "
                      "with -g have; --debuginfod, or --symbols PATH, brings that of others");
}

/* True if the events' user stacks were walked by frame pointers: what was recorded without call
 * chains, or to be unwound, deserves another notice. */
static bool stacks_were_walked(const struct pfl_profile *profile)
{
    for (size_t i = 0; i < profile->input_count; i++)
        for (uint32_t k = 0; k < profile->inputs[i].event_count; k++)
            if (profile->inputs[i].events[k].samples &&
                (!profile->inputs[i].events[k].has_callchain ||
                 profile->inputs[i].events[k].stack_bytes))
                return false;
    return true;
}

int report_quality(struct pfl_profile *profile, const bool *unnamed, struct pfl_error *err)
{
    CLEANUP(quality_done)
    struct quality quality = {.profile = profile, .column = first_column(profile)};
    const char *input = profile_inputs_name(profile);
    int r = quality_measure(&quality, unnamed, err);
    if (r == 0)
        r = keep_objects(&quality, err);
    if (r == 0)
        r = report_unnamed(&quality, input, err);
    if (r == 0 && stacks_were_walked(profile))
        r = report_breaking_off(&quality, input, err);
    if (r == 0)
        r = report_fetched(profile, input, err);
    if (r == 0)
        r = report_lines(profile, input, err);
    return r < 0 ? r : report_kernel(profile, input, err);
}
