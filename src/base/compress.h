/* SPDX-License-Identifier: MIT */
/* The one home of compression libraries. */
#ifndef PFL_BASE_COMPRESS_H
#define PFL_BASE_COMPRESS_H

#include "base/buffer.h"
#include "base/error.h"

/* Appends the raw deflate form (RFC 1951, no zlib header) of `size` bytes. */
int compress_deflate(struct buffer *to, const void *data, size_t size, struct pfl_error *err);

/* Appends the base64 form (RFC 4648, padded, without line breaks). */
void compress_base64(struct buffer *to, const void *data, size_t size);

#endif
