/* SPDX-License-Identifier: MIT */
/* From rows of places to nodes of named frames, once all inputs are read.
 *
 *     row (group, kernel part, user part)
 *       root ─▶ group ─▶ [broken] or [truncated]? ─▶ user places, outermost first ─▶ kernel places
 *
 * A place is named once, and all rows become nodes at once (tree/paths.h). Those of a flame chart,
 * which come in the order of time, and those that join what was read from a text, are walked one by
 * one, each from where it leaves the path of the row before.
 *
 *     place ─▶ numbers in `frames`, which has every frame that there may be ─▶ `known`: the trie's
 *              own number, given when a first node has it */
#include <string.h>

#include "base/errand.h"
#include "base/limits.h"
#include "lib/profile_data.h"
#include "stacks/row_order.h"
#include "tree/paths.h"

/* With fewer places there is too little to be read for their names. */
#define PLACES_WORTH_THREADS 512u

/* With fewer rows the time that a thread takes to begin is not made up for. */
#define ROWS_WORTH_THREADS 16384u

/* The marks under which the rows of a group may go, in their order. */
enum naming_mark { MARK_WAITING, MARK_BROKEN, MARK_TRUNCATED, MARK_COUNT };

static const char *const mark_texts[MARK_COUNT] = {[MARK_WAITING] = "[still waiting]",
                                                   [MARK_BROKEN] = "[broken]",
                                                   [MARK_TRUNCATED] = "[truncated]"};

/* The frames of a group are no more than these. */
#define GROUP_FRAMES 3

/* The frames of a place, outermost first, in `pool`. */
struct named_place {
    uint32_t start, count;
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
    struct frames frames;
    uint32_t *known; /* by number in `frames`; 0: not known to the trie yet */
    uint32_t *pool;
    size_t pool_count, pool_capacity;
    struct named_place *places;
    uint32_t most;      /* frames of a place */
    bool *unnamed;      /* by place: it has no symbol */
    uint32_t *resolved; /* by the resolver's number of a frame; 0: not met yet */
    size_t resolved_capacity;
    uint32_t *groups; /* by text: its frame */
    uint32_t marks[MARK_COUNT];
    struct naming_path path;
    uint32_t *order; /* of the rows; NULL without memory, or in the order of time */
    uint32_t *nodes; /* those of the rows in that order */
    bool planted;
    bool handed_over; /* the trie has the texts of `frames` */
};

static void naming_done(struct naming *naming)
{
    frames_done(&naming->frames);
    mem_free(naming->known);
    mem_free(naming->pool);
    mem_free(naming->places);
    mem_free(naming->unnamed);
    mem_free(naming->resolved);
    mem_free(naming->groups);
    mem_free(naming->path.steps);
    mem_free(naming->order);
    mem_free(naming->nodes);
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

/* The number in `frames` of what the resolver tells. Many places have the same. */
static uint32_t naming_resolved(struct naming *naming, const struct resolved_frame *resolved)
{
    size_t old = naming->resolved_capacity, need = (size_t)resolved->number + 1;
    if (mem_grow(&naming->resolved, &naming->resolved_capacity, need, sizeof *naming->resolved) < 0)
        return FRAMES_FAILED;
    if (naming->resolved_capacity > old)
        memset(naming->resolved + old, 0,
               (naming->resolved_capacity - old) * sizeof *naming->resolved);
    uint32_t *frame = &naming->resolved[resolved->number];
    if (!*frame)
        *frame = frames_add(&naming->frames, resolved->name, strlen(resolved->name),
                            frame_kind_of(resolved->kind), resolved->object);
    return *frame;
}

static int naming_name(struct naming *naming, uint32_t place, struct pfl_error *err)
{
    const struct resolved_frame *frames;
    int count = resolver_name(naming->profile->resolver, place, &frames, err);
    if (count < 0)
        return count;
    if (mem_grow(&naming->pool, &naming->pool_capacity, naming->pool_count + (size_t)count,
                 sizeof *naming->pool) < 0)
        return error_memory(err);
    naming->places[place] =
        (struct named_place){.start = (uint32_t)naming->pool_count, .count = (uint32_t)count};
    naming->unnamed[place] = !frames[0].named;
    if ((uint32_t)count > naming->most)
        naming->most = (uint32_t)count;
    for (int i = count - 1; i >= 0; i--) {
        uint32_t frame = naming_resolved(naming, &frames[i]);
        if (frame == FRAMES_FAILED)
            return error_memory(err);
        naming->pool[naming->pool_count++] = frame;
    }
    return 0;
}

/* The frames of groups, which stand for no code. */
static int naming_name_groups(struct naming *naming)
{
    const struct intern *texts = &naming->profile->groups;
    naming->groups = mem_alloc(texts->count * sizeof *naming->groups);
    if (!naming->groups)
        return -1;
    for (uint32_t i = 0; i < texts->count; i++) {
        naming->groups[i] = frames_add(&naming->frames, intern_text(texts, i),
                                       intern_length(texts, i), FRAME_GROUP, NULL);
        if (naming->groups[i] == FRAMES_FAILED)
            return -1;
    }
    for (size_t i = 0; i < MARK_COUNT; i++) {
        naming->marks[i] =
            frames_add(&naming->frames, mark_texts[i], strlen(mark_texts[i]), FRAME_MARK, NULL);
        if (naming->marks[i] == FRAMES_FAILED)
            return -1;
    }
    return 0;
}

/* Names everything. */
static int naming_begin(struct naming *naming, struct pfl_error *err)
{
    uint32_t count = stacks_place_count(naming->profile->stacks);
    naming->places = mem_alloc(count * sizeof *naming->places);
    naming->unnamed = mem_alloc(count * sizeof *naming->unnamed);
    if (!naming->places || !naming->unnamed || frames_init(&naming->frames) < 0 ||
        naming_name_groups(naming) < 0)
        return error_memory(err);
    for (uint32_t place = 0; place < count; place++) {
        int r = naming_name(naming, place, err);
        if (r < 0)
            return r;
    }
    naming->known = mem_zalloc(naming->frames.count, sizeof *naming->known);
    return naming->known ? 0 : error_memory(err);
}

/* The trie's number of a frame; FRAMES_FAILED without memory. */
static uint32_t naming_frame(struct naming *naming, uint32_t frame)
{
    const struct frame *item = &naming->frames.items[frame];
    uint32_t *known = &naming->known[frame];
    if (*known)
        return *known;
    struct frames *frames = &naming->profile->trie->frames;
    if (naming->handed_over)
        return *known = frames_intern(frames, *item);
    const char *name = frames_name(&naming->frames, frame);
    return *known = frames_add(frames, name, strlen(name), item->kind,
                               frames_object(&naming->frames, frame));
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

/* Steps down from *node along frames. */
static int naming_descend(struct naming *naming, const uint32_t *frames, uint32_t count,
                          uint32_t *node, struct pfl_error *err)
{
    struct trie *trie = naming->profile->trie;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t frame = naming_frame(naming, frames[i]);
        if (frame == FRAMES_FAILED)
            return error_memory(err);
        *node = trie_child(trie, *node, frame);
        if (*node == TRIE_FAILED)
            return error_of_trie(trie, err);
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
        struct named_place place = naming->places[part.places[left]];
        int r = naming_descend(naming, naming->pool + place.start, place.count, &node, err);
        if (r < 0)
            return r;
        path->steps[path->count++] = (struct naming_step){part.places[left], node};
    }
    *at = path->count;
    return 0;
}

/* The frames under which the places of a group's rows begin. Returns how many. */
static uint32_t naming_group(const struct naming *naming, uint32_t group,
                             uint32_t frames[GROUP_FRAMES])
{
    uint32_t text = group_text_number(group), count = 0;
    enum group_mark mark = group_mark_of(group);
    if (text)
        frames[count++] = naming->groups[text];
    if (group & GROUP_WAITING)
        frames[count++] = naming->marks[MARK_WAITING];
    if (mark != GROUP_WHOLE)
        frames[count++] = naming->marks[mark == GROUP_BROKEN ? MARK_BROKEN : MARK_TRUNCATED];
    return count;
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
        uint32_t frames[GROUP_FRAMES], count = naming_group(naming, row.group, frames);
        path->root = 0;
        r = naming_descend(naming, frames, count, &path->root, err);
    }
    if (r < 0 || (r = naming_walk(naming, row.user_part, &at, err)) < 0 ||
        (r = naming_walk(naming, row.kernel_part, &at, err)) < 0)
        return r;
    *ret_node = at ? path->steps[at - 1].node : path->root;
    return 0;
}

/* How many of a part's places, from the outermost on, are those of another part. */
static uint32_t part_shared(struct stacks_part part, struct stacks_part other)
{
    uint32_t most = part.count < other.count ? part.count : other.count, shared = 0;
    while (shared < most &&
           part.places[part.count - 1 - shared] == other.places[other.count - 1 - shared])
        shared++;
    return shared;
}

/* Adds the frames of a part to a path that has room for them, but for some places that it has
 * already, and marks where each place ends. */
static void naming_append(const struct naming *naming, struct stacks_part part, uint32_t kept,
                          struct path *path)
{
    for (uint32_t left = part.count - kept; left-- > 0;) {
        struct named_place place = naming->places[part.places[left]];
        for (uint32_t k = 0; k < place.count; k++)
            path_add(path, naming->pool[place.start + k]);
        path->marks[path->mark_count++] = (uint32_t)path->count;
    }
}

/* How many rows before it is needed a row is asked for, in two steps. */
#define NAMING_AHEAD 8u

/* The frames of the row order[number]. What it has in common with the row before is kept as it is:
 *
 *     frames:  group | place place place ...
 *     marks:         0     1     2     3       how many frames lead to there */
static int naming_take_row(void *context, size_t number, struct path *path)
{
    const struct naming *naming = context;
    const struct stacks *stacks = naming->profile->stacks;
    if (number + 2 * NAMING_AHEAD < stacks_row_count(stacks))
        stacks_fetch(stacks, naming->order[number + 2 * NAMING_AHEAD],
                     naming->order[number + NAMING_AHEAD]);
    struct stacks_row row = stacks_row_at(stacks, naming->order[number]), before = {0};
    struct stacks_part user = stacks_part_at(stacks, row.user_part);
    struct stacks_part kernel = stacks_part_at(stacks, row.kernel_part);
    size_t places = (size_t)user.count + kernel.count, most = GROUP_FRAMES + places * naming->most;
    if (mem_grow(&path->frames, &path->capacity, most, sizeof *path->frames) < 0 ||
        mem_grow(&path->marks, &path->mark_capacity, places + 1, sizeof *path->marks) < 0)
        return -1;
    if (path->mark_count)
        before = stacks_row_at(stacks, naming->order[number - 1]);
    uint32_t kept = 0;
    if (path->mark_count && before.group == row.group) {
        kept = part_shared(user, stacks_part_at(stacks, before.user_part));
        path_begin(path, path->marks[kept]);
    } else {
        uint32_t frames[GROUP_FRAMES], count = naming_group(naming, row.group, frames);
        path_begin(path, 0);
        for (uint32_t i = 0; i < count; i++)
            path_add(path, frames[i]);
        path->marks[0] = count;
    }
    path->mark_count = (size_t)kept + 1;
    naming_append(naming, user, kept, path);
    naming_append(naming, kernel, 0, path);
    return 0;
}

/* Gives the nodes of a trie that was planted with numbers of `frames` its own ones. */
static int naming_settle(struct naming *naming)
{
    struct trie *trie = naming->profile->trie;
    naming->handed_over = trie->frames.count == 1;
    if (naming->handed_over)
        frames_take_texts(&trie->frames, &naming->frames);
    for (uint32_t node = 1; node < trie->count; node++) {
        trie->frame[node] = naming_frame(naming, trie->frame[node]);
        if (trie->frame[node] == FRAMES_FAILED)
            return -1;
    }
    return 0;
}

/* Gives an empty trie the nodes of all rows, for now with numbers of `frames`. */
static int naming_plant(struct naming *naming, struct pfl_error *err)
{
    const struct pfl_profile *profile = naming->profile;
    uint32_t rows = stacks_row_count(profile->stacks);
    bool threads = options_thread_count(&profile->options, rows >= ROWS_WORTH_THREADS) > 1;
    struct paths paths = {naming_take_row, naming, rows};
    naming->planted = true;
    return paths_plant(&paths, profile->trie, naming->nodes, threads) < 0
               ? error_of_trie(profile->trie, err)
               : 0;
}

/* The same for a trie that has nodes already: row by row. */
static int naming_join(struct naming *naming, struct pfl_error *err)
{
    int r = 0;
    for (uint32_t i = 0; r == 0 && i < stacks_row_count(naming->profile->stacks); i++)
        r = naming_row(naming, naming->order[i], &naming->nodes[i], err);
    return r;
}

static int naming_make_nodes(struct naming *naming, struct pfl_error *err)
{
    naming->nodes = mem_alloc(stacks_row_count(naming->profile->stacks) * sizeof *naming->nodes);
    if (!naming->order || !naming->nodes)
        return error_memory(err);
    return naming->profile->trie->count > 1 ? naming_join(naming, err) : naming_plant(naming, err);
}

static int naming_add_weights(struct naming *naming, struct pfl_error *err)
{
    const struct stacks *stacks = naming->profile->stacks;
    struct trie *trie = naming->profile->trie;
    if (naming->planted && naming_settle(naming) < 0)
        return error_memory(err);
    for (uint32_t i = 0; i < stacks_row_count(stacks); i++)
        for (uint32_t c = 0; c < trie->column_count; c++)
            if (trie_add(trie, c, naming->nodes[i], stacks_value(stacks, c, naming->order[i])) < 0)
                return error_memory(err);
    return 0;
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

static void run_order(void *context)
{
    struct naming *naming = context;
    if (!naming->profile->trie->timed)
        naming->order = stacks_row_order(naming->profile->stacks);
}

/* What report_quality needs and gives. */
struct report {
    struct naming *naming;
    int result;
    struct pfl_error error;
};

static void run_report(void *context)
{
    struct report *report = context;
    struct naming *naming = report->naming;
    report->result = report_quality(naming->profile, naming->unnamed, &report->error);
}

/* True if nobody asked for threads, and there is little to be done. */
static bool is_brief(const struct pfl_profile *profile)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < profile->input_count; i++)
        bytes += profile->inputs[i].size;
    return !profile->options.threads && bytes < INPUT_WORTH_THREADS;
}

/* While symbols are read, or else while places are named, the rows are ordered; while nodes get
 * their weights, the names are judged. */
int name_rows(struct pfl_profile *profile, struct pfl_error *err)
{
    CLEANUP(naming_done) struct naming naming = {.profile = profile};
    CLEANUP(errand_drop) struct errand order = {0}, judging = {0};
    struct report report = {.naming = &naming};
    const struct resolve_options *resolve = &profile->options.resolve;
    bool worth_threads = stacks_place_count(profile->stacks) >= PLACES_WORTH_THREADS;
    unsigned threads = options_thread_count(&profile->options, worth_threads);
    /* Inlined functions have the threads for themselves, and where servers may be asked, each in a
     * child process, no other thread is begun. */
    bool many_rows = stacks_row_count(profile->stacks) >= ROWS_WORTH_THREADS;
    bool away = threads > 1 && options_thread_count(&profile->options, many_rows) > 1;
    bool idle =
        away && resolve->no_inline && !resolve->lines && !resolver_debuginfod(profile->resolver);
    stacks_close(profile->stacks);
    if (idle)
        errand_begin(&order, true, run_order, &naming);
    int r = resolver_prepare(profile->resolver, threads, is_brief(profile), err);
    if (r < 0)
        return r;
    if (!idle)
        errand_begin(&order, away, run_order, &naming);
    if ((r = naming_begin(&naming, err)) < 0)
        return r;
    errand_end(&order);
    bool timed = profile->trie->timed;
    if (!timed && (r = naming_make_nodes(&naming, err)) < 0)
        return r;
    errand_begin(&judging, away, run_report, &report);
    r = timed ? naming_add_in_order(&naming, err) : naming_add_weights(&naming, err);
    if (r < 0)
        return r;
    errand_end(&judging);
    if (report.result < 0 && err)
        *err = report.error;
    return report.result;
}
