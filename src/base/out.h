/* SPDX-License-Identifier: MIT */
/* Output to a sink through one buffer, with sticky failure: write as often as you like, ask once
 * in out_finish. */
#ifndef PFL_BASE_OUT_H
#define PFL_BASE_OUT_H

#include "base/buffer.h"
#include "base/error.h"
#include "perflame/sink.h"

struct out {
    struct pfl_sink sink;
    struct buffer buffer;
    bool refused; /* the sink returned non-zero */
};

void out_init(struct out *out, const struct pfl_sink *sink);

void out_bytes(struct out *out, const void *data, size_t size);
void out_text(struct out *out, const char *text);
void out_char(struct out *out, char c);
void out_i64(struct out *out, int64_t value);
void out_printf(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void out_json(struct out *out, const char *text);

/* Passes the rest on, frees the buffer, and says whether all went well. */
int out_finish(struct out *out, struct pfl_error *err);

#endif
