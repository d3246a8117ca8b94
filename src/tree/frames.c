/* SPDX-License-Identifier: MIT */
/* Frames become numbers here; the trie (tree/trie.h) keeps the numbers only. */
#include "tree/frames.h"

#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"

static uint64_t frame_hash(const struct frame *frame)
{
    return hash_pair((uint64_t)frame->name << 32 | frame->object, frame->kind);
}

static bool frame_equal(const struct frame *a, const struct frame *b)
{
    return a->name == b->name && a->object == b->object && a->kind == b->kind;
}

uint32_t frames_intern(struct frames *frames, struct frame frame)
{
    uint64_t hash = frame_hash(&frame);
    struct index_probe probe = index_probe(&frames->index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (frame_equal(&frames->items[id], &frame))
            return id;
    if (frames->count >= FRAMES_FAILED ||
        mem_grow(&frames->items, &frames->capacity, frames->count + 1, sizeof frame) < 0 ||
        index_add(&frames->index, hash, (uint32_t)frames->count) < 0)
        return FRAMES_FAILED;
    frames->items[frames->count] = frame;
    return (uint32_t)frames->count++;
}

int frames_init(struct frames *frames)
{
    *frames = (struct frames){0};
    if (intern_init(&frames->texts) == 0 &&
        frames_intern(frames, (struct frame){.kind = FRAME_USER}) == 0)
        return 0;
    frames_done(frames);
    return -1;
}

void frames_done(struct frames *frames)
{
    intern_done(&frames->texts);
    mem_free(frames->items);
    index_done(&frames->index);
    *frames = (struct frames){0};
}

void frames_take_texts(struct frames *frames, struct frames *from)
{
    intern_done(&frames->texts);
    frames->texts = from->texts;
    from->texts = (struct intern){0};
}

/* Where a name must be changed before folded text can hold it, or `length`. */
static size_t name_first_unfit(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (name[i] == ';' || name[i] == '\n' || name[i] == '\r' || name[i] == '\0')
            return i;
    return length;
}

/* The number of a name. A name with bytes that do not fit is changed in a copy. */
static int frames_intern_name(struct frames *frames, const char *name, size_t length,
                              uint32_t *ret_id)
{
    if (length > LIMIT_NAME_BYTES)
        length = LIMIT_NAME_BYTES;
    size_t at = name_first_unfit(name, length);
    if (at == length || name[at] == '\0')
        return intern_add(&frames->texts, name, at, ret_id);
    CLEANUP(mem_cleanup) char *copy = mem_copy_text(name, length);
    if (!copy)
        return -1;
    for (; at < length && copy[at]; at++)
        copy[at] = copy[at] == ';' ? ':' : copy[at] == '\n' || copy[at] == '\r' ? ' ' : copy[at];
    return intern_add(&frames->texts, copy, at, ret_id);
}

uint32_t frames_add(struct frames *frames, const char *name, size_t length, enum frame_kind kind,
                    const char *object)
{
    struct frame frame = {.kind = kind};
    if (frames_intern_name(frames, name, length, &frame.name) < 0 ||
        (object && frames_intern_name(frames, object, strlen(object), &frame.object) < 0))
        return FRAMES_FAILED;
    return frames_intern(frames, frame);
}
