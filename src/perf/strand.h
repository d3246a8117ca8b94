/* SPDX-License-Identifier: MIT */
/* The records of one file of a recording, those that are compressed among them.
 *
 *     file:    │ COMPRESSED     │ FINISHED_ROUND │ COMPRESSED      │ ...
 *     inside:  └ rec │ rec │ re ┘                └ c │ rec │ rec │ ┘
 *
 * All COMPRESSED records of a file are one zstd stream that never ends, and what it holds one run
 * of records; these straddle the chunks (tools/perf/util/session.c, zstd.c). */
#ifndef PFL_PERF_STRAND_H
#define PFL_PERF_STRAND_H

#include "perf/reader.h"

struct strand {
    struct reader outer, inner;
    bool has_inner; /* something compressed was met */
    bool inside;    /* the piece is not used up */
    bool ended;
    uint64_t newest; /* time of its newest record; for directories */
};

/* The reader that gave the record read last. */
static inline struct reader *strand_reader(struct strand *strand)
{
    return strand->inside ? &strand->inner : &strand->outer;
}

void strand_done(struct strand *strand);

/* The next record, if it is whole where the one before is and no compressed one: most are. */
static inline bool strand_next_near(struct strand *strand, struct raw_record *ret_raw,
                                    struct block_place *ret_place)
{
    struct reader *reader = &strand->outer;
    bool near = !strand->inside && !strand->ended && !reader->cut && !reader->passing &&
                reader_frame(reader, ret_raw, &ret_place->at) && ret_raw->type < USER_FIRST &&
                ret_raw->size >= RECORD_HEADER_SIZE;
    ret_place->block = reader->current;
    reader->position += near ? ret_raw->size : 0;
    return near;
}

/* The next record, as reader_next gives it. What is compressed and damaged ends the strand, with
 * outer.cut and outer.senseless set. */
int strand_next(struct strand *strand, struct raw_record *ret_raw, struct block_place *ret_place,
                struct pfl_error *err);

#endif
