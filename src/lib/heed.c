/* SPDX-License-Identifier: MIT */
#include "lib/heed.h"

#include <regex.h>
#include <string.h>

/* What the inputs are, and what is counted of them, all together. */
struct inputs_have {
    bool recording, script, folded;
    bool in_use, of_heap;
};

static struct inputs_have inputs_have(const struct pfl_profile *profile)
{
    struct inputs_have have = {.recording = profile_has(profile, INPUT_RECORDING),
                               .script = profile_has(profile, INPUT_SCRIPT),
                               .folded = profile_has(profile, INPUT_FOLDED)};
    for (size_t i = 0; i < profile->input_count; i++) {
        const struct input *input = &profile->inputs[i];
        have.in_use |= input->in_use;
        have.of_heap |= input->of_heap;
    }
    return have;
}

static int check_allocations(const struct options *options, const struct inputs_have *have,
                             struct pfl_error *err)
{
    if (options->in_use_option && !have->in_use)
        return error_set(err, PFL_ERROR_ABSENT,
                         "%s is for what is in use: it needs a recording of allocations and of "
                         "frees, and none is counted here",
                         options->in_use_option);
    if (options->pairs && !have->of_heap)
        return error_set(err, PFL_ERROR_ABSENT,
                         "--alloc-pair is for weights such as alloc-bytes, of a recording that has "
                         "its events, and none is counted here");
    return 0;
}

static bool has_groups(const struct trie *trie)
{
    for (uint32_t node = trie->first[0]; node; node = trie->next[node])
        if (trie->frames.items[trie->frame[node]].kind == FRAME_GROUP)
            return true;
    return false;
}

/* Whether all stacks begin with such a frame as --by would give them (group_text). Returns 0, or -1
 * without memory. */
static int roots_fit(const struct trie *trie, enum pfl_group_by by, bool *ret_fit)
{
    static const char *const forms[] = {
        [PFL_BY_PROCESS] = "--?[0-9]+$",
        [PFL_BY_THREAD] = "--?[0-9]+/-?[0-9]+$",
        [PFL_BY_CPU] = "^CPU [0-9]+$",
        [PFL_BY_CGROUP] = "^(/|\\[unknown cgroup]$)",
    };
    regex_t form;
    if (regcomp(&form, forms[by], REG_EXTENDED | REG_NOSUB) != 0)
        return -1;
    *ret_fit = true;
    for (uint32_t node = trie->first[0]; node && *ret_fit; node = trie->next[node]) {
        const char *root = frames_name(&trie->frames, trie->frame[node]);
        *ret_fit = regexec(&form, root, 0, NULL, 0) == 0;
    }
    regfree(&form);
    return 0;
}

static int check_by(const struct pfl_profile *profile, const struct inputs_have *have,
                    struct pfl_error *err)
{
    static const char *const names[] = {
        [PFL_BY_PROCESS] = "process", [PFL_BY_THREAD] = "thread", [PFL_BY_CPU] = "cpu",
        [PFL_BY_CGROUP] = "cgroup",   [PFL_BY_NONE] = "none",
    };
    enum pfl_group_by by = profile->options.by;
    bool implied = by == PFL_BY_THREAD && profile->options.in_time_order;
    /* Whether the first frame of a folded stack is a function, nobody knows. */
    bool fit = !have->folded && !has_groups(profile->trie);
    if (by == PFL_BY_COMM || implied || have->recording || have->script)
        return 0;
    if (by != PFL_BY_NONE && roots_fit(profile->trie, by, &fit) < 0)
        return error_memory(err);
    return fit ? 0
               : error_set(err, PFL_ERROR_ABSENT,
                           "--by %s is for recordings and perf script text: other stacks keep the "
                           "root frames that they have",
                           names[by]);
}

/* What follows only warns: whoever gives the same options for all files of a job is not to be
 * stopped where the numbers are right all the same. */

/* Names are made of addresses. Where to look for symbols is another matter: nobody is misled. */
static int tell_names(struct pfl_profile *profile, const struct inputs_have *have,
                      struct pfl_error *err)
{
    const struct resolve_options *resolve = &profile->options.resolve;
    const char *option = resolve->lines                         ? "--lines"
                         : resolve->addresses                   ? "--addresses"
                         : resolve->names == RESOLVE_NAMES_FULL ? "--names full"
                         : resolve->names == RESOLVE_NAMES_RAW  ? "--names raw"
                                                                : NULL;
    return option && !have->recording
               ? notice_add(&profile->notices, PFL_NOTICE_UNHEEDED, true,
                            profile_inputs_name(profile), err,
                            "%s is for recordings: other stacks keep the names that they have",
                            option)
               : 0;
}

/* Only folded text leaves its unit open. What is asked for may be there anyhow. */
static int tell_unit(struct pfl_profile *profile, const struct inputs_have *have,
                     struct pfl_error *err)
{
    const struct trie *trie = profile->trie;
    const struct trie_column *first = trie->columns;
    const char *unit = profile->options.unit;
    bool known = !unit || have->folded || trie->column_count == 0;
    for (uint32_t i = 0; !known && i < trie->column_count; i++)
        known = strcmp(trie->columns[i].unit, unit) == 0;
    return known ? 0
                 : notice_add(&profile->notices, PFL_NOTICE_UNHEEDED, true,
                              profile_inputs_name(profile), err,
                              "--unit is for folded stacks: that of %s %s is %s", first->event,
                              first->weight, first->unit);
}

int heed_check(struct pfl_profile *profile, struct pfl_error *err)
{
    const struct options *options = &profile->options;
    const struct inputs_have have = inputs_have(profile);
    int r;
    if ((r = check_allocations(options, &have, err)) < 0 ||
        (r = check_by(profile, &have, err)) < 0 || (r = tell_names(profile, &have, err)) < 0)
        return r;
    return tell_unit(profile, &have, err);
}
