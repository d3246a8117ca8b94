/* SPDX-License-Identifier: MIT */
/* The one home of compression libraries. */
#ifndef PFL_BASE_COMPRESS_H
#define PFL_BASE_COMPRESS_H

#include "base/buffer.h"
#include "base/error.h"

/* Appends the raw deflate form (RFC 1951, no zlib header) of `size` bytes. */
int compress_deflate(struct buffer *to, const void *data, size_t size, struct pfl_error *err);

/* Appends what such bytes were before, at most `limit` bytes of it. Errors: PFL_ERROR_FORMAT,
 * PFL_ERROR_LIMIT, PFL_ERROR_MEMORY. */
int compress_inflate(struct buffer *to, const void *data, size_t size, size_t limit,
                     struct pfl_error *err);

/* Appends the base64 form (RFC 4648, padded, without line breaks). */
void compress_base64(struct buffer *to, const void *data, size_t size);

/* Appends the bytes of a base64 text; white space counts as nothing. Errors: PFL_ERROR_FORMAT,
 * PFL_ERROR_MEMORY. */
int compress_unbase64(struct buffer *to, const char *text, size_t size, struct pfl_error *err);

#endif
