/* SPDX-License-Identifier: MIT */
/* Bytes that are read at offsets: a file, or what came through a pipe, spooled.
 *
 * pread into the reader's own buffer rather than mmap: a recording of 915 MB took 0.25 s and
 * 50 MB resident this way, 0.6 s or 947 MB mapped; and a mapped file that shrinks is SIGBUS. */
#ifndef PFL_BASE_SOURCE_H
#define PFL_BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct source {
    int fd;
    bool owns_fd;
    uint64_t size; /* bytes there are */
    int64_t mtime; /* seconds since 1970; 0 for what came through a pipe */
};

/* Opens a regular file, or spools whatever else the path leads to. Errors: PFL_ERROR_IO. */
int source_open(struct source *source, const char *path, struct pfl_error *err);

/* Takes bytes from a descriptor that stays the caller's. What cannot seek is first copied to an
 * unlinked file in $TMPDIR (/tmp). */
int source_open_fd(struct source *source, int fd, struct pfl_error *err);

void source_close(struct source *source);

/* Reads up to `size` bytes at `offset`; *ret_size is less only at the end of the source. */
int source_read(const struct source *source, uint64_t offset, void *data, size_t size,
                size_t *ret_size, struct pfl_error *err);

/* The whole of a small text file, with a NUL behind it; the caller frees *ret_text with
 * mem_free. Works for files of /proc, which have no size. At most LIMIT_TEXT_FILE_BYTES. */
int source_read_text(const char *path, char **ret_text, size_t *ret_size, struct pfl_error *err);

#endif
