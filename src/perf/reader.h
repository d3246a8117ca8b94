/* SPDX-License-Identifier: MIT */
/* Records as they stand in the file, one after another, viewed in blocks that are read once.
 *
 *     file:     ...│ rec │ rec │ re│c │ rec │ ...
 *     block 0:  [ rec │ rec │ re ]
 *     block 1:                 [ rec │ rec ... ]   begins with the record that block 0 cuts
 *
 * Nothing is copied: whoever wants a record later holds its block, and a block that nobody holds
 * is filled anew. Where more blocks are held than LIMIT_RESIDENT_BLOCKS (a recording that perf
 * did not divide into rounds), the bytes of some are given up and read again when needed.
 *
 * block_fill in reader.c is the only place that takes bytes from the source. A pipe, the files of
 * a directory or a decompressor would stand there as other producers of the same bytes, with
 * `base` counting what they produced. */
#ifndef PFL_PERF_READER_H
#define PFL_PERF_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/source.h"
#include "perf/decode.h"

#define READER_NONE UINT32_MAX

struct block {
    uint8_t *data; /* NULL: given up, or never filled */
    uint64_t base; /* where its first byte stands in the file */
    uint32_t size; /* bytes that were there */
    uint32_t holds;
    uint32_t next_free;
};

struct reader {
    const struct source *source;
    uint64_t position, end; /* the next record; where records end */
    bool swap;
    bool cut; /* the last record is not whole, or makes no sense */
    bool senseless;
    struct block *blocks;
    size_t count, capacity;
    uint32_t free;     /* first of the blocks that nobody holds */
    uint32_t current;  /* being read from: one hold is the reader's */
    uint32_t resident; /* blocks that have data */
    uint32_t resident_most;
    uint32_t hand; /* where to look next for one whose bytes can be given up */
};

/* Where a record is to be found again. */
struct reader_place {
    uint32_t block, at;
};

void reader_init(struct reader *reader, const struct source *source, uint64_t position,
                 uint64_t end, bool swap);
void reader_done(struct reader *reader);

/* The next record and its place: 1, 0 at the end (reader.cut says how it ended), or an error (IO,
 * MEMORY). Its bytes live until the next call, unless its block is held. */
int reader_next(struct reader *reader, struct raw_record *ret_raw, struct reader_place *ret_place,
                struct pfl_error *err);

/* Passes over bytes that belong to the record just read. */
void reader_skip(struct reader *reader, uint64_t size);

static inline void reader_hold(struct reader *reader, uint32_t block)
{
    reader->blocks[block].holds++;
}
void reader_release(struct reader *reader, uint32_t block);

/* The record at a place whose block is held. Its bytes live until the next call of any function
 * of the reader that reads. Errors: IO, MEMORY, FORMAT (the file changed meanwhile). */
int reader_view(struct reader *reader, struct reader_place place, struct raw_record *ret_raw,
                struct pfl_error *err);

#endif
