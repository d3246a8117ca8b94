/* SPDX-License-Identifier: MIT */
#include "base/intern.h"

#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"

int intern_init(struct intern *intern)
{
    *intern = (struct intern){0};
    uint32_t empty;
    if (intern_add(intern, "", 0, &empty) == 0)
        return 0;
    intern_done(intern);
    return -1;
}

void intern_done(struct intern *intern)
{
    mem_free(intern->bytes);
    mem_free(intern->offsets);
    index_done(&intern->index);
    *intern = (struct intern){0};
}

int intern_add(struct intern *intern, const char *text, size_t length, uint32_t *ret_id)
{
    length = strnlen(text, length);
    uint64_t hash = hash_bytes(text, length);
    struct index_probe probe = index_probe(&intern->index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;) {
        if (intern_length(intern, id) == length &&
            memcmp(intern_text(intern, id), text, length) == 0) {
            *ret_id = id;
            return 0;
        }
    }

    if (length >= LIMIT_TEXT_BYTES - intern->size)
        return -1;
    if (mem_grow(&intern->bytes, &intern->capacity, intern->size + length + 1, 1) < 0 ||
        mem_grow(&intern->offsets, &intern->offsets_capacity, intern->count + 1,
                 sizeof *intern->offsets) < 0 ||
        index_add(&intern->index, hash, (uint32_t)intern->count) < 0)
        return -1;
    memcpy(intern->bytes + intern->size, text, length);
    intern->bytes[intern->size + length] = '\0';
    intern->offsets[intern->count] = (uint32_t)intern->size;
    intern->size += length + 1;
    *ret_id = (uint32_t)intern->count++;
    return 0;
}
