/* SPDX-License-Identifier: MIT */
#include "resolve/elf/build_id.h"

#include <string.h>

#include "base/cursor.h"

#define NOTE_GNU_BUILD_ID 3 /* NT_GNU_BUILD_ID of elf.h */

bool build_id_equal(const struct build_id *a, const struct build_id *b)
{
    /* Bytes behind the size are zero by construction. */
    return a->size && b->size && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

struct build_id build_id_of(const uint8_t *bytes, size_t size)
{
    struct build_id id = {0};
    size = size < sizeof id.bytes ? size : sizeof id.bytes;
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            id.size = (uint8_t)size;
    if (id.size)
        memcpy(id.bytes, bytes, size);
    return id;
}

bool build_id_from_notes(struct build_id *ret_id, const void *notes, size_t size, bool swap)
{
    struct cursor c = cursor_of(notes, size, swap);
    while (cursor_left(&c) >= 12) {
        uint32_t name_size = cursor_u32(&c), data_size = cursor_u32(&c), type = cursor_u32(&c);
        const uint8_t *name = cursor_bytes(&c, ((size_t)name_size + 3) & ~(size_t)3);
        const uint8_t *data = cursor_bytes(&c, data_size);
        if (c.failed)
            return false;
        if (type == NOTE_GNU_BUILD_ID && name_size == 4 && memcmp(name, "GNU", 4) == 0) {
            *ret_id = build_id_of(data, data_size);
            return ret_id->size > 0;
        }
        size_t padding = -(size_t)data_size & 3;
        cursor_skip(&c, padding < cursor_left(&c) ? padding : cursor_left(&c));
    }
    return false;
}

int build_id_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void append_hex(struct buffer *to, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        buffer_char(to, digits[bytes[i] >> 4]);
        buffer_char(to, digits[bytes[i] & 15]);
    }
}

void build_id_text(struct buffer *to, const struct build_id *id)
{
    append_hex(to, id->bytes, id->size);
}

void build_id_cached(struct buffer *to, const char *folder, const struct build_id *id,
                     const char *name)
{
    buffer_text(to, folder);
    buffer_text(to, "/.build-id/");
    append_hex(to, id->bytes, 1);
    buffer_char(to, '/');
    if (id->size > 1)
        append_hex(to, id->bytes + 1, id->size - 1u);
    buffer_char(to, '/');
    buffer_text(to, name);
}
