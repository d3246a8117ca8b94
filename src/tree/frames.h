/* SPDX-License-Identifier: MIT */
/* Named frames as numbers: a frame is (name, kind, object); equal frames have equal numbers. */
#ifndef PFL_TREE_FRAMES_H
#define PFL_TREE_FRAMES_H

#include <stdint.h>

#include "base/index.h"
#include "base/intern.h"

enum frame_kind {
    FRAME_USER = 0,
    FRAME_KERNEL,
    FRAME_JIT,
    FRAME_INLINED,
    FRAME_GROUP, /* the --by frame at the root: a comm, a process, a CPU */
    FRAME_MARK,  /* reserved: [unknown], [truncated], [broken] */
    FRAME_KIND_COUNT
};

struct frame {
    uint32_t name;   /* numbers in `texts` */
    uint32_t object; /* 0: none */
    enum frame_kind kind;
};

struct frames {
    struct intern texts;
    struct frame *items;
    size_t count, capacity;
    struct index index;
};

#define FRAMES_FAILED UINT32_MAX

/* Returns 0, or -1 without memory. Frame 0 is the nameless root of every trie. */
int frames_init(struct frames *frames);
void frames_done(struct frames *frames);

/* The number of a frame; object may be NULL. FRAMES_FAILED without memory. A `;` in a name
 * becomes ':' and a line break a space, as folded text needs it; a name ends at its first NUL and
 * after LIMIT_NAME_BYTES. */
uint32_t frames_add(struct frames *frames, const char *name, size_t length, enum frame_kind kind,
                    const char *object);

/* Gives the texts of `from`, which loses them, to one that has no frame yet but that of the root.
 */
void frames_take_texts(struct frames *frames, struct frames *from);

/* The number of a frame of which the texts are there. FRAMES_FAILED without memory. */
uint32_t frames_intern(struct frames *frames, struct frame frame);

static inline const char *frames_name(const struct frames *frames, uint32_t frame)
{
    return intern_text(&frames->texts, frames->items[frame].name);
}

static inline const char *frames_object(const struct frames *frames, uint32_t frame)
{
    return intern_text(&frames->texts, frames->items[frame].object);
}

#endif
