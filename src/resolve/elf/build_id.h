/* SPDX-License-Identifier: MIT */
/* Build ids: what tells two files of one path apart. */
#ifndef PFL_RESOLVE_ELF_BUILD_ID_H
#define PFL_RESOLVE_ELF_BUILD_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct build_id {
    uint8_t size; /* 0: none */
    uint8_t bytes[20];
};

/* perf pads ids to 20 bytes with zeros and older files do not say how many were real: equal
 * means equal with both padded. */
bool build_id_equal(const struct build_id *a, const struct build_id *b);

/* The id of `size` bytes, cut at 20; none if they are all zero. */
struct build_id build_id_of(const uint8_t *bytes, size_t size);

/* The NT_GNU_BUILD_ID among ELF notes in this machine's byte order or swapped; notes are padded
 * to four bytes. False if there is none. */
bool build_id_from_notes(struct build_id *ret_id, const void *notes, size_t size, bool swap);

/* The value of a hexadecimal digit, or -1. */
int build_id_digit(char c);

/* Appends the id as hexadecimal digits. */
void build_id_text(struct buffer *to, const struct build_id *id);

/* Appends FOLDER/.build-id/xx/yyyy.../NAME, where perf's cache keeps a file. */
void build_id_cached(struct buffer *to, const char *folder, const struct build_id *id,
                     const char *name);

#endif
