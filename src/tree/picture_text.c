/* SPDX-License-Identifier: MIT */
/* The data stands between marks that nothing else in the file can hold: names are escaped, and
 * the description is JSON without brackets. */
#include "tree/picture_text.h"

#include <string.h>

#include "base/compress.h"
#include "base/limits.h"

#define MARK_FORMAT "<script type=\"application/x-perflame+json\">{\"format\":"
#define MARK_DATA   "<script type=\"application/x-perflame+deflate\">"
#define HEAD_BYTES  4096 /* in which the root element begins */

static const char *find(const char *text, size_t size, const char *mark)
{
    return text ? memmem(text, size, mark, strlen(mark)) : NULL;
}

bool picture_text_recognises(const char *text, size_t size)
{
    if (size > HEAD_BYTES)
        size = HEAD_BYTES;
    return size && *text == '<' && find(text, size, "<svg") &&
           find(text, size, "class=\"perflame ");
}

static int read_text(struct buffer *text, const struct source *source, struct pfl_error *err)
{
    if (source->size > LIMIT_PICTURE_BYTES)
        return error_set(err, PFL_ERROR_LIMIT, "a picture of more than %d MiB",
                         LIMIT_PICTURE_BYTES >> 20);
    char block[64 * 1024];
    for (size_t size = sizeof block; size == sizeof block;) {
        int r = source_read(source, text->size, block, sizeof block, &size, err);
        if (r < 0)
            return r;
        buffer_append(text, block, size);
        if (text->failed)
            return error_memory(err);
    }
    return 0;
}

/* The bytes of all chunks, one after the other. */
static int unpack(struct buffer *packed, const char *at, const char *end, struct pfl_error *err)
{
    const char *chunk;
    while ((chunk = find(at, (size_t)(end - at), MARK_DATA))) {
        chunk += strlen(MARK_DATA);
        at = memchr(chunk, '<', (size_t)(end - chunk));
        if (!at)
            return error_set(err, PFL_ERROR_FORMAT, "the picture ends early");
        int r = compress_unbase64(packed, chunk, (size_t)(at - chunk), err);
        if (r < 0)
            return r;
    }
    return 0;
}

int picture_text_read(struct trie *trie, const struct source *source,
                      const struct payload_filter *filter, uint32_t *ret_columns,
                      struct pfl_error *err)
{
    struct buffer text = {0}, packed = {0};
    int r = read_text(&text, source, err);
    const char *start = buffer_string(&text), *end = start + text.size;
    const char *format = r == 0 ? find(start, text.size, MARK_FORMAT) : NULL;
    if (r == 0 && !format)
        r = error_set(err, PFL_ERROR_ABSENT,
                      find(start, text.size, "</svg>")
                          ? "this picture holds no data: it was written with --script none"
                          : "the picture ends early");
    else if (r == 0 && (end - format <= (ptrdiff_t)strlen(MARK_FORMAT) + 1 ||
                        format[strlen(MARK_FORMAT)] != '0' + PAYLOAD_FORMAT ||
                        format[strlen(MARK_FORMAT) + 1] != ','))
        r = error_set(err, PFL_ERROR_UNSUPPORTED, "the picture of another version of perflame");
    if (r == 0)
        r = unpack(&packed, format, end, err);
    if (r == 0)
        r = payload_read(trie, packed.data, packed.size, filter, ret_columns, err);
    buffer_done(&text);
    buffer_done(&packed);
    return r;
}
