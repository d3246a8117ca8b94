/* SPDX-License-Identifier: MIT */
/* Records as they stand one after another in a run of bytes, viewed in blocks.
 *
 *     position    the next record
 *     fed         bytes that were taken; [position, fed) stand in the current block
 *
 * Bytes come from a file at offsets, from a stream in order, or from a decompressor that is given
 * piece after piece. Nothing is copied but a record that a block cuts, to the next block. */
#ifndef PFL_PERF_READER_H
#define PFL_PERF_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compress.h"
#include "base/error.h"
#include "base/source.h"
#include "perf/blocks.h"
#include "perf/decode.h"

struct reader {
    struct blocks *blocks;
    const struct source *file; /* read at offsets, or NULL */
    struct source *stream;     /* read in order, or NULL */
    struct inflater *inflater; /* or given piece after piece: */
    const uint8_t *piece;
    size_t piece_size;
    uint64_t piece_offset; /* of the record that holds the piece */
    uint64_t position, fed, end;
    uint64_t passing; /* bytes to be passed over that a decompressor has still to give */
    uint32_t current; /* being read from: one hold is the reader's */
    uint32_t stride;  /* bytes to be read at once next; 0: as many as there is room for */
    struct stack_head stack_head; /* where gaps are left */
    uint64_t expected;            /* how far the kernel knows that the file will be read */
    bool cut;                     /* the last record is not whole, or makes no sense */
    bool senseless;
};

/* Records of a file, from `position` to `end`. */
void reader_init(struct reader *reader, struct blocks *blocks, const struct source *file,
                 uint64_t position, uint64_t end);

/* Lets it leave gaps in large samples: of a file whose samples hold captured stacks. */
void reader_leave_gaps(struct reader *reader);

/* Records of a stream from which `position` bytes were taken. */
void reader_init_stream(struct reader *reader, struct blocks *blocks, struct source *stream,
                        uint64_t position);

/* Records of what a decompressor makes of pieces; it becomes the reader's. */
void reader_init_inflater(struct reader *reader, struct blocks *blocks, struct inflater *inflater);

void reader_done(struct reader *reader);

/* The next piece for the decompressor, valid until reader_next returns 0. */
void reader_push(struct reader *reader, const uint8_t *piece, size_t size, uint64_t offset);

/* The next record and its place: 1, 0 at the end (reader.cut says how it ended; a decompressor's
 * end is that of the piece), or an error (IO, MEMORY, LIMIT). Its bytes live until the next call,
 * unless its block is held. */
int reader_next(struct reader *reader, struct raw_record *ret_raw, struct block_place *ret_place,
                struct pfl_error *err);

/* The record at the reader's position, if the current block holds it whole. */
static inline bool reader_frame(const struct reader *reader, struct raw_record *ret_raw,
                                uint32_t *ret_at)
{
    uint64_t left = reader->fed - reader->position;
    if (left < RECORD_HEADER_SIZE)
        return false;
    const struct block *block = &reader->blocks->list[reader->current];
    *ret_at = block->size - (uint32_t)left;
    *ret_raw = blocks_raw(reader->blocks, block, *ret_at);
    return ret_raw->size <= left;
}

/* True if it has bytes that are no whole record. */
static inline bool reader_has_rest(const struct reader *reader)
{
    return reader->fed > reader->position || reader->passing;
}

/* The type that the rest claims to have, 0 if it is too short for one. */
uint32_t reader_rest_type(const struct reader *reader);

/* Passes over bytes that belong to the record just read. Errors: IO, MEMORY, LIMIT. */
int reader_skip(struct reader *reader, uint64_t size, struct pfl_error *err);

/* Copies bytes that belong to the record just read, and passes over them: 1, 0 if they are not
 * all there (the reader is at its end then), or an error. */
int reader_copy(struct reader *reader, uint8_t *to, size_t size, struct pfl_error *err);

#endif
