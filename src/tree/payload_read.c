/* SPDX-License-Identifier: MIT */
/* See tree/payload.h. Whatever is read here was perhaps not written by perflame: every count is
 * held against the bytes that are there before anything is allocated for it. */
#include "tree/payload.h"

#include <string.h>

#include "base/compress.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "tree/callees.h"

struct reading {
    struct trie *trie;
    uint64_t strings, frames, nodes, columns; /* counts */
    uint64_t timed, text_size;
    uint64_t most_bytes, most_nodes; /* by the size of the data */
    uint64_t sizes[4];               /* of tails, frames, nodes, firsts */
    char *text;
    const char **texts;
    struct callees callees;
    uint32_t *frame; /* number → frame of the trie */
    uint32_t *node;  /* number → node of the trie */
    uint32_t *parent;
};

static void reading_done(struct reading *reading)
{
    mem_free(reading->text);
    mem_free(reading->texts);
    callees_done(&reading->callees);
    mem_free(reading->frame);
    mem_free(reading->node);
    mem_free(reading->parent);
}

static uint64_t cursor_varint(struct cursor *c)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = cursor_u8(c);
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return value;
    }
    c->failed = true;
    return 0;
}

static int64_t cursor_zigzag(struct cursor *c)
{
    uint64_t value = cursor_varint(c);
    return (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));
}

static int error_payload(const struct cursor *c, struct pfl_error *err)
{
    return error_at(err, PFL_ERROR_FORMAT, c->position, "the picture's data makes no sense");
}

/* The next `size` bytes as a cursor of their own. */
static struct cursor cursor_part(struct cursor *c, uint64_t size)
{
    const uint8_t *data = size <= cursor_left(c) ? cursor_bytes(c, (size_t)size) : NULL;
    if (!data && size)
        c->failed = true;
    return cursor_of(data, data ? (size_t)size : 0, false);
}

static int read_head(struct reading *reading, struct cursor *c, struct pfl_error *err)
{
    uint64_t *const numbers[] = {&reading->strings, &reading->frames, &reading->nodes,
                                 &reading->columns, &reading->timed,  &reading->text_size};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = cursor_varint(c);
    for (size_t i = 0; i < sizeof reading->sizes / sizeof *reading->sizes; i++)
        reading->sizes[i] = cursor_varint(c);
    /* A string has two bytes at least, a frame three, a node but the root two, a column seven. */
    uint64_t left = cursor_left(c);
    if (c->failed || !reading->nodes || !reading->strings || reading->strings > left / 2 ||
        reading->frames > left / 3 || reading->nodes - 1 > left / 2 ||
        reading->columns > left / 7 || reading->columns > LIMIT_COLUMNS ||
        reading->nodes > LIMIT_TRIE_NODES || reading->timed > 1)
        return error_payload(c, err);
    if (reading->trie->timed && !reading->timed)
        return error_set(err, PFL_ERROR_ABSENT,
                         "the picture does not tell times: it was made without --sort time");
    /* A string begins with at most 255 bytes of another. */
    if (reading->text_size > left * 256)
        return error_payload(c, err);
    if (reading->text_size > reading->most_bytes || reading->nodes > reading->most_nodes)
        return error_set(err, PFL_ERROR_LIMIT, "more in so small a picture than any recording has");
    reading->text = mem_alloc(reading->text_size);
    reading->texts = mem_zalloc(reading->strings, sizeof *reading->texts);
    reading->frame = mem_zalloc(reading->frames, sizeof *reading->frame);
    reading->node = mem_zalloc(reading->nodes, sizeof *reading->node);
    reading->parent = mem_zalloc(reading->nodes, sizeof *reading->parent);
    if (!reading->text || !reading->texts || !reading->frame || !reading->node ||
        !reading->parent || callees_init(&reading->callees, reading->frames, CALLEES_FRAME) < 0)
        return error_memory(err);
    return 0;
}

static int read_strings(struct reading *reading, struct cursor *shared, struct cursor *tails,
                        struct pfl_error *err)
{
    size_t at = 0, before = 0, before_length = 0;
    for (uint64_t i = 0; i < reading->strings; i++) {
        size_t same = cursor_u8(shared), length;
        const char *tail = cursor_text(tails, &length);
        if (shared->failed || !tail || same > before_length ||
            same + length + 1 > reading->text_size - at)
            return error_payload(tails, err);
        memcpy(reading->text + at, reading->text + before, same);
        memcpy(reading->text + at + same, tail, length + 1);
        reading->texts[i] = reading->text + at;
        before = at;
        before_length = same + length;
        at += before_length + 1;
    }
    return at == reading->text_size ? 0 : error_payload(tails, err);
}

static int read_frames(struct reading *reading, struct cursor *c, struct pfl_error *err)
{
    struct cursor names = *c;
    for (uint64_t i = 0; i < reading->frames; i++)
        (void)cursor_varint(c);
    struct cursor objects = *c;
    for (uint64_t i = 0; i < reading->frames; i++)
        (void)cursor_varint(c);
    for (uint64_t i = 0; i < reading->frames; i++) {
        uint64_t name = cursor_varint(&names), object = cursor_varint(&objects);
        uint64_t kind = cursor_varint(c);
        if (c->failed || name >= reading->strings || object >= reading->strings ||
            kind >= FRAME_KIND_COUNT)
            return error_payload(c, err);
        const char *text = reading->texts[name];
        reading->frame[i] = frames_add(&reading->trie->frames, text, strlen(text),
                                       (enum frame_kind)kind, reading->texts[object]);
        if (reading->frame[i] == FRAMES_FAILED)
            return error_memory(err);
    }
    return 0;
}

/* The number of a node's frame in the picture, or CALLEES_NONE. */
static uint32_t read_frame(struct reading *reading, uint32_t above, uint64_t rank,
                           struct cursor *firsts)
{
    if (rank)
        return rank <= UINT32_MAX ? callees_frame(&reading->callees, above, (uint32_t)rank)
                                  : CALLEES_NONE;
    uint64_t frame = cursor_varint(firsts);
    return firsts->failed || frame >= reading->frames ? CALLEES_NONE : (uint32_t)frame;
}

static int read_node(struct reading *reading, uint32_t node, uint32_t parent, uint32_t *numbers,
                     uint64_t rank, struct cursor *firsts, struct pfl_error *err)
{
    uint32_t above = numbers[parent];
    uint32_t frame = read_frame(reading, above, rank, firsts);
    if (frame == CALLEES_NONE)
        return error_payload(firsts, err);
    if (!rank && callees_add(&reading->callees, above, frame) < 0)
        return error_memory(err);
    numbers[node] = frame;
    reading->parent[node] = parent;
    reading->node[node] = trie_child(reading->trie, reading->node[parent], reading->frame[frame]);
    if (reading->node[node] == TRIE_FAILED)
        return error_set(err, PFL_ERROR_LIMIT, "too many distinct stacks");
    return 0;
}

static int read_nodes(struct reading *reading, struct cursor *c, struct cursor *firsts,
                      struct pfl_error *err)
{
    CLEANUP(mem_cleanup) uint32_t *numbers = mem_zalloc(reading->nodes, sizeof *numbers);
    if (!numbers)
        return error_memory(err);
    uint64_t depth = 0; /* of the node before; the root's is 0 */
    int r = 0;
    for (uint32_t node = 1; r == 0 && node < reading->nodes; node++) {
        uint64_t up = cursor_varint(c), rank = cursor_varint(c);
        if (c->failed || up > depth)
            return error_payload(c, err);
        depth = depth + 1 - up;
        /* A group and a mark may stand below the frames of a stack. */
        if (depth > LIMIT_STACK_FRAMES + 2)
            return error_set(err, PFL_ERROR_LIMIT, "stacks of more than %d frames",
                             LIMIT_STACK_FRAMES);
        uint32_t parent = node - 1;
        for (; up; up--)
            parent = reading->parent[parent];
        r = read_node(reading, node, parent, numbers, rank, firsts, err);
    }
    return r;
}

static bool has_children(const struct reading *reading, uint32_t node)
{
    return node + 1 < reading->nodes && reading->parent[node + 1] == node;
}

static int read_weights(const struct reading *reading, struct cursor *c, uint32_t column,
                        int64_t scale, struct pfl_error *err)
{
    for (int inner = 0; inner < 2; inner++)
        for (uint32_t node = 0; node < reading->nodes; node++) {
            if (has_children(reading, node) != inner)
                continue;
            int64_t value = cursor_zigzag(c);
            if (c->failed || __builtin_mul_overflow(value, scale, &value))
                return error_payload(c, err);
            if (value && trie_add(reading->trie, column, reading->node[node], value) < 0)
                return error_memory(err);
        }
    return 0;
}

/* The texts of a column stand in the head without NULs. */
static char *read_text(struct cursor *head)
{
    struct cursor text = cursor_part(head, cursor_varint(head));
    return mem_copy_text(text.data ? (const char *)text.data : "", text.size);
}

static int read_column(const struct reading *reading, struct cursor *head, struct cursor *body,
                       const struct payload_filter *filter, uint32_t *columns,
                       struct pfl_error *err)
{
    CLEANUP(mem_cleanup) char *event = read_text(head);
    CLEANUP(mem_cleanup) char *weight = read_text(head);
    CLEANUP(mem_cleanup) char *unit = read_text(head);
    if (!event || !weight || !unit)
        return error_memory(err);
    uint64_t scale = cursor_varint(head), samples = cursor_varint(head);
    int64_t recorded = cursor_zigzag(head);
    struct cursor weights = cursor_part(body, cursor_varint(head));
    if (head->failed || body->failed || scale == 0 || scale > INT64_MAX)
        return error_payload(head->failed ? head : body, err);
    if (!filter->select(filter->context, event, weight))
        return 0;
    uint32_t column = trie_column(reading->trie, event, weight, unit);
    if (column == TRIE_FAILED)
        return error_set(err, PFL_ERROR_LIMIT, "more than %d weights", LIMIT_COLUMNS);
    struct trie_column *to = &reading->trie->columns[column];
    to->samples += samples;
    to->recorded = weight_add(to->recorded, recorded);
    ++*columns;
    return read_weights(reading, &weights, column, (int64_t)scale, err);
}

/* Steps over the columns' heads. */
static void skip_column_heads(struct cursor *c, uint64_t count)
{
    for (uint64_t i = 0; i < count && !c->failed; i++) {
        for (int text = 0; text < 3; text++)
            (void)cursor_part(c, cursor_varint(c));
        for (int number = 0; number < 4; number++)
            (void)cursor_varint(c);
    }
}

static int read_all(struct reading *reading, struct cursor *c, const struct payload_filter *filter,
                    uint32_t *ret_columns, struct pfl_error *err)
{
    int r = read_head(reading, c, err);
    if (r < 0)
        return r;
    struct cursor head = *c;
    skip_column_heads(c, reading->columns);
    struct cursor shared = cursor_part(c, reading->strings);
    struct cursor tails = cursor_part(c, reading->sizes[0]);
    struct cursor frames = cursor_part(c, reading->sizes[1]);
    struct cursor nodes = cursor_part(c, reading->sizes[2]);
    struct cursor firsts = cursor_part(c, reading->sizes[3]);
    if (c->failed)
        return error_payload(c, err);
    if ((r = read_strings(reading, &shared, &tails, err)) < 0 ||
        (r = read_frames(reading, &frames, err)) < 0 ||
        (r = read_nodes(reading, &nodes, &firsts, err)) < 0)
        return r;
    uint32_t columns = 0;
    for (uint64_t i = 0; i < reading->columns && r == 0; i++)
        r = read_column(reading, &head, c, filter, &columns, err);
    if (r == 0)
        *ret_columns = columns;
    return r;
}

int payload_read(struct trie *trie, const void *packed, size_t size,
                 const struct payload_filter *filter, uint32_t *ret_columns, struct pfl_error *err)
{
    uint64_t most = LIMIT_INFLATED_BYTES + (uint64_t)size * LIMIT_INFLATED_TIMES;
    struct reading reading = {
        .trie = trie,
        .most_bytes = most < LIMIT_PAYLOAD_BYTES ? most : LIMIT_PAYLOAD_BYTES,
        .most_nodes = LIMIT_PAYLOAD_NODES + (uint64_t)size * LIMIT_PAYLOAD_PER_BYTE,
    };
    struct buffer bytes = {0};
    int r = compress_inflate(&bytes, packed, size, (size_t)reading.most_bytes, err);
    if (r == 0) {
        struct cursor cursor = cursor_of(bytes.data, bytes.size, false);
        r = read_all(&reading, &cursor, filter, ret_columns, err);
    }
    reading_done(&reading);
    buffer_done(&bytes);
    return r;
}
