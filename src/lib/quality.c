/* SPDX-License-Identifier: MIT */
/* How good the stacks and their names turned out, over all recordings, measured on the weight
 * that is shown first: what has no name and why, and which user stacks break off. */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "lib/profile_data.h"

/* An object and the weight of the leaves in it that have no name. */
struct unnamed_object {
    uint32_t object;
    int64_t weight;
};

struct quality {
    struct pfl_profile *profile;
    int64_t all, unnamed, breaking_off;
    struct unnamed_object *objects;
    size_t object_count, object_capacity;
};

static void quality_done(struct quality *quality)
{
    mem_free(quality->objects);
}

static int quality_add_unnamed(struct quality *quality, uint32_t object, int64_t weight,
                               struct pfl_error *err)
{
    size_t i = 0;
    quality->unnamed = weight_add(quality->unnamed, weight);
    while (i < quality->object_count && quality->objects[i].object != object)
        i++;
    if (i == quality->object_count) {
        if (mem_grow(&quality->objects, &quality->object_capacity, i + 1,
                     sizeof *quality->objects) < 0)
            return error_memory(err);
        quality->objects[quality->object_count++] = (struct unnamed_object){.object = object};
    }
    quality->objects[i].weight = weight_add(quality->objects[i].weight, weight);
    return 0;
}

static int quality_add_row(struct quality *quality, uint32_t row_number, const bool *unnamed,
                           struct pfl_error *err)
{
    const struct stacks *stacks = quality->profile->stacks;
    struct stacks_row row = stacks_row_at(stacks, row_number);
    int64_t weight = stacks_value(stacks, 0, row_number);
    quality->all = weight_add(quality->all, weight);
    struct stacks_part leaf =
        stacks_part_at(stacks, row.kernel_part ? row.kernel_part : row.user_part);
    if (leaf.count && unnamed[leaf.places[0]]) {
        uint32_t object = stacks_place_at(stacks, leaf.places[0]).object;
        int r = quality_add_unnamed(quality, object, weight, err);
        if (r < 0)
            return r;
    }
    if (group_mark_of(row.group) != GROUP_WHOLE) /* told already, with its own remedy */
        return 0;
    int breaks_off = resolver_breaks_off(quality->profile->resolver, row.user_part, err);
    if (breaks_off > 0)
        quality->breaking_off = weight_add(quality->breaking_off, weight);
    return breaks_off < 0 ? breaks_off : 0;
}

static int object_compare(const void *left, const void *right)
{
    const struct unnamed_object *a = left, *b = right;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return a->object < b->object ? -1 : a->object > b->object;
}

static int copy_or_memory(char **ret_text, const char *text, struct pfl_error *err)
{
    *ret_text = mem_copy_text(text, strlen(text));
    return *ret_text ? 0 : error_memory(err);
}

/* Keeps what has no name for `info`: the resolver will be gone. */
static int keep_unnamed(struct quality *quality, struct pfl_error *err)
{
    struct pfl_profile *profile = quality->profile;
    if (quality->object_count)
        qsort(quality->objects, quality->object_count, sizeof *quality->objects, object_compare);
    profile->named_of = quality->all;
    profile->unnamed = mem_zalloc(quality->object_count, sizeof *profile->unnamed);
    if (!profile->unnamed)
        return error_memory(err);
    int r = 0;
    for (size_t i = 0; i < quality->object_count && r == 0; i++) {
        struct unnamed *unnamed = &profile->unnamed[profile->unnamed_count++];
        uint32_t object = quality->objects[i].object;
        const char *path = resolver_object_path(profile->resolver, object);
        const char *why = resolver_object_trouble(profile->resolver, object);
        unnamed->weight = quality->objects[i].weight;
        r = copy_or_memory(&unnamed->path, path && *path ? path : "no known file", err);
        if (r == 0)
            r = copy_or_memory(&unnamed->why, why ? why : "no symbol there", err);
    }
    return r;
}

static int report_unnamed(const struct quality *quality, const char *input, struct pfl_error *err)
{
    struct pfl_profile *profile = quality->profile;
    if (quality->object_count == 0 || quality->unnamed < quality->all / 10)
        return 0;
    const struct unnamed_object *worst = &quality->objects[0];
    for (size_t i = 1; i < quality->object_count; i++)
        if (quality->objects[i].weight > worst->weight)
            worst = &quality->objects[i];
    const char *why = resolver_object_trouble(profile->resolver, worst->object);
    const char *path = resolver_object_path(profile->resolver, worst->object);
    char share[NUMBER_SIZE], worst_share[NUMBER_SIZE];
    number_percent(share, quality->unnamed, quality->all, 1);
    number_percent(worst_share, worst->weight, quality->all, 1);
    return notice_add(&profile->notices, PFL_NOTICE_UNNAMED, true, input, err,
                      "%s%% of the weight has no name, %s%% in %s (%s); symbols can be given with "
                      "--symfs, --buildid-dir or --kallsyms",
                      share, worst_share, path && *path ? path : "no known file",
                      why ? why : "no symbol there");
}

static int report_breaking_off(const struct quality *quality, const char *input,
                               struct pfl_error *err)
{
    char share[NUMBER_SIZE];
    if (quality->breaking_off <= quality->all / 10)
        return 0;
    number_percent(share, quality->breaking_off, quality->all, 1);
    return notice_add(&quality->profile->notices, PFL_NOTICE_NO_FRAME_POINTERS, true, input, err,
                      "%s%% of the weight is in user stacks that break off after one or two frames "
                      "(a program without frame pointers): record with "
                      "`perf record --call-graph dwarf`, or build with -fno-omit-frame-pointer",
                      share);
}

static int report_kernel(struct pfl_profile *profile, const char *input, struct pfl_error *err)
{
    const struct resolve_trouble *trouble = resolver_trouble(profile->resolver);
    if (trouble->kernel_addresses_hidden)
        return notice_add(&profile->notices, PFL_NOTICE_KERNEL_HIDDEN, true, input, err,
                          "kernel addresses are hidden, so kernel frames have no names: "
                          "`sysctl kernel.kptr_restrict=0`, then record again");
    if (trouble->kernel_build_id_differs)
        return notice_add(&profile->notices, PFL_NOTICE_UNNAMED, true, input, err,
                          "another kernel was recorded than the one at hand, so kernel frames "
                          "have no names: give its symbols with --kallsyms FILE");
    return 0;
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
    CLEANUP(quality_done) struct quality quality = {.profile = profile};
    const char *input = profile->inputs[0].name;
    for (uint32_t i = 0; i < stacks_row_count(profile->stacks); i++) {
        int r = quality_add_row(&quality, i, unnamed, err);
        if (r < 0)
            return r;
    }
    int r = keep_unnamed(&quality, err);
    if (r == 0)
        r = report_unnamed(&quality, input, err);
    if (r == 0 && stacks_were_walked(profile))
        r = report_breaking_off(&quality, input, err);
    return r < 0 ? r : report_kernel(profile, input, err);
}
