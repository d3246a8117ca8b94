/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void buffer_done(struct buffer *buffer)
{
    mem_free(buffer->data);
    *buffer = (struct buffer){0};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
}

/* Room for `size` more bytes and a NUL. */
static bool buffer_reserve(struct buffer *buffer, size_t size)
{
    if (buffer->failed)
        return false;
    if (size >= SIZE_MAX - buffer->size ||
        mem_grow(&buffer->data, &buffer->capacity, buffer->size + size + 1, 1) < 0) {
        buffer->failed = true;
        return false;
    }
    return true;
}

void buffer_append(struct buffer *buffer, const void *data, size_t size)
{
    if (size == 0 || !buffer_reserve(buffer, size))
        return;
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_char(struct buffer *buffer, char c)
{
    buffer_append(buffer, &c, 1);
}

void buffer_u64(struct buffer *buffer, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    buffer_append(buffer, digits + at, sizeof digits - at);
}

/* Most texts are short, so that they are formatted but once. */
void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    enum { SHORT = 120 };
    va_list args;
    if (!buffer_reserve(buffer, SHORT))
        return;
    size_t room = buffer->capacity - buffer->size;
    va_start(args, format);
    int size = vsnprintf(buffer->data + buffer->size, room, format, args);
    va_end(args);
    if (size >= 0 && (size_t)size >= room) {
        if (!buffer_reserve(buffer, (size_t)size))
            return;
        va_start(args, format);
        size = vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, args);
        va_end(args);
    }
    buffer->size += size > 0 ? (size_t)size : 0;
}

const char *buffer_string(struct buffer *buffer)
{
    if (!buffer_reserve(buffer, 0))
        return "";
    buffer->data[buffer->size] = '\0';
    return buffer->data;
}

void buffer_long_varint(struct buffer *buffer, uint64_t value)
{
    unsigned char bytes[10];
    size_t size = 0;
    do {
        bytes[size] = value & 0x7f;
        value >>= 7;
        if (value)
            bytes[size] |= 0x80;
        size++;
    } while (value);
    buffer_append(buffer, bytes, size);
}
