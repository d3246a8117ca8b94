/* SPDX-License-Identifier: MIT */
#include "base/out.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define OUT_BLOCK (64 * 1024)

void out_init(struct out *out, const struct pfl_sink *sink)
{
    *out = (struct out){.sink = *sink};
}

static void out_pass(struct out *out, size_t at_least)
{
    if (out->buffer.size < at_least)
        return;
    if (!out->refused && out->buffer.size &&
        out->sink.write(out->sink.context, out->buffer.data, out->buffer.size) != 0)
        out->refused = true;
    out->buffer.size = 0;
}

void out_bytes(struct out *out, const void *data, size_t size)
{
    buffer_append(&out->buffer, data, size);
    out_pass(out, OUT_BLOCK);
}

void out_text(struct out *out, const char *text)
{
    out_bytes(out, text, strlen(text));
}

void out_char(struct out *out, char c)
{
    out_bytes(out, &c, 1);
}

void out_i64(struct out *out, int64_t value)
{
    uint64_t magnitude = (uint64_t)value;
    if (value < 0) {
        buffer_char(&out->buffer, '-');
        magnitude = -magnitude;
    }
    buffer_u64(&out->buffer, magnitude);
    out_pass(out, OUT_BLOCK);
}

void out_printf(struct out *out, const char *format, ...)
{
    char small[512];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (size >= 0 && (size_t)size < sizeof small)
        out_bytes(out, small, (size_t)size);
    else
        out->buffer.failed = true; /* formats here are short; texts go through out_text */
}

void out_json(struct out *out, const char *text)
{
    out_char(out, '"');
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        struct text_char c = text_next(text + at, length - at);
        if (!c.valid)
            out_text(out, "\\ufffd");
        else if (c.code == '"' || c.code == '\\')
            out_printf(out, "\\%c", (char)c.code);
        else if (c.code < 0x20 || c.code == 0x7f)
            out_printf(out, "\\u%04x", c.code);
        else
            out_bytes(out, text + at, c.size);
        at += c.size;
    }
    out_char(out, '"');
}

int out_finish(struct out *out, struct pfl_error *err)
{
    out_pass(out, 0);
    bool failed = out->buffer.failed, refused = out->refused;
    buffer_done(&out->buffer);
    if (refused)
        return error_set(err, PFL_ERROR_SINK, "the output was refused");
    return failed ? error_memory(err) : 0;
}
