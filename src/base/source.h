/* SPDX-License-Identifier: MIT */
/* Bytes of an input: a file that is read at offsets, or what comes through a pipe or a
 * decompressor, which is read once, in order, or else spooled.
 *
 *     file ───────────────────────────────────────────▶ source_read at any offset
 *     pipe, compressed file ─▶ source_peek, source_next
 *                              └─ source_settle ─▶ spool ▶ source_read at any offset
 *     folder ─▶ its main file, and parts
 *
 * pread into the reader's own buffer rather than mmap: a recording of 915 MB took 0.25 s and
 * 50 MB resident this way, 0.6 s or 947 MB mapped; and a mapped file that shrinks is SIGBUS. */
#ifndef PFL_BASE_SOURCE_H
#define PFL_BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct source_stream;

struct source {
    int fd;
    bool owns_fd;
    uint64_t size;                /* bytes there are; of a stream: 0 */
    int64_t mtime;                /* seconds since 1970; 0 for what came through a pipe */
    struct source_stream *stream; /* it is read in order; NULL: at offsets */
    const char *compression;      /* "gzip", ... or NULL */
    bool cut;                     /* compressed, and damaged or ended early */
    struct source *parts;         /* of a folder: the files beside this one */
    uint32_t part_count;
};

/* Opens a file, a pipe, or a folder: its file `main`, with `main`.* as parts (NULL: a folder is an
 * error). What cannot be read at offsets, or is compressed, becomes a stream. Errors: IO,
 * UNSUPPORTED (a folder without such a file), LIMIT, MEMORY. */
int source_begin(struct source *source, const char *path, const char *main, struct pfl_error *err);

/* The same with a descriptor that stays the caller's. */
int source_begin_fd(struct source *source, int fd, struct pfl_error *err);

/* The first bytes, which stay there to be read: *ret_size is less than `size` only if there are no
 * more. Streams allow one size only, and before source_next. */
int source_peek(struct source *source, void *data, size_t size, size_t *ret_size,
                struct pfl_error *err);

/* The next bytes of a stream; *ret_size is less than `size` only at its end. Errors: IO, MEMORY,
 * LIMIT (a bomb), FORMAT (compressed, and damaged at its start). */
int source_next(struct source *source, void *data, size_t size, size_t *ret_size,
                struct pfl_error *err);

/* Makes a stream a file without a name in $TMPDIR (/tmp), to be read at offsets. */
int source_settle(struct source *source, struct pfl_error *err);

/* Begins and settles. */
int source_open(struct source *source, const char *path, struct pfl_error *err);
int source_open_fd(struct source *source, int fd, struct pfl_error *err);

void source_close(struct source *source);

/* True if a file, or one of a folder's, has become shorter since it was opened. */
bool source_has_shrunk(const struct source *source);

/* Reads up to `size` bytes at `offset`; *ret_size is less only at the end of the source. Not for
 * streams. */
int source_read(const struct source *source, uint64_t offset, void *data, size_t size,
                size_t *ret_size, struct pfl_error *err);

/* Tells the kernel that these bytes will be wanted soon. */
void source_expect(const struct source *source, uint64_t offset, uint64_t size);

/* What source_read does, of any file that can be read at offsets. Returns 0, or -1 with errno. */
int source_pread(int fd, uint64_t offset, void *data, size_t size, size_t *ret_size);

/* A file without a name in $TMPDIR (/tmp), empty, and what is to be kept in it. */
int source_spool(struct source *source, struct pfl_error *err);
int source_append(struct source *spool, const void *data, size_t size, struct pfl_error *err);

/* The whole of a small text file, with a NUL behind it; the caller frees *ret_text with
 * mem_free. Works for files of /proc, which have no size. At most LIMIT_TEXT_FILE_BYTES. */
int source_read_text(const char *path, char **ret_text, size_t *ret_size, struct pfl_error *err);

/* The same; NULL in *ret_text where there is no such file, or it cannot be read. Returns 0, or -1
 * without memory. */
int source_read_text_if_any(const char *path, char **ret_text, size_t *ret_size);

#endif
