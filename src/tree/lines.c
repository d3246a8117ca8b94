/* SPDX-License-Identifier: MIT */
#include "tree/lines.h"

#include <string.h>

#include "base/limits.h"

#define LINES_BLOCK ((size_t)1024 * 1024)

/* Moves what is left to the front and reads more behind it. */
static int lines_fill(struct lines *lines, struct pfl_error *err)
{
    size_t left = lines->end - lines->begin;
    if (left && lines->begin)
        memmove(lines->data, lines->data + lines->begin, left);
    lines->begin = 0;
    lines->end = left;
    if (mem_grow(&lines->data, &lines->capacity, left + LINES_BLOCK, 1) < 0)
        return error_memory(err);
    size_t want = lines->capacity - left, got = 0;
    int result = source_read(lines->source, lines->offset, lines->data + left, want, &got, err);
    if (result < 0)
        return result;
    lines->offset += got;
    lines->end += got;
    lines->over = got < want;
    return 0;
}

int lines_next(struct lines *lines, const char **ret_line, size_t *ret_length,
               struct pfl_error *err)
{
    for (;;) {
        char *line = lines->data ? lines->data + lines->begin : NULL;
        size_t left = lines->end - lines->begin;
        char *end = left > lines->searched
                        ? memchr(line + lines->searched, '\n', left - lines->searched)
                        : NULL;
        if (!end && !lines->over) {
            lines->searched = left;
            if (left > LIMIT_LINE_BYTES) {
                lines->dropping = true;
                lines->begin = lines->end;
                lines->searched = 0;
            }
            int result = lines_fill(lines, err);
            if (result < 0)
                return result;
            continue;
        }
        if (!end && left == 0 && !lines->dropping)
            return 0;
        size_t length = end ? (size_t)(end - line) : left;
        lines->begin += length + (end ? 1 : 0);
        lines->searched = 0;
        if (lines->dropping || length > LIMIT_LINE_BYTES) {
            lines->dropping = false;
            return 2;
        }
        *ret_line = line;
        *ret_length = length && line[length - 1] == '\r' ? length - 1 : length;
        return 1;
    }
}

bool lines_take(const char **text, size_t *size, const char **ret_line, size_t *ret_length,
                bool *ret_ended)
{
    if (!*size)
        return false;
    const char *end = memchr(*text, '\n', *size);
    size_t length = end ? (size_t)(end - *text) : *size, step = length + (end != NULL);
    *ret_line = *text;
    *ret_ended = end != NULL;
    *ret_length = length && (*text)[length - 1] == '\r' ? length - 1 : length;
    *text += step;
    *size -= step;
    return true;
}
