/* SPDX-License-Identifier: MIT */
/* A trie as folded text, in the order in which `LC_ALL=C sort` would put its lines.
 *
 * No line is compared with another. Below one parent, a child with the label L is up to two
 * items: its own line, whose rest is "L WEIGHT", and the group of its callees' lines, which all
 * go on with "L;". No label has a `;` in it, so the lines of a group stay together, and sorting
 * the items of each parent sorts all lines:
 *
 *     a 7        item "a 7"
 *     a b 1      item "a b 1"
 *     a!;c 2     item "a!;"
 *     a;c 3      item "a;"      both lines of the group come with it
 *     a;d 4
 *
 * A line that begins with `#` would be read back as a comment. A stack whose root does is written
 * behind an empty frame (";#1;a 2"), which readers pass over.
 */
#include "tree/folded.h"

#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "base/text.h"

/* What the trie is for printing: numbers of labels in place of numbers of frames. Frames that
 * print the same have the same label; if any do, `merged` is a trie of labels. */
struct printed {
    struct intern labels;
    uint32_t *label; /* per frame */
    struct trie *merged;
    int64_t *weights; /* per node of the trie that is walked */
};

struct item {
    const char *label;
    uint32_t length;
    uint32_t node;
    size_t prefix; /* bytes of the line that precede the label */
    int64_t weight;
    bool group; /* the lines below the node, not its own */
};

struct item_stack {
    struct item *items;
    size_t count, capacity;
};

static void printed_done(struct printed *printed)
{
    intern_done(&printed->labels);
    mem_free(printed->label);
    trie_free(printed->merged);
    mem_free(printed->weights);
}

static const char *kind_suffix(enum frame_kind kind)
{
    switch (kind) {
    case FRAME_KERNEL: return "_[k]";
    case FRAME_INLINED: return "_[i]";
    case FRAME_JIT: return "_[j]";
    default: return "";
    }
}

/* The labels of all frames. Returns 0 or -1. */
static int printed_label(struct printed *printed, const struct frames *frames, bool suffixes)
{
    printed->label = mem_alloc(frames->count * sizeof *printed->label);
    if (!printed->label || intern_init(&printed->labels) < 0)
        return -1;
    struct buffer text = {0};
    int result = 0;
    for (uint32_t f = 0; f < frames->count && result == 0; f++) {
        const char *name = frames_name(frames, f);
        buffer_clear(&text);
        if (name[0] == '#')
            buffer_char(&text, ';'); /* see label_item */
        text_append_safe(&text, name, intern_length(&frames->texts, frames->items[f].name));
        if (suffixes)
            buffer_text(&text, kind_suffix(frames->items[f].kind));
        const char *label = buffer_string(&text);
        result =
            text.failed ? -1 : intern_add(&printed->labels, label, text.size, &printed->label[f]);
    }
    buffer_done(&text);
    return result;
}

/* Siblings with the same label become one. The frame numbers of the new trie are labels. */
static int printed_merge(struct printed *printed, const struct trie *trie)
{
    CLEANUP(mem_cleanup) uint32_t *place = mem_alloc(trie->count * sizeof *place);
    CLEANUP(mem_cleanup) int64_t *weights = mem_zalloc(trie->count, sizeof *weights);
    printed->merged = trie_new();
    if (!place || !weights || !printed->merged)
        return -1;
    place[0] = 0;
    weights[0] = printed->weights[0];
    for (uint32_t node = 1; node < trie->count; node++) {
        place[node] = trie_child(printed->merged, place[trie->parent[node]],
                                 printed->label[trie->frame[node]]);
        if (place[node] == TRIE_FAILED)
            return -1;
        weights[place[node]] = weight_add(weights[place[node]], printed->weights[node]);
    }
    mem_free(printed->weights);
    printed->weights = MEM_TAKE(weights);
    return 0;
}

/* What follows the label of an item in its line. */
static size_t item_tail(const struct item *item, char tail[24])
{
    if (item->group) {
        tail[0] = ';';
        return 1;
    }
    bool negative = item->weight < 0;
    uint64_t magnitude = negative ? -(uint64_t)item->weight : (uint64_t)item->weight;
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude);
    size_t size = 0;
    tail[size++] = ' ';
    if (negative)
        tail[size++] = '-';
    memcpy(tail + size, digits + at, sizeof digits - at);
    return size + sizeof digits - at;
}

/* Compares the rests of lines where one label is the beginning of the other. */
static int item_compare_tails(const struct item *a, const struct item *b)
{
    char tail_a[24], tail_b[24];
    size_t size_a = a->length + item_tail(a, tail_a), size_b = b->length + item_tail(b, tail_b);
    size_t same = a->length < b->length ? a->length : b->length;
    for (size_t i = same; i < size_a && i < size_b; i++) {
        unsigned char x = (unsigned char)(i < a->length ? a->label[i] : tail_a[i - a->length]);
        unsigned char y = (unsigned char)(i < b->length ? b->label[i] : tail_b[i - b->length]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (size_a > size_b) - (size_a < size_b);
}

/* For qsort: the last item first, because items are taken from the end. */
static int item_compare(const void *left, const void *right)
{
    const struct item *a = right, *b = left;
    int order = memcmp(a->label, b->label, a->length < b->length ? a->length : b->length);
    return order ? order : item_compare_tails(a, b);
}

static int item_push(struct item_stack *stack, const struct item *item)
{
    if (mem_grow(&stack->items, &stack->capacity, stack->count + 1, sizeof *item) < 0)
        return -1;
    stack->items[stack->count++] = *item;
    return 0;
}

/* The label of an item, where the empty frame before a `#` stays at the root alone. */
static void label_item(const struct printed *printed, uint32_t label, bool root, struct item *item)
{
    item->label = intern_text(&printed->labels, label);
    item->length = (uint32_t)intern_length(&printed->labels, label);
    if (!root && item->label[0] == ';') {
        item->label++;
        item->length--;
    }
}

/* Pushes the items of all children of a node, sorted. */
static int push_children(struct item_stack *stack, const struct printed *printed,
                         const struct trie *trie, uint32_t node, size_t prefix)
{
    size_t before = stack->count;
    for (uint32_t child = trie->first[node]; child; child = trie->next[child]) {
        uint32_t label = printed->merged ? trie->frame[child] : printed->label[trie->frame[child]];
        struct item item = {.node = child, .prefix = prefix, .weight = printed->weights[child]};
        label_item(printed, label, node == 0, &item);
        if (item.weight && item_push(stack, &item) < 0)
            return -1;
        item.group = true;
        if (trie->first[child] && item_push(stack, &item) < 0)
            return -1;
    }
    if (stack->count - before > 1)
        qsort(stack->items + before, stack->count - before, sizeof *stack->items, item_compare);
    return 0;
}

/* Depth first, on a stack of items of its own. Returns 0 or -1. */
static int printed_walk(const struct printed *printed, const struct trie *trie, struct out *out)
{
    struct item_stack stack = {0};
    struct buffer line = {0};
    int result = push_children(&stack, printed, trie, 0, 0);
    while (result == 0 && stack.count && !line.failed && !out->refused) {
        struct item item = stack.items[--stack.count];
        line.size = item.prefix;
        buffer_append(&line, item.label, item.length);
        if (item.group) {
            buffer_char(&line, ';');
            result = push_children(&stack, printed, trie, item.node, line.size);
            continue;
        }
        out_bytes(out, line.data, line.size);
        out_char(out, ' ');
        out_i64(out, item.weight);
        out_char(out, '\n');
    }
    if (line.failed)
        result = -1;
    buffer_done(&line);
    mem_free(stack.items);
    return result;
}

int folded_write(const struct trie *trie, const uint32_t *columns, uint32_t count,
                 const struct folded_options *options, const struct pfl_sink *sink,
                 struct pfl_error *err)
{
    CLEANUP(printed_done) struct printed printed = {0};
    printed.weights = trie_selves(trie, columns, count);
    if (!printed.weights || printed_label(&printed, &trie->frames, options->suffixes) < 0)
        return error_memory(err);
    if (printed.labels.count < trie->frames.count && printed_merge(&printed, trie) < 0)
        return error_memory(err);
    struct out out;
    out_init(&out, sink);
    int walked = printed_walk(&printed, printed.merged ? printed.merged : trie, &out);
    int finished = out_finish(&out, walked < 0 ? NULL : err);
    return walked < 0 ? error_memory(err) : finished;
}
