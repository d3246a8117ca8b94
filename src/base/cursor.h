/* SPDX-License-Identifier: MIT */
/* The bounded reader: everything that comes from a recording is decoded through it.
 *
 *     data ──────────── position ─────────────── size
 *          already read          still to be read
 *
 * A read past the end gives zeros and sets `failed`, which stays set; so a decoder reads all
 * its fields and asks once, at the end, whether they were all there. */
#ifndef PFL_BASE_CURSOR_H
#define PFL_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cursor {
    const uint8_t *data;
    size_t size;
    size_t position;
    bool swap; /* the bytes are of the other byte order */
    bool failed;
};

static inline struct cursor cursor_of(const void *data, size_t size, bool swap)
{
    return (struct cursor){.data = data, .size = size, .swap = swap};
}

static inline size_t cursor_left(const struct cursor *c)
{
    return c->size - c->position;
}

/* The next `size` bytes in place, or NULL. */
static inline const uint8_t *cursor_bytes(struct cursor *c, size_t size)
{
    if (size > cursor_left(c)) {
        c->failed = true;
        c->position = c->size;
        return NULL;
    }
    const uint8_t *bytes = c->data + c->position;
    c->position += size;
    return bytes;
}

static inline void cursor_skip(struct cursor *c, size_t size)
{
    (void)cursor_bytes(c, size);
}

static inline uint8_t cursor_u8(struct cursor *c)
{
    const uint8_t *bytes = cursor_bytes(c, 1);
    return bytes ? *bytes : 0;
}

static inline uint16_t cursor_u16(struct cursor *c)
{
    uint16_t value = 0;
    const uint8_t *bytes = cursor_bytes(c, sizeof value);
    if (bytes)
        memcpy(&value, bytes, sizeof value);
    return c->swap ? __builtin_bswap16(value) : value;
}

static inline uint32_t cursor_u32(struct cursor *c)
{
    uint32_t value = 0;
    const uint8_t *bytes = cursor_bytes(c, sizeof value);
    if (bytes)
        memcpy(&value, bytes, sizeof value);
    return c->swap ? __builtin_bswap32(value) : value;
}

static inline uint64_t cursor_u64(struct cursor *c)
{
    uint64_t value = 0;
    const uint8_t *bytes = cursor_bytes(c, sizeof value);
    if (bytes)
        memcpy(&value, bytes, sizeof value);
    return c->swap ? __builtin_bswap64(value) : value;
}

/* A text that ends with NUL inside the cursor; its length goes to *ret_length. NULL (and
 * failed) if no NUL is there. The position moves behind the NUL. */
static inline const char *cursor_text(struct cursor *c, size_t *ret_length)
{
    const uint8_t *start = c->data + c->position;
    const uint8_t *end = cursor_left(c) ? memchr(start, 0, cursor_left(c)) : NULL;
    if (!end) {
        c->failed = true;
        c->position = c->size;
        return NULL;
    }
    c->position += (size_t)(end - start) + 1;
    if (ret_length)
        *ret_length = (size_t)(end - start);
    return (const char *)start;
}

#endif
