/* SPDX-License-Identifier: MIT */
/* New tries from old ones. All operations but --reverse are one walk over the old nodes, parents
 * first: each node is placed on its own new node, or on that of its parent if its frame goes.
 *
 *     old     app ─ main ─ hidden ─ work        --hide hidden
 *     place    1     2       2       3          node of the new trie */
#include "tree/shape.h"

#include <string.h>

#include "base/limits.h"
#include "tree/patterns.h"

/* Verdicts on frames, and what the stacks of nodes have matched. */
enum {
    MATCH_IGNORE = 1,
    MATCH_FOCUS = 2,
    MATCH_SHOW = 4,
    MATCH_HIDE = 8,
};

#define NO_PLACE UINT32_MAX

/* A trie being copied. */
struct copy {
    const struct trie *from;
    struct trie *to;
    uint32_t *frame;  /* number in `to` of each old frame, FRAMES_FAILED: not asked for yet */
    uint32_t *column; /* the same of columns */
};

/* What is known of each old node. */
struct walk {
    uint8_t *verdicts; /* per frame */
    uint8_t *matched;  /* per node: the verdicts on its stack */
    bool *needed;      /* something below it, or it, keeps its weight */
    uint32_t *place;   /* new node */
    uint32_t *depth;   /* of the new node */
    uint32_t *outer;   /* the call of its frame that is nearest to the root of its stack */
};

static void copy_done(struct copy *copy)
{
    mem_free(copy->frame);
    mem_free(copy->column);
}

static void walk_done(struct walk *walk)
{
    mem_free(walk->verdicts);
    mem_free(walk->matched);
    mem_free(walk->needed);
    mem_free(walk->place);
    mem_free(walk->depth);
    mem_free(walk->outer);
}

static int copy_columns(struct copy *copy, struct pfl_error *err)
{
    for (uint32_t c = 0; c < copy->from->column_count; c++) {
        const struct trie_column *from = &copy->from->columns[c];
        copy->column[c] = trie_column(copy->to, from->event, from->weight, from->unit);
        if (copy->column[c] == TRIE_FAILED)
            return copy->to->column_count >= LIMIT_COLUMNS
                       ? error_set(err, PFL_ERROR_LIMIT, "more than %d events and weights",
                                   LIMIT_COLUMNS)
                       : error_memory(err);
        struct trie_column *to = &copy->to->columns[copy->column[c]];
        to->samples += from->samples;
        to->recorded = weight_add(to->recorded, from->recorded);
        to->family = from->family;
    }
    return 0;
}

static int copy_begin(struct copy *copy, const struct trie *from, struct trie *to,
                      struct pfl_error *err)
{
    *copy = (struct copy){.from = from, .to = to};
    copy->frame = mem_alloc(from->frames.count * sizeof *copy->frame);
    copy->column = mem_alloc(from->column_count * sizeof *copy->column);
    if (!copy->frame || !copy->column)
        return error_memory(err);
    memset(copy->frame, 0xff, from->frames.count * sizeof *copy->frame);
    return copy_columns(copy, err);
}

/* The child of a new node for an old frame. */
static uint32_t copy_child(struct copy *copy, uint32_t node, uint32_t frame)
{
    uint32_t *known = &copy->frame[frame];
    if (*known == FRAMES_FAILED) {
        const struct frames *frames = &copy->from->frames;
        const struct frame *item = &frames->items[frame];
        *known = frames_add(&copy->to->frames, frames_name(frames, frame),
                            intern_length(&frames->texts, item->name), item->kind,
                            item->object ? frames_object(frames, frame) : NULL);
        if (*known == FRAMES_FAILED)
            return TRIE_FAILED;
    }
    return trie_child(copy->to, node, *known);
}

static int copy_weights(struct copy *copy, uint32_t node, uint32_t place)
{
    for (uint32_t c = 0; c < copy->from->column_count; c++)
        if (trie_add(copy->to, copy->column[c], place, trie_self(copy->from, c, node)) < 0)
            return -1;
    return 0;
}

static bool node_has_weight(const struct trie *trie, uint32_t node)
{
    for (uint32_t c = 0; c < trie->column_count; c++)
        if (trie_self(trie, c, node))
            return true;
    return false;
}

static bool frame_is_group(const struct trie *trie, uint32_t frame)
{
    return trie->frames.items[frame].kind == FRAME_GROUP;
}

bool shape_is_identity(const struct shape_options *options)
{
    const char *const *const lists[] = {options->ignore, options->focus, options->show_from,
                                        options->hide};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i] && *lists[i])
            return false;
    return !options->no_inlined && !options->collapse_recursion &&
           options->only_kernel == options->only_user && !options->max_depth && !options->reverse;
}

static int walk_begin(struct walk *walk, const struct trie *trie,
                      const struct shape_options *options, struct pfl_error *err)
{
    walk->verdicts = mem_zalloc(trie->frames.count, sizeof *walk->verdicts);
    walk->matched = mem_zalloc(trie->count, sizeof *walk->matched);
    walk->needed = mem_zalloc(trie->count, sizeof *walk->needed);
    walk->place = mem_alloc(trie->count * sizeof *walk->place);
    walk->depth = mem_alloc(trie->count * sizeof *walk->depth);
    walk->outer = mem_alloc(trie->count * sizeof *walk->outer);
    if (!walk->verdicts || !walk->matched || !walk->needed || !walk->place || !walk->depth ||
        !walk->outer)
        return error_memory(err);
    const struct {
        const char *const *patterns;
        uint8_t bit;
    } lists[] = {{options->ignore, MATCH_IGNORE},
                 {options->focus, MATCH_FOCUS},
                 {options->show_from, MATCH_SHOW},
                 {options->hide, MATCH_HIDE}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        int result =
            patterns_match(lists[i].patterns, &trie->frames, walk->verdicts, lists[i].bit, err);
        if (result < 0)
            return result;
    }
    /* A group is not a caller nor a function: only whole stacks are chosen by it. */
    for (uint32_t f = 0; f < trie->frames.count; f++)
        if (frame_is_group(trie, f))
            walk->verdicts[f] &= MATCH_IGNORE | MATCH_FOCUS;
        else if (options->no_inlined && trie->frames.items[f].kind == FRAME_INLINED)
            walk->verdicts[f] = MATCH_HIDE;
    return 0;
}

/* Which stacks stay, and which nodes are on the way to them. True if weight is left out. */
static bool walk_choose(struct walk *walk, const struct trie *trie,
                        const struct shape_options *options)
{
    uint8_t wanted = (options->focus && *options->focus ? MATCH_FOCUS : 0) |
                     (options->show_from && *options->show_from ? MATCH_SHOW : 0);
    bool dropped = false;
    for (uint32_t node = 0; node < trie->count; node++) {
        if (node)
            walk->matched[node] =
                walk->matched[trie->parent[node]] | walk->verdicts[trie->frame[node]];
        if (!node_has_weight(trie, node))
            continue;
        uint8_t matched = walk->matched[node];
        walk->needed[node] = !(matched & MATCH_IGNORE) && (matched & wanted) == wanted;
        dropped |= !walk->needed[node];
    }
    return dropped;
}

/* Whether the frame of a node stays in its stack, before --frames. */
static bool walk_keeps(const struct walk *walk, const struct trie *trie, uint32_t node,
                       const struct shape_options *options)
{
    uint32_t frame = trie->frame[node];
    if (frame_is_group(trie, frame))
        return true;
    if (options->show_from && *options->show_from && !(walk->matched[node] & MATCH_SHOW))
        return false;
    return !(walk->verdicts[frame] & MATCH_HIDE);
}

/* Finds the outermost call of every function in its stack. Nodes are entered and left in depth
 * first order, and `open` says of each frame which node of the way to here has it. */
static int walk_find_recursion(struct walk *walk, const struct trie *trie,
                               const struct shape_options *options, struct pfl_error *err)
{
    CLEANUP(mem_cleanup) uint32_t *open = mem_zalloc(trie->frames.count, sizeof *open);
    if (!open)
        return error_memory(err);
    for (uint32_t node = 0;;) {
        uint32_t *here = &open[trie->frame[node]];
        bool keeps = node && walk_keeps(walk, trie, node, options);
        if (keeps && !*here)
            *here = node;
        walk->outer[node] = keeps ? *here : node;
        if (trie->first[node]) {
            node = trie->first[node];
            continue;
        }
        for (;; node = trie->parent[node]) {
            if (open[trie->frame[node]] == node)
                open[trie->frame[node]] = 0;
            if (node == 0)
                return 0;
            if (trie->next[node])
                break;
        }
        node = trie->next[node];
    }
}

static bool kind_is_wanted(enum frame_kind kind, const struct shape_options *options)
{
    if (options->only_kernel == options->only_user || kind == FRAME_GROUP || kind == FRAME_MARK)
        return true;
    return (kind == FRAME_KERNEL) == options->only_kernel;
}

/* Places one node. Returns 0 or -1. */
static int walk_place(struct walk *walk, struct copy *copy, uint32_t node,
                      const struct shape_options *options)
{
    const struct trie *trie = copy->from;
    uint32_t parent = trie->parent[node], frame = trie->frame[node];
    walk->place[node] = walk->place[parent];
    walk->depth[node] = walk->depth[parent];
    if (!walk_keeps(walk, trie, node, options))
        return 0;
    if (options->collapse_recursion && walk->outer[node] != node) {
        walk->place[node] = walk->place[walk->outer[node]];
        walk->depth[node] = walk->depth[walk->outer[node]];
        return 0;
    }
    if (!kind_is_wanted(trie->frames.items[frame].kind, options) ||
        (options->max_depth && walk->depth[node] >= options->max_depth))
        return 0;
    walk->place[node] = copy_child(copy, walk->place[parent], frame);
    walk->depth[node]++;
    return walk->place[node] == TRIE_FAILED ? -1 : 0;
}

/* Everything but --reverse. */
static int shape_reduce(const struct trie *trie, const struct shape_options *options,
                        struct trie **ret_trie, struct pfl_error *err)
{
    CLEANUP(walk_done) struct walk walk = {0};
    CLEANUP(copy_done) struct copy copy = {0};
    CLEANUP(trie_cleanup) struct trie *to = trie_new();
    if (!to)
        return error_memory(err);
    int result = walk_begin(&walk, trie, options, err);
    if (result == 0)
        result = copy_begin(&copy, trie, to, err);
    if (result < 0)
        return result;
    to->timed = trie->timed;
    if (walk_choose(&walk, trie, options))
        for (uint32_t c = 0; c < to->column_count; c++)
            to->columns[c].samples = 0; /* not known any more */
    if (options->collapse_recursion && walk_find_recursion(&walk, trie, options, err) < 0)
        return -PFL_ERROR_MEMORY;

    /* `needed` still says whose weight stays; a node on the way to such a one is placed too. */
    for (uint32_t node = trie->count - 1; node > 0; node--)
        walk.place[node] = NO_PLACE;
    for (uint32_t node = trie->count - 1; node > 0; node--)
        if (walk.needed[node] || walk.place[node] == 0)
            walk.place[trie->parent[node]] = 0;
    walk.place[0] = walk.depth[0] = 0;
    for (uint32_t node = 0; node < trie->count; node++) {
        if (node && !walk.needed[node] && walk.place[node] == NO_PLACE)
            continue;
        if ((node && walk_place(&walk, &copy, node, options) < 0) ||
            (walk.needed[node] && copy_weights(&copy, node, walk.place[node]) < 0))
            return error_memory(err);
    }
    *ret_trie = MEM_TAKE(to);
    return 0;
}

/* Each stack anew, from its leaf up to its root or group. */
static int shape_reverse(const struct trie *trie, struct trie **ret_trie, struct pfl_error *err)
{
    CLEANUP(copy_done) struct copy copy = {0};
    CLEANUP(mem_cleanup) uint32_t *group = mem_zalloc(trie->count, sizeof *group);
    CLEANUP(trie_cleanup) struct trie *to = trie_new();
    if (!to || !group)
        return error_memory(err);
    int result = copy_begin(&copy, trie, to, err);
    if (result < 0)
        return result;
    to->timed = trie->timed;
    /* group[node]: the node of the group that its stack begins with, or 0. */
    for (uint32_t node = 1; node < trie->count; node++) {
        uint32_t parent = trie->parent[node];
        group[node] = parent ? group[parent] : frame_is_group(trie, trie->frame[node]) ? node : 0;
    }
    for (uint32_t node = 0; node < trie->count; node++) {
        if (!node_has_weight(trie, node))
            continue;
        uint32_t place = 0;
        if (group[node])
            place = copy_child(&copy, 0, trie->frame[group[node]]);
        for (uint32_t at = node; at != group[node] && place != TRIE_FAILED; at = trie->parent[at])
            place = copy_child(&copy, place, trie->frame[at]);
        if (place == TRIE_FAILED || copy_weights(&copy, node, place) < 0)
            return error_memory(err);
    }
    *ret_trie = MEM_TAKE(to);
    return 0;
}

int shape_apply(const struct trie *trie, const struct shape_options *options,
                struct trie **ret_trie, struct pfl_error *err)
{
    struct shape_options rest = *options;
    rest.reverse = false;
    CLEANUP(trie_cleanup) struct trie *reduced = NULL;
    CLEANUP(trie_cleanup) struct trie *reversed = NULL;
    int result = 0;
    if (!options->reverse || !shape_is_identity(&rest))
        result = shape_reduce(trie, &rest, &reduced, err);
    if (result == 0 && options->reverse)
        result = shape_reverse(reduced ? reduced : trie, &reversed, err);
    if (result < 0)
        return result;
    if (trie_sum(reversed ? reversed : reduced) < 0)
        return error_memory(err);
    *ret_trie = reversed ? MEM_TAKE(reversed) : MEM_TAKE(reduced);
    return 0;
}

int shape_merge(struct trie *to, const struct trie *from, struct pfl_error *err)
{
    CLEANUP(copy_done) struct copy copy = {0};
    CLEANUP(mem_cleanup) uint32_t *place = mem_alloc(from->count * sizeof *place);
    if (!place)
        return error_memory(err);
    int result = copy_begin(&copy, from, to, err);
    if (result < 0)
        return result;
    place[0] = 0;
    for (uint32_t node = 0; node < from->count; node++) {
        if (node)
            place[node] = copy_child(&copy, place[from->parent[node]], from->frame[node]);
        if (place[node] == TRIE_FAILED || copy_weights(&copy, node, place[node]) < 0)
            return error_memory(err);
    }
    return 0;
}
