/* SPDX-License-Identifier: MIT */
/* The one home of compression libraries. */
#ifndef PFL_BASE_COMPRESS_H
#define PFL_BASE_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* True if the first bytes are those of gzip, xz or zstd. */
bool compress_recognises(const void *data, size_t size);

/* Appends what gzip, xz or zstd data in memory expand to. Returns 0; 1 if they are none of these,
 * damaged or larger than `limit`; or -1 without memory. Unless it returns 0 the buffer is as it
 * was. */
int compress_expand(struct buffer *to, const void *data, size_t size, size_t limit);

/* Continues a CRC-32 (that of gzip and of .gnu_debuglink); begin with 0. */
uint32_t compress_crc32(uint32_t crc, const void *data, size_t size);

#endif
