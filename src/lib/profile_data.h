/* SPDX-License-Identifier: MIT */
/* What the files of this room share: a profile, from the inside.
 *
 *     add_file ─▶ load_recording ─▶ stacks ┐             ┌─▶ fold, table, picture
 *              ─▶ load_text ───────────────┴─ finish ─▶ trie
 *              └▶ inputs, notices ───────────────────────┴─▶ info
 */
#ifndef PFL_LIB_PROFILE_DATA_H
#define PFL_LIB_PROFILE_DATA_H

#include "base/intern.h"
#include "base/source.h"
#include "lib/input.h"
#include "lib/notice.h"
#include "lib/options.h"
#include "resolve/resolver.h"
#include "stacks/stacks.h"
#include "tree/trie.h"

/* An object in which stacks end, for `info`. */
struct named_object {
    char *path, *build_id; /* as recorded; the id in hexadecimal, or "" */
    char *why, *remedy;    /* of what has no name; "" if all of it has one, or nothing would help */
    int64_t weight, unnamed; /* of the leaves in it, and of those of them without name */
};

struct pfl_profile {
    struct options options;
    struct stacks *stacks;     /* of all recordings; gone after finish */
    struct resolver *resolver; /* likewise */
    struct intern groups;      /* texts of root frames; a row's group is a group_number */
    struct trie *trie;         /* its columns have the numbers of the stacks' columns */
    struct input *inputs;
    size_t input_count, input_capacity;
    struct notice_list notices;
    struct named_object *objects; /* what lacks most names first, then the heaviest */
    size_t object_count;
    int64_t named_of;  /* the weight of which theirs are parts: all that is shown first */
    char *named_event; /* whose weight that is; NULL: there are no objects */
    bool finished;
    bool failed; /* an input could not be read */
};

/* A row's group: the number of its root frame's text, and the mark under which the stack goes. */
enum group_mark {
    GROUP_WHOLE = 0,
    GROUP_BROKEN,    /* [broken]: it ends in garbage */
    GROUP_TRUNCATED, /* [truncated]: more of it was there than was captured */
};

/* Beside the mark: a wait that had not ended goes under [still waiting]. */
#define GROUP_WAITING 4u

static inline uint32_t group_number(uint32_t text, enum group_mark mark)
{
    return text << 3 | (uint32_t)mark;
}

static inline uint32_t group_text_number(uint32_t group)
{
    return group >> 3;
}

static inline enum group_mark group_mark_of(uint32_t group)
{
    return (enum group_mark)(group & 3);
}

/* Of what a notice tells that concerns all inputs. */
static inline const char *profile_inputs_name(const struct pfl_profile *profile)
{
    return profile->input_count > 1 ? "all inputs" : profile->inputs[0].name;
}

static inline bool profile_has(const struct pfl_profile *profile, enum input_kind kind)
{
    for (size_t i = 0; i < profile->input_count; i++)
        if (profile->inputs[i].kind == kind)
            return true;
    return false;
}

/* Reads a recording into the stacks. `input` has its name already. */
int load_recording(struct pfl_profile *profile, struct source *source, struct input *input,
                   struct pfl_error *err);

/* Reads folded or perf script text into the trie. */
int load_folded(struct pfl_profile *profile, const struct source *source, struct input *input,
                struct pfl_error *err);
int load_script_text(struct pfl_profile *profile, const struct source *source, struct input *input,
                     struct pfl_error *err);

/* Reads an SVG that perflame wrote into the trie. */
int load_picture(struct pfl_profile *profile, const struct source *source, struct input *input,
                 struct pfl_error *err);

/* Names the rows of the stacks and adds them to the trie. */
int name_rows(struct pfl_profile *profile, struct pfl_error *err);

/* Measures what the names are worth and adds the notices; `unnamed` is told per place. */
int report_quality(struct pfl_profile *profile, const bool *unnamed, struct pfl_error *err);

/* The root frame's text for a thread, as --by wants it, written into `text`. */
void group_text(enum pfl_group_by by, const char *comm, uint32_t pid, uint32_t tid, uint32_t cpu,
                char *text, size_t size);

/* Columns that a caller chose, or the first; checks that they exist and have one unit. */
int profile_check_columns(const struct pfl_profile *profile, const uint32_t **columns,
                          uint32_t *count, struct pfl_error *err);

#endif
