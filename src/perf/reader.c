/* SPDX-License-Identifier: MIT */
/* Frames records and keeps the blocks they stand in. */
#include "perf/reader.h"

#include "base/limits.h"

#define BLOCK_SIZE (1024 * 1024)

void reader_init(struct reader *reader, const struct source *source, uint64_t position,
                 uint64_t end, bool swap)
{
    *reader = (struct reader){.source = source,
                              .position = position,
                              .end = end,
                              .swap = swap,
                              .resident_most = LIMIT_RESIDENT_BLOCKS,
                              .free = READER_NONE,
                              .current = READER_NONE};
}

void reader_done(struct reader *reader)
{
    for (size_t i = 0; i < reader->count; i++)
        mem_free(reader->blocks[i].data);
    mem_free(reader->blocks);
    *reader = (struct reader){.free = READER_NONE, .current = READER_NONE};
}

/* Memory of a held block that is neither being read nor the one to be viewed. */
static uint8_t *block_give_up(struct reader *reader)
{
    for (size_t tried = 0; tried < reader->count; tried++) {
        uint32_t at = reader->hand;
        reader->hand = at + 1 < reader->count ? at + 1 : 0;
        struct block *block = &reader->blocks[at];
        if (block->data && at != reader->current)
            return MEM_TAKE(block->data);
    }
    return NULL;
}

static int block_fill(struct reader *reader, uint32_t number, struct pfl_error *err)
{
    struct block *block = &reader->blocks[number];
    if (!block->data && reader->resident >= reader->resident_most)
        block->data = block_give_up(reader);
    if (!block->data) {
        if (!(block->data = mem_alloc(BLOCK_SIZE)))
            return error_memory(err);
        reader->resident++;
    }
    uint64_t left = reader->end > block->base ? reader->end - block->base : 0;
    size_t size = 0;
    int r = source_read(reader->source, block->base, block->data,
                        left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE, &size, err);
    if (r == 0)
        block->size = (uint32_t)size;
    return r;
}

void reader_release(struct reader *reader, uint32_t block)
{
    if (--reader->blocks[block].holds)
        return;
    reader->blocks[block].next_free = reader->free;
    reader->free = block;
}

/* Goes on reading in a block that begins at reader->position. */
static int reader_turn(struct reader *reader, struct pfl_error *err)
{
    if (reader->current != READER_NONE)
        reader_release(reader, reader->current);
    reader->current = READER_NONE;
    if (reader->free == READER_NONE) {
        if (mem_grow(&reader->blocks, &reader->capacity, reader->count + 1,
                     sizeof *reader->blocks) < 0)
            return error_memory(err);
        reader->blocks[reader->count] = (struct block){.next_free = READER_NONE};
        reader->free = (uint32_t)reader->count++;
    }
    uint32_t number = reader->free;
    struct block *block = &reader->blocks[number];
    reader->free = block->next_free;
    block->holds = 1;
    block->base = reader->position;
    block->size = 0;
    reader->current = number;
    return block_fill(reader, number, err);
}

static struct raw_record raw_at(const struct reader *reader, const struct block *block, uint32_t at)
{
    struct cursor c = cursor_of(block->data + at, RECORD_HEADER_SIZE, reader->swap);
    struct raw_record raw = {.bytes = c.data, .offset = block->base + at, .swap = reader->swap};
    raw.type = cursor_u32(&c);
    raw.misc = cursor_u16(&c);
    raw.size = cursor_u16(&c);
    return raw;
}

/* The record at reader->position, if the current block holds it whole. */
static bool reader_frame(const struct reader *reader, struct raw_record *ret_raw, uint32_t *ret_at)
{
    if (reader->current == READER_NONE)
        return false;
    const struct block *block = &reader->blocks[reader->current];
    uint64_t at = reader->position - block->base;
    if (reader->position < block->base || at > block->size || block->size - at < RECORD_HEADER_SIZE)
        return false;
    *ret_raw = raw_at(reader, block, (uint32_t)at);
    *ret_at = (uint32_t)at;
    return ret_raw->size <= block->size - at;
}

int reader_next(struct reader *reader, struct raw_record *ret_raw, struct reader_place *ret_place,
                struct pfl_error *err)
{
    uint32_t at = 0;
    if (reader->cut || reader->position >= reader->end)
        return 0;
    if (!reader_frame(reader, ret_raw, &at)) {
        int r = reader_turn(reader, err);
        if (r < 0)
            return r;
        if (!reader_frame(reader, ret_raw, &at)) {
            reader->cut = true;
            return 0;
        }
    }
    if (ret_raw->size < RECORD_HEADER_SIZE) {
        reader->cut = reader->senseless = true;
        return 0;
    }
    *ret_place = (struct reader_place){.block = reader->current, .at = at};
    reader->position += ret_raw->size;
    return 1;
}

void reader_skip(struct reader *reader, uint64_t size)
{
    if (size > reader->end - reader->position) {
        reader->cut = true;
        return;
    }
    reader->position += size;
}

int reader_view(struct reader *reader, struct reader_place place, struct raw_record *ret_raw,
                struct pfl_error *err)
{
    struct block *block = &reader->blocks[place.block];
    if (!block->data) {
        int r = block_fill(reader, place.block, err);
        if (r < 0)
            return r;
        if (block->size < RECORD_HEADER_SIZE || place.at > block->size - RECORD_HEADER_SIZE)
            return error_at(err, PFL_ERROR_FORMAT, block->base, "the file changed while read");
    }
    *ret_raw = raw_at(reader, block, place.at);
    if (ret_raw->size < RECORD_HEADER_SIZE || ret_raw->size > block->size - place.at)
        return error_at(err, PFL_ERROR_FORMAT, ret_raw->offset, "the file changed while read");
    return 1;
}
