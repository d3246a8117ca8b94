/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <string.h>

/* How long the sequence that a lead byte begins must be, and its smallest code point. */
static size_t sequence_size(unsigned char lead, uint32_t *ret_least)
{
    if (lead >= 0xc2 && lead <= 0xdf) {
        *ret_least = 0x80;
        return 2;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        *ret_least = 0x800;
        return 3;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *ret_least = 0x10000;
        return 4;
    }
    return 0;
}

struct text_char text_next(const char *text, size_t length)
{
    unsigned char lead = (unsigned char)text[0];
    if (lead < 0x80)
        return (struct text_char){.code = lead, .size = 1, .valid = true};
    uint32_t least = 0;
    size_t size = sequence_size(lead, &least);
    struct text_char bad = {.code = 0xfffd, .size = 1, .valid = false};
    if (size == 0 || size > length)
        return bad;
    uint32_t code = lead & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xc0) != 0x80)
            return bad;
        code = code << 6 | (next & 0x3f);
    }
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return bad;
    return (struct text_char){.code = code, .size = size, .valid = true};
}

bool text_is_harmful(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0xfffe || code == 0xffff;
}

void text_append_safe(struct buffer *buffer, const char *text, size_t length)
{
    size_t clean = 0; /* where the run of harmless bytes that is not yet appended begins */
    for (size_t at = 0; at < length;) {
        struct text_char c = text_next(text + at, length - at);
        if (!c.valid || text_is_harmful(c.code)) {
            buffer_append(buffer, text + clean, at - clean);
            buffer_text(buffer, "\xef\xbf\xbd");
            clean = at + c.size;
        }
        at += c.size;
    }
    buffer_append(buffer, text + clean, length - clean);
}

bool text_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            resume = text;
        } else if (*pattern == *text || *pattern == '?') {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

bool text_u64(const char *text, size_t length, uint64_t *ret_value)
{
    uint64_t value = 0;
    unsigned base = 10;
    if (length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
        length -= 2;
    }
    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        unsigned digit = c >= '0' && c <= '9'   ? c - '0'
                         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                : 16;
        if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *ret_value = value;
    return true;
}
