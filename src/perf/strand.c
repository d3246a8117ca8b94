/* SPDX-License-Identifier: MIT */
#include "perf/strand.h"

#include "base/cursor.h"
#include "base/limits.h"

void strand_done(struct strand *strand)
{
    reader_done(&strand->outer);
    if (strand->has_inner)
        reader_done(&strand->inner);
}

static bool is_compressed(uint32_t type)
{
    return type == USER_COMPRESSED || type == USER_COMPRESSED2;
}

/* COMPRESSED is nothing but data behind the header; COMPRESSED2 tells their size, because it is
 * padded. */
static int strand_begin_piece(struct strand *strand, const struct raw_record *raw,
                              struct pfl_error *err)
{
    struct cursor c = cursor_of(raw->bytes, raw->size, raw->swap);
    cursor_skip(&c, RECORD_HEADER_SIZE);
    uint64_t size = cursor_left(&c);
    if (raw->type == USER_COMPRESSED2) {
        uint64_t told = cursor_u64(&c);
        size = told < cursor_left(&c) ? told : cursor_left(&c);
    }
    if (!strand->has_inner) {
        struct inflater *inflater;
        int r = inflater_new(&inflater, COMPRESS_ZSTD, err);
        if (r < 0)
            return r;
        reader_init_inflater(&strand->inner, strand->outer.blocks, inflater);
        strand->has_inner = true;
    }
    reader_push(&strand->inner, cursor_bytes(&c, (size_t)size), (size_t)size, raw->offset);
    strand->inside = true;
    return 0;
}

/* The rest cannot be understood. */
static int strand_break(struct strand *strand)
{
    strand->outer.cut = strand->outer.senseless = true;
    strand->inside = false;
    strand->ended = true;
    return 0;
}

/* Decompressed records may not become endless: see LIMIT_INFLATED_RECORDING. */
static bool strand_is_bomb(const struct strand *strand)
{
    return strand->inner.fed > LIMIT_INFLATED_BYTES &&
           strand->inner.fed - LIMIT_INFLATED_BYTES >
               strand->outer.position * LIMIT_INFLATED_RECORDING;
}

int strand_next(struct strand *strand, struct raw_record *ret_raw, struct block_place *ret_place,
                struct pfl_error *err)
{
    for (;;) {
        if (strand->inside) {
            int r = reader_next(&strand->inner, ret_raw, ret_place, err);
            if (r == -PFL_ERROR_FORMAT || strand->inner.cut || strand_is_bomb(strand))
                return strand_break(strand);
            if (r != 0)
                return r;
            strand->inside = false;
        }
        int r = strand->ended ? 0 : reader_next(&strand->outer, ret_raw, ret_place, err);
        if (r == 0) {
            strand->ended = true;
            if (strand->has_inner && reader_has_rest(&strand->inner))
                strand->outer.cut = true;
        }
        if (r <= 0 || !is_compressed(ret_raw->type))
            return r;
        if ((r = strand_begin_piece(strand, ret_raw, err)) < 0)
            return r;
    }
}
