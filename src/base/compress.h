/* SPDX-License-Identifier: MIT */
/* The one home of compression libraries. */
#ifndef PFL_BASE_COMPRESS_H
#define PFL_BASE_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/mem.h"

/* Appends the raw deflate form (RFC 1951, no zlib header) of `size` bytes. */
int compress_deflate(struct buffer *to, const void *data, size_t size, struct pfl_error *err);

/* The same of bytes that others follow: what the two give, one behind the other, is the form of
 * all (compress_open.c). Takes a fifth longer. */
int compress_deflate_open(struct buffer *to, const void *data, size_t size, struct pfl_error *err);

/* Appends what such bytes were before, at most `limit` bytes of it. Errors: PFL_ERROR_FORMAT,
 * PFL_ERROR_LIMIT, PFL_ERROR_MEMORY. */
int compress_inflate(struct buffer *to, const void *data, size_t size, size_t limit,
                     struct pfl_error *err);

/* Appends the base64 form (RFC 4648, padded, without line breaks). */
void compress_base64(struct buffer *to, const void *data, size_t size);

/* Appends the bytes of a base64 text; white space counts as nothing. Errors: PFL_ERROR_FORMAT,
 * PFL_ERROR_MEMORY. */
int compress_unbase64(struct buffer *to, const char *text, size_t size, struct pfl_error *err);

/* COMPRESS_ZLIB (RFC 1950) is not recognised by its first bytes: whoever asks for it knows. */
enum compress_kind {
    COMPRESS_NONE = 0,
    COMPRESS_GZIP,
    COMPRESS_XZ,
    COMPRESS_ZSTD,
    COMPRESS_ZLIB,
};

/* Bytes that are enough to be recognised by. */
#define COMPRESS_MAGIC 6

/* By the first bytes of a file; and the name of a kind for people. */
enum compress_kind compress_kind_of(const uint8_t *bytes, size_t size);
const char *compress_name(enum compress_kind kind);

/* A decompressor: pieces in, pieces out. Files that were compressed one by one and then joined
 * are read as one. */
struct inflater;

/* Errors: MEMORY. */
int inflater_new(struct inflater **ret_inflater, enum compress_kind kind, struct pfl_error *err);
void inflater_free(struct inflater *inflater);
MEM_CLEANUP(inflater_cleanup, struct inflater, inflater_free)

/* Takes what it can from *data (moving *data and *size on) and gives up to `room` bytes. It has
 * given all when *ret_size is less than `room`. `last`: nothing will come after this piece.
 * Errors: FORMAT (damaged, or ended before its end), LIMIT (needs too much memory), MEMORY; what
 * was given before stays good. */
int inflater_run(struct inflater *inflater, const uint8_t **data, size_t *size, bool last,
                 uint8_t *to, size_t room, size_t *ret_size, struct pfl_error *err);

/* Appends what gzip, xz or zstd data in memory expand to. Returns 0; 1 if they are none of these,
 * damaged or larger than `limit`; or -1 without memory. Unless it returns 0 the buffer is as it
 * was. */
int compress_expand(struct buffer *to, const void *data, size_t size, size_t limit);

/* Continues a CRC-32 (that of gzip and of .gnu_debuglink); begin with 0. */
uint32_t compress_crc32(uint32_t crc, const void *data, size_t size);

#endif
