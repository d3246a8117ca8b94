/* SPDX-License-Identifier: MIT */
/* From rows of places to nodes of named frames, once all inputs are read.
 *
 *     row (group, kernel part, user part)
 *       root ─▶ group ─▶ [broken] or [truncated]? ─▶ user places, outermost first ─▶ kernel places
 *
 * A place is named once. A row is walked from where it leaves the path of the row before. */
#include <string.h>

#include "base/limits.h"
#include "lib/profile_data.h"
#include "stacks/row_order.h"

/* With fewer places there is too little to be read for their names. */
#define PLACES_WORTH_THREADS 512u

/* The frames of a place, outermost first, in `pool`. */
struct named_place {
    uint32_t start, count; /* count 0: not named yet */
};

struct naming_step {
    uint32_t place, node;
};

/* The row that was walked last: its places, outermost first, and the node of each. */
struct naming_path {
    uint32_t group, root; /* the node under which the places begin */
    struct naming_step *steps;
    size_t count, capacity;
    bool begun;
};

struct naming {
    struct pfl_profile *profile;
    struct named_place *places;
    bool *unnamed; /* by place: it has no symbol */
    uint32_t *pool;
    size_t pool_count, pool_capacity;
    struct naming_path path;
};

static void naming_done(struct naming *naming)
{
    mem_free(naming->places);
    mem_free(naming->unnamed);
    mem_free(naming->pool);
    mem_free(naming->path.steps);
}

static enum frame_kind frame_kind_of(enum resolve_kind kind)
{
    switch (kind) {
    case RESOLVE_USER: return FRAME_USER;
    case RESOLVE_KERNEL: return FRAME_KERNEL;
    case RESOLVE_JIT: return FRAME_JIT;
    case RESOLVE_INLINED: return FRAME_INLINED;
    case RESOLVE_UNKNOWN: break;
    }
    return FRAME_MARK;
}

static int naming_name(struct naming *naming, uint32_t place, struct pfl_error *err)
{
    struct pfl_profile *profile = naming->profile;
    const struct resolved_frame *frames;
    int count = resolver_name(profile->resolver, place, &frames, err);
    if (count < 0)
        return count;
    if (mem_grow(&naming->pool, &naming->pool_capacity, naming->pool_count + (size_t)count,
                 sizeof *naming->pool) < 0)
        return error_memory(err);
    naming->places[place] =
        (struct named_place){.start = (uint32_t)naming->pool_count, .count = (uint32_t)count};
    naming->unnamed[place] = !frames[0].named;
    for (int i = count - 1; i >= 0; i--) {
        uint32_t frame = frames_add(&profile->trie->frames, frames[i].name, strlen(frames[i].name),
                                    frame_kind_of(frames[i].kind), frames[i].object);
        if (frame == FRAMES_FAILED)
            return error_memory(err);
        naming->pool[naming->pool_count++] = frame;
    }
    return 0;
}

static int error_too_long(struct pfl_error *err)
{
    return error_set(
        err, PFL_ERROR_LIMIT,
        "too many samples for their order in time: choose fewer, with --time or --tid");
}

/* Why a trie gives no more children. */
static int error_of_trie(const struct trie *trie, struct pfl_error *err)
{
    if (trie->count < (trie->timed ? LIMIT_TIMED_NODES : LIMIT_TRIE_NODES))
        return error_memory(err);
    return trie->timed ? error_too_long(err)
                       : error_set(err, PFL_ERROR_LIMIT, "too many distinct stacks");
}

/* The node of a place under another. */
static int naming_place(struct naming *naming, uint32_t place, uint32_t *node,
                        struct pfl_error *err)
{
    int r = naming->places[place].count ? 0 : naming_name(naming, place, err);
    if (r < 0)
        return r;
    const struct named_place *named = &naming->places[place];
    for (uint32_t i = 0; i < named->count; i++) {
        *node = trie_child(naming->profile->trie, *node, naming->pool[named->start + i]);
        if (*node == TRIE_FAILED)
            return error_of_trie(naming->profile->trie, err);
    }
    return 0;
}

/* Goes on along a part from step `*at` of the path, outermost place first: on the path as long as
 * it has the same places, and from there on a new one. */
static int naming_walk(struct naming *naming, uint32_t part_number, size_t *at,
                       struct pfl_error *err)
{
    struct stacks_part part = stacks_part_at(naming->profile->stacks, part_number);
    struct naming_path *path = &naming->path;
    uint32_t left = part.count;
    for (; left && *at < path->count && path->steps[*at].place == part.places[left - 1]; left--)
        ++*at;
    if (left == 0)
        return 0;
    path->count = *at;
    if (mem_grow(&path->steps, &path->capacity, *at + left, sizeof *path->steps) < 0)
        return error_memory(err);
    uint32_t node = *at ? path->steps[*at - 1].node : path->root;
    while (left-- > 0) {
        int r = naming_place(naming, part.places[left], &node, err);
        if (r < 0)
            return r;
        path->steps[path->count++] = (struct naming_step){part.places[left], node};
    }
    *at = path->count;
    return 0;
}

/* Steps down from *node to a frame that stands for no code. */
static int naming_mark(struct naming *naming, const char *text, enum frame_kind kind,
                       uint32_t *node, struct pfl_error *err)
{
    struct trie *trie = naming->profile->trie;
    uint32_t frame = frames_add(&trie->frames, text, strlen(text), kind, NULL);
    uint32_t child = frame == FRAMES_FAILED ? TRIE_FAILED : trie_child(trie, *node, frame);
    if (child == TRIE_FAILED)
        return error_memory(err);
    *node = child;
    return 0;
}

static int naming_group(struct naming *naming, uint32_t group, uint32_t *node,
                        struct pfl_error *err)
{
    const char *text = intern_text(&naming->profile->groups, group_text_number(group));
    uint32_t at = 0;
    enum group_mark mark = group_mark_of(group);
    int r = *text ? naming_mark(naming, text, FRAME_GROUP, &at, err) : 0;
    if (r == 0 && group & GROUP_WAITING)
        r = naming_mark(naming, "[still waiting]", FRAME_MARK, &at, err);
    if (r == 0 && mark != GROUP_WHOLE)
        r = naming_mark(naming, mark == GROUP_BROKEN ? "[broken]" : "[truncated]", FRAME_MARK, &at,
                        err);
    *node = at;
    return r;
}

/* The node of a row. */
static int naming_row(struct naming *naming, uint32_t row_number, uint32_t *ret_node,
                      struct pfl_error *err)
{
    struct stacks_row row = stacks_row_at(naming->profile->stacks, row_number);
    struct naming_path *path = &naming->path;
    size_t at = 0;
    int r = 0;
    if (!path->begun || path->group != row.group) {
        path->count = 0;
        path->group = row.group;
        path->begun = true;
        r = naming_group(naming, row.group, &path->root, err);
    }
    if (r < 0 || (r = naming_walk(naming, row.user_part, &at, err)) < 0 ||
        (r = naming_walk(naming, row.kernel_part, &at, err)) < 0)
        return r;
    *ret_node = at ? path->steps[at - 1].node : path->root;
    return 0;
}

static int naming_add_row(struct naming *naming, uint32_t row, struct pfl_error *err)
{
    struct pfl_profile *profile = naming->profile;
    uint32_t node = 0;
    int r = naming_row(naming, row, &node, err);
    for (uint32_t c = 0; r == 0 && c < profile->trie->column_count; c++) {
        int64_t value = stacks_value(profile->stacks, c, row);
        if (value && trie_add(profile->trie, c, node, value) < 0)
            r = error_memory(err);
    }
    return r;
}

static int naming_add_rows(struct naming *naming, struct pfl_error *err)
{
    CLEANUP(mem_cleanup) uint32_t *order = stacks_row_order(naming->profile->stacks);
    int r = order ? 0 : error_memory(err);
    for (uint32_t i = 0; r == 0 && i < stacks_row_count(naming->profile->stacks); i++)
        r = naming_add_row(naming, order[i], err);
    return r;
}

/* True for a weight that is not of the moment at which it was added: what is in use. */
static bool is_timeless(const struct trie_column *column)
{
    return strncmp(column->weight, "inuse-", 6) == 0 ||
           strncmp(column->weight, "uncertain-", 10) == 0;
}

/* The same in the order of time. */
static int naming_add_in_order(struct naming *naming, struct pfl_error *err)
{
    struct pfl_profile *profile = naming->profile;
    struct trie *trie = profile->trie;
    if (stacks_order_is_cut(profile->stacks))
        return error_too_long(err);
    for (size_t i = 0; i < stacks_addition_count(profile->stacks); i++) {
        struct stacks_addition addition = stacks_addition_at(profile->stacks, i);
        uint32_t node = 0;
        if (!addition.amount || is_timeless(&trie->columns[addition.column]))
            continue;
        int r = naming_row(naming, addition.row, &node, err);
        if (r < 0)
            return r;
        if (trie_add(trie, addition.column, node, addition.amount) < 0)
            return error_memory(err);
    }
    return 0;
}

int name_rows(struct pfl_profile *profile, struct pfl_error *err)
{
    CLEANUP(naming_done) struct naming naming = {.profile = profile};
    uint32_t place_count = stacks_place_count(profile->stacks);
    bool worth_threads = place_count >= PLACES_WORTH_THREADS;
    unsigned threads = options_thread_count(&profile->options, worth_threads);
    int r = resolver_prepare(profile->resolver, threads, err);
    if (r < 0)
        return r;
    naming.places = mem_zalloc(place_count, sizeof *naming.places);
    naming.unnamed = mem_zalloc(place_count, sizeof *naming.unnamed);
    if (!naming.places || !naming.unnamed)
        return error_memory(err);
    r = profile->trie->timed ? naming_add_in_order(&naming, err) : naming_add_rows(&naming, err);
    return r < 0 ? r : report_quality(profile, naming.unnamed, err);
}
