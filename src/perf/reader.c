/* SPDX-License-Identifier: MIT */
/* Frames records. */
#include "perf/reader.h"

#include <string.h>

/* The end of a sample and the beginning of the next; between them often stands something small. */
#define STRIDE_LEAST(head) (STACK_GAP_TAIL + 160u + (head))

/* How far ahead the kernel is told what will be read. */
#define EXPECTED_AHEAD (4u * 1024 * 1024)

static void reader_start(struct reader *reader, struct blocks *blocks, uint64_t position,
                         uint64_t end)
{
    *reader = (struct reader){.blocks = blocks,
                              .position = position,
                              .fed = position,
                              .end = end,
                              .current = BLOCKS_NONE};
}

void reader_init(struct reader *reader, struct blocks *blocks, const struct source *file,
                 uint64_t position, uint64_t end)
{
    reader_start(reader, blocks, position, end);
    reader->file = file;
}

void reader_leave_gaps(struct reader *reader)
{
    stack_head_init(&reader->stack_head, reader->file);
    reader->stride = STRIDE_LEAST(reader->stack_head.size);
}

void reader_init_stream(struct reader *reader, struct blocks *blocks, struct source *stream,
                        uint64_t position)
{
    reader_start(reader, blocks, position, UINT64_MAX);
    reader->stream = stream;
}

void reader_init_inflater(struct reader *reader, struct blocks *blocks, struct inflater *inflater)
{
    reader_start(reader, blocks, 0, UINT64_MAX);
    reader->inflater = inflater;
}

void reader_done(struct reader *reader)
{
    inflater_free(reader->inflater);
    *reader = (struct reader){.current = BLOCKS_NONE};
}

void reader_push(struct reader *reader, const uint8_t *piece, size_t size, uint64_t offset)
{
    reader->piece = piece;
    reader->piece_size = size;
    reader->piece_offset = offset;
}

/* For who leaves gaps the kernel does not read ahead by itself: 1 GB that was not in memory
 * took 3.7 s, and 0.6 so. For others it reads less far ahead, and they took a fifth longer. */
static void reader_expect(struct reader *reader)
{
    uint64_t to = reader->position + EXPECTED_AHEAD;
    if (to > reader->end)
        to = reader->end;
    if (reader->expected < reader->position)
        reader->expected = reader->position;
    if (to > reader->expected)
        source_expect(reader->file, reader->expected, to - reader->expected);
    reader->expected = to;
}

/* Goes on in a new block, which begins with what the current one has of the next record. */
static int reader_turn(struct reader *reader, struct pfl_error *err)
{
    struct blocks *blocks = reader->blocks;
    uint32_t number;
    int r = blocks_take(blocks, &number, err);
    if (r < 0)
        return r;
    struct block *block = &blocks->list[number];
    size_t rest = (size_t)(reader->fed - reader->position);
    if (rest) {
        const struct block *old = &blocks->list[reader->current];
        memcpy(block->piece->bytes, old->piece->bytes + (old->size - rest), rest);
    }
    block->size = (uint32_t)rest;
    block->base = reader->inflater ? reader->piece_offset : reader->position;
    block->inflated = reader->inflater;
    block->home = reader->file;
    block->home_at = reader->position;
    if (reader->stride) {
        block->stack_head = stack_head_choose(&reader->stack_head, blocks->leads);
        block->gaps = &reader->stack_head.home;
    }
    if (reader->file)
        reader_expect(reader);
    if (reader->current != BLOCKS_NONE) {
        blocks->list[reader->current].pinned = false;
        blocks_release(blocks, reader->current);
    }
    reader->current = number;
    return 0;
}

/* Takes what comes next; *ret_size is 0 where nothing does. */
static int reader_take(struct reader *reader, uint8_t *to, size_t room, size_t *ret_size,
                       struct pfl_error *err)
{
    if (reader->inflater)
        return inflater_run(reader->inflater, &reader->piece, &reader->piece_size, false, to, room,
                            ret_size, err);
    if (reader->stream)
        return source_next(reader->stream, to, room, ret_size, err);
    uint64_t left = reader->end - reader->fed;
    return source_read(reader->file, reader->fed, to, left < room ? (size_t)left : room, ret_size,
                       err);
}

/* True if the next record, whose header was read, has a gap that was not; the record stands at
 * *ret_at of the current block. */
static bool reader_before_gap(const struct reader *reader, struct raw_record *ret_raw,
                              uint32_t *ret_at)
{
    uint64_t left = reader->fed - reader->position;
    if (!reader->stride || reader->current == BLOCKS_NONE || left < RECORD_HEADER_SIZE)
        return false;
    const struct block *block = &reader->blocks->list[reader->current];
    *ret_at = block->size - (uint32_t)left;
    *ret_raw = blocks_raw(reader->blocks, block, *ret_at);
    return ret_raw->gap && left < ret_raw->size - STACK_GAP_TAIL &&
           ret_raw->size <= reader->end - reader->position;
}

/* How much to read at once: where there are gaps, up to the next one, which is passed over; where
 * there are none, more and more. */
static size_t reader_stride(struct reader *reader)
{
    struct raw_record raw;
    uint32_t at;
    if (!reader->stride)
        return reader->blocks->block_size;
    if (!reader_before_gap(reader, &raw, &at)) {
        if (reader->stride < reader->blocks->block_size)
            reader->stride *= 2;
        return reader->stride;
    }
    uint32_t left = (uint32_t)(reader->fed - reader->position);
    if (left < raw.gap)
        return raw.gap - left;
    reader->fed = reader->position + raw.size - STACK_GAP_TAIL;
    reader->blocks->list[reader->current].size = at + raw.size - STACK_GAP_TAIL;
    reader->stride = STRIDE_LEAST(reader->stack_head.size);
    return reader->stride;
}

/* True if the current block cannot take more: it is full, or a gap would not be whole in it. */
static bool reader_is_full(const struct reader *reader)
{
    const struct blocks *blocks = reader->blocks;
    struct raw_record raw;
    uint32_t at;
    return reader->current == BLOCKS_NONE ||
           blocks->list[reader->current].size == blocks->block_size ||
           (reader_before_gap(reader, &raw, &at) && raw.size > blocks->block_size - at);
}

/* More bytes behind those that the current block has, or in a new one: 1, 0 if there are none, or
 * an error. */
static int reader_more(struct reader *reader, struct pfl_error *err)
{
    struct blocks *blocks = reader->blocks;
    if (reader->fed >= reader->end)
        return 0;
    if (reader_is_full(reader)) {
        int r = reader_turn(reader, err);
        if (r < 0)
            return r;
    }
    struct block *block = &blocks->list[reader->current];
    size_t stride = reader_stride(reader), room = blocks->block_size - block->size, got = 0;
    int r = reader_take(reader, block->piece->bytes + block->size, stride < room ? stride : room,
                        &got, err);
    block->size += (uint32_t)got;
    reader->fed += got;
    return r < 0 ? r : got > 0;
}

uint32_t reader_rest_type(const struct reader *reader)
{
    uint64_t left = reader->fed - reader->position;
    if (left < RECORD_HEADER_SIZE)
        return 0;
    const struct block *block = &reader->blocks->list[reader->current];
    return blocks_raw(reader->blocks, block, block->size - (uint32_t)left).type;
}

/* Passes over what belongs to the record before: 1, 0 where the bytes end, or an error. */
static int reader_pass(struct reader *reader, struct pfl_error *err)
{
    while (reader->passing) {
        uint64_t left = reader->fed - reader->position;
        uint64_t piece = left < reader->passing ? left : reader->passing;
        reader->position += piece;
        reader->passing -= piece;
        int r = reader->passing ? reader_more(reader, err) : 1;
        if (r <= 0)
            return r;
    }
    return 1;
}

int reader_next(struct reader *reader, struct raw_record *ret_raw, struct block_place *ret_place,
                struct pfl_error *err)
{
    uint32_t at = 0;
    if (reader->cut)
        return 0;
    if (reader->passing) {
        int r = reader_pass(reader, err);
        if (r <= 0)
            return r;
    }
    while (!reader_frame(reader, ret_raw, &at)) {
        int r = reader_more(reader, err);
        if (r < 0)
            return r;
        if (r == 0) {
            bool missing = reader->file && reader->fed < reader->end;
            reader->cut = !reader->inflater && (reader_has_rest(reader) || missing);
            return 0;
        }
    }
    if (ret_raw->size < RECORD_HEADER_SIZE) {
        reader->cut = reader->senseless = true;
        return 0;
    }
    *ret_place = (struct block_place){.block = reader->current, .at = at};
    reader->position += ret_raw->size;
    return 1;
}

int reader_copy(struct reader *reader, uint8_t *to, size_t size, struct pfl_error *err)
{
    while (size) {
        size_t left = (size_t)(reader->fed - reader->position);
        if (left == 0) {
            int r = reader_more(reader, err);
            if (r < 0)
                return r;
            if (r == 0) {
                reader->cut = true;
                return 0;
            }
            continue;
        }
        const struct block *block = &reader->blocks->list[reader->current];
        size_t piece = left < size ? left : size;
        if (to) {
            memcpy(to, block->piece->bytes + (block->size - left), piece);
            to += piece;
        }
        reader->position += piece;
        size -= piece;
    }
    return 1;
}

int reader_skip(struct reader *reader, uint64_t size, struct pfl_error *err)
{
    uint64_t left = reader->fed - reader->position;
    if (reader->inflater) {
        reader->passing = size;
        return 0;
    }
    if (!reader->file || size <= left) {
        int r = reader_copy(reader, NULL, size, err);
        return r < 0 ? r : 0;
    }
    if (size > reader->end - reader->position) {
        reader->cut = true;
        return 0;
    }
    /* A file need not be read there: the next block begins behind it. */
    reader->position += size;
    reader->fed = reader->position;
    if (reader->current != BLOCKS_NONE) {
        reader->blocks->list[reader->current].pinned = false;
        blocks_release(reader->blocks, reader->current);
        reader->current = BLOCKS_NONE;
    }
    return 0;
}
