/* SPDX-License-Identifier: MIT */
/* A growable run of bytes with sticky failure: append as often as you like, ask once. */
#ifndef PFL_BASE_BUFFER_H
#define PFL_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise to begin. */
struct buffer {
    char *data; /* not NUL-terminated; buffer_string gives a C string */
    size_t size, capacity;
    bool failed; /* an append found no memory; what is there stays valid */
};

void buffer_done(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); /* keeps the memory, forgets a failure */

void buffer_append(struct buffer *buffer, const void *data, size_t size);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_char(struct buffer *buffer, char c);
void buffer_u64(struct buffer *buffer, uint64_t value); /* decimal, never localised */
void buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The content with a NUL behind it; "" where there is no memory. Valid until the next append. */
const char *buffer_string(struct buffer *buffer);

void buffer_long_varint(struct buffer *buffer, uint64_t value);

/* Unsigned LEB128: seven bits a byte, lowest first, the top bit says that more follow. Most have
 * one byte, and most often there is room. */
static inline void buffer_varint(struct buffer *buffer, uint64_t value)
{
    if (value < 0x80 && buffer->size + 1 < buffer->capacity && !buffer->failed)
        buffer->data[buffer->size++] = (char)value;
    else
        buffer_long_varint(buffer, value);
}

#endif
