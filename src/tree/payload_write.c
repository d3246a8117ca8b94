/* SPDX-License-Identifier: MIT */
/* See tree/payload.h for the format. */
#include "tree/payload.h"

#include <string.h>

#include "base/errand.h"
#include "base/limits.h"
#include "base/radix.h"
#include "base/text.h"
#include "tree/callees.h"

struct numbering {
    uint32_t *used; /* frames of the trie, by falling frequency */
    uint32_t used_count;
    uint32_t *frame_number; /* of a frame of the trie */
    uint32_t *texts;        /* numbers of the trie's texts, sorted */
    uint32_t text_count;
    uint32_t *text_number; /* of a text of the trie */
};

/* The frames, those that most nodes have first. NULL without memory. */
static uint32_t *frames_by_use(const struct trie *trie, uint32_t *ret_used)
{
    size_t count = trie->frames.count;
    CLEANUP(mem_cleanup) struct keyed *items = mem_alloc(count * sizeof *items);
    CLEANUP(mem_cleanup) struct keyed *spare = mem_alloc(count * sizeof *spare);
    CLEANUP(mem_cleanup) uint32_t *frames = mem_alloc(count * sizeof *frames);
    if (!items || !spare || !frames)
        return NULL;
    for (uint32_t f = 0; f < count; f++)
        items[f] = (struct keyed){LIMIT_TRIE_NODES, f};
    for (uint32_t node = 1; node < trie->count; node++)
        items[trie->frame[node]].key--;
    const struct keyed *sorted = radix_sort(items, spare, count);
    for (*ret_used = 0; *ret_used < count && sorted[*ret_used].key < LIMIT_TRIE_NODES; ++*ret_used)
        frames[*ret_used] = sorted[*ret_used].item;
    return MEM_TAKE(frames);
}

static int number_frames(struct numbering *numbering, const struct trie *trie)
{
    numbering->used = frames_by_use(trie, &numbering->used_count);
    numbering->frame_number = mem_zalloc(trie->frames.count, sizeof *numbering->frame_number);
    if (!numbering->used || !numbering->frame_number)
        return -1;
    for (uint32_t i = 0; i < numbering->used_count; i++)
        numbering->frame_number[numbering->used[i]] = i;
    return 0;
}

static int number_texts(struct numbering *numbering, const struct trie *trie,
                        const struct order *order)
{
    size_t count = trie->frames.texts.count;
    numbering->text_number = mem_zalloc(count, sizeof *numbering->text_number);
    numbering->texts = mem_alloc(count * sizeof *numbering->texts);
    if (!numbering->text_number || !numbering->texts)
        return -1;
    numbering->text_number[0] = 1; /* for now: is used */
    for (uint32_t i = 0; i < numbering->used_count; i++) {
        const struct frame *frame = &trie->frames.items[numbering->used[i]];
        numbering->text_number[frame->name] = numbering->text_number[frame->object] = 1;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t text = order->texts[i];
        if (!numbering->text_number[text])
            continue;
        numbering->text_number[text] = numbering->text_count;
        numbering->texts[numbering->text_count++] = text;
    }
    return 0;
}

static void numbering_done(struct numbering *numbering)
{
    mem_free(numbering->used);
    mem_free(numbering->frame_number);
    mem_free(numbering->texts);
    mem_free(numbering->text_number);
}

/* What stands behind the head, part by part, before it is joined. */
struct parts {
    struct buffer column_heads, shared, tails, frames, nodes, firsts, columns;
    size_t text_size;
};

#define SHARED_MOST 255 /* fits in a byte */

static size_t shared_size(const struct buffer *a, const struct buffer *b)
{
    size_t size = 0;
    while (size < a->size && size < b->size && size < SHARED_MOST && a->data[size] == b->data[size])
        size++;
    return size;
}

static void append_strings(struct parts *parts, const struct numbering *numbering,
                           const struct intern *texts)
{
    struct buffer safe[2] = {{0}, {0}};
    for (uint32_t i = 0; i < numbering->text_count; i++) {
        struct buffer *text = &safe[i % 2];
        uint32_t number = numbering->texts[i];
        buffer_clear(text);
        text_append_safe(text, intern_text(texts, number), intern_length(texts, number));
        size_t shared = shared_size(&safe[0], &safe[1]);
        buffer_char(&parts->shared, (char)shared);
        if (text->size > shared)
            buffer_append(&parts->tails, text->data + shared, text->size - shared);
        buffer_char(&parts->tails, '\0');
        parts->text_size += text->size + 1;
        parts->tails.failed |= text->failed;
    }
    buffer_done(&safe[0]);
    buffer_done(&safe[1]);
}

static void append_frames(struct buffer *to, const struct numbering *numbering,
                          const struct frames *frames)
{
    for (uint32_t i = 0; i < numbering->used_count; i++)
        buffer_varint(to, numbering->text_number[frames->items[numbering->used[i]].name]);
    for (uint32_t i = 0; i < numbering->used_count; i++)
        buffer_varint(to, numbering->text_number[frames->items[numbering->used[i]].object]);
    for (uint32_t i = 0; i < numbering->used_count; i++)
        buffer_varint(to, frames->items[numbering->used[i]].kind);
}

/* Threads that write to one line of the cache wait for each other: what grows byte by byte is moved
 * to its part when all of it is there. */
static void append_nodes(struct parts *parts, const struct numbering *numbering,
                         const struct trie *trie, const struct order *order)
{
    struct callees callees = {0};
    struct buffer nodes = {0}, firsts = {0};
    uint32_t up;
    nodes.failed = callees_init(&callees, numbering->used_count, CALLEES_RANK) < 0;
    for (uint32_t node = 0; !nodes.failed && (node = order_step(order, trie, node, &up));) {
        uint32_t parent = trie->parent[node], frame = numbering->frame_number[trie->frame[node]];
        uint32_t above = parent ? numbering->frame_number[trie->frame[parent]] : 0;
        uint32_t rank = callees_rank(&callees, above, frame);
        buffer_varint(&nodes, up);
        buffer_varint(&nodes, rank);
        if (rank)
            continue;
        buffer_varint(&firsts, frame);
        nodes.failed |= callees_add(&callees, above, frame) < 0;
    }
    callees_done(&callees);
    parts->nodes = nodes;
    parts->firsts = firsts;
}

static uint64_t size_of(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

/* At least 1, and never more than an int64_t holds. */
static int64_t column_scale(const struct trie_column *column, uint32_t count)
{
    uint64_t divisor = 0;
    for (uint32_t node = 0; column->self && node < count && divisor != 1; node++)
        for (uint64_t rest = size_of(column->self[node]); rest;) {
            uint64_t next = divisor % rest;
            divisor = rest;
            rest = next;
        }
    return divisor && divisor <= INT64_MAX ? (int64_t)divisor : 1;
}

static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

/* The nodes as a column has them: those without children, then the others. NULL without memory. */
static uint32_t *column_order(const struct trie *trie, const struct order *order)
{
    uint32_t *nodes = mem_alloc(trie->count * sizeof *nodes);
    uint32_t leaves = 0, inner = 0, node = 0, up;
    for (uint32_t i = 0; i < trie->count; i++)
        inner += order->first[i] == 0;
    do {
        uint32_t *place = order->first[node] ? &inner : &leaves;
        if (nodes)
            nodes[(*place)++] = node;
    } while ((node = order_step(order, trie, node, &up)));
    return nodes;
}

static void append_column(struct buffer *to, const struct trie *trie, const uint32_t *nodes,
                          uint32_t column, int64_t scale)
{
    for (uint32_t i = 0; i < trie->count; i++) {
        int64_t value = trie_self(trie, column, nodes[i]);
        buffer_varint(to, value ? zigzag(scale == 1 ? value : value / scale) : 0);
    }
}

static void append_text(struct buffer *to, const char *text)
{
    struct buffer safe = {0};
    text_append_safe(&safe, text ? text : "", text ? strlen(text) : 0);
    buffer_varint(to, safe.size);
    buffer_append(to, safe.data, safe.size);
    to->failed |= safe.failed;
    buffer_done(&safe);
}

/* What is made beside the nodes. */
struct side {
    const struct trie *trie;
    const struct order *order;
    const struct numbering *numbering;
    struct parts *parts; /* of which the nodes are another's */
};

static void append_columns(struct parts *parts, const struct trie *trie, const struct order *order)
{
    CLEANUP(mem_cleanup) uint32_t *nodes = column_order(trie, order);
    struct buffer *head = &parts->column_heads, body = {.failed = !nodes};
    for (uint32_t c = 0; nodes && c < trie->column_count; c++) {
        const struct trie_column *column = &trie->columns[c];
        int64_t scale = column_scale(column, trie->count);
        size_t before = body.size;
        append_column(&body, trie, nodes, c, scale);
        append_text(head, column->event);
        append_text(head, column->weight);
        append_text(head, column->unit);
        buffer_varint(head, (uint64_t)scale);
        buffer_varint(head, column->samples);
        buffer_varint(head, zigzag(column->recorded));
        buffer_varint(head, body.size - before);
    }
    parts->columns = body;
}

static void append_side(void *context)
{
    const struct side *side = context;
    append_columns(side->parts, side->trie, side->order);
    append_strings(side->parts, side->numbering, &side->trie->frames.texts);
    append_frames(&side->parts->frames, side->numbering, &side->trie->frames);
}

static void append_head(struct buffer *head, const struct parts *parts, const struct trie *trie,
                        const struct numbering *numbering)
{
    const uint64_t numbers[] = {numbering->text_count, numbering->used_count, trie->count,
                                trie->column_count,    trie->timed,           parts->text_size,
                                parts->tails.size,     parts->frames.size,    parts->nodes.size,
                                parts->firsts.size};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        buffer_varint(head, numbers[i]);
}

/* Joins what was made, and releases it. */
static void append_parts(struct buffer *to, struct parts *parts)
{
    struct buffer *const all[] = {&parts->column_heads, &parts->shared, &parts->tails,
                                  &parts->frames,       &parts->nodes,  &parts->firsts,
                                  &parts->columns};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        buffer_append(to, all[i]->data, all[i]->size);
        to->failed |= all[i]->failed;
        buffer_done(all[i]);
    }
}

int payload_write(struct buffer *bytes, const struct trie *trie, const struct order *order,
                  bool threads, struct pfl_error *err)
{
    CLEANUP(numbering_done) struct numbering numbering = {0};
    struct parts parts = {.text_size = 0};
    struct side side = {trie, order, &numbering, &parts};
    struct errand errand;
    if (number_frames(&numbering, trie) < 0 || number_texts(&numbering, trie, order) < 0)
        return error_memory(err);
    errand_begin(&errand, threads, append_side, &side);
    append_nodes(&parts, &numbering, trie, order);
    errand_end(&errand);
    append_head(bytes, &parts, trie, &numbering);
    append_parts(bytes, &parts);
    return bytes->failed ? error_memory(err) : 0;
}
