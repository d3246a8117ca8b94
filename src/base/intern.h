/* SPDX-License-Identifier: MIT */
/* Texts as numbers: equal texts get equal numbers, the empty text is 0.
 *
 *     bytes:   \0 m a i n \0 m a l l o c \0 ...
 *     offsets: 0  1          6               ...   number → where its text begins
 *
 * Texts may hold any byte but NUL. Numbers count up from 0 without gaps, so callers can keep
 * arrays beside them. */
#ifndef PFL_BASE_INTERN_H
#define PFL_BASE_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "base/index.h"

struct intern {
    char *bytes;
    size_t size, capacity;
    uint32_t *offsets;
    size_t count, offsets_capacity;
    struct index index;
};

/* Returns 0, or -1 without memory. */
int intern_init(struct intern *intern);
void intern_done(struct intern *intern);

/* The number of a text of `length` bytes (cut at its first NUL). Returns 0 and the number, or
 * -1 without memory or beyond LIMIT_TEXT_BYTES. */
int intern_add(struct intern *intern, const char *text, size_t length, uint32_t *ret_id);

/* The text of a number that intern_add gave; valid until the next intern_add. */
static inline const char *intern_text(const struct intern *intern, uint32_t id)
{
    return intern->bytes + intern->offsets[id];
}

/* Its length in bytes. */
static inline size_t intern_length(const struct intern *intern, uint32_t id)
{
    size_t end = id + 1 < intern->count ? intern->offsets[id + 1] : intern->size;
    return end - intern->offsets[id] - 1;
}

#endif
