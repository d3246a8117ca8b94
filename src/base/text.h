/* SPDX-License-Identifier: MIT */
/* Texts that came from a recording: UTF-8 with anything in it. */
#ifndef PFL_BASE_TEXT_H
#define PFL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct text_char {
    uint32_t code; /* the code point, where valid */
    size_t size;   /* bytes to step over, at least 1 */
    bool valid;    /* a shortest-form scalar value; no surrogate, at most U+10FFFF */
};

/* The first character of `length` > 0 bytes. */
struct text_char text_next(const char *text, size_t length);

/* True for what may move a terminal's cursor, hide text or is not allowed in XML: C0 and C1
 * controls, direction marks and overrides (U+200E, U+200F, U+202A to U+202E, U+2066 to
 * U+2069), U+FFFE and U+FFFF. */
bool text_is_harmful(uint32_t code);

/* Appends the text with every invalid byte and harmful character as U+FFFD: fit for XML, for a
 * terminal and for a line of its own. */
void text_append_safe(struct buffer *buffer, const char *text, size_t length);

/* Text matching a shell glob of `*` and `?`. */
bool text_glob(const char *pattern, const char *text);

/* An unsigned decimal or 0x number that fills the whole of `length` bytes. */
bool text_u64(const char *text, size_t length, uint64_t *ret_value);

#endif
