/* SPDX-License-Identifier: MIT */
/* --where: an expression on the fields of a sample, as in C.
 *
 *     "bytes_alloc > 4096 && gfp_flags & 0x100"
 *
 *     steps:  [bytes_alloc] [4096] [>] [gfp_flags] [0x100] [&] [&&]      operands, then operators
 *
 * It is compiled once; for each event whose format has all of its fields it is bound to their
 * places, and judging a sample is one walk over the steps. */
#ifndef PFL_WEIGH_WHERE_H
#define PFL_WEIGH_WHERE_H

#include "base/mem.h"
#include "perf/record.h"
#include "weigh/formats.h"

struct where;

/* Errors: USAGE with the column of what is wrong, MEMORY. */
int where_new(struct where **ret_where, const char *text, struct pfl_error *err);
void where_free(struct where *where);
MEM_CLEANUP(where_cleanup, struct where, where_free)

/* Where an event keeps the fields of an expression; in the order of its names. */
struct where_places {
    struct field *fields; /* NULL: the event lacks one of them and is not judged */
};

/* Returns 1 if the event has all fields, 0 if not (and nothing is bound), or an error. An
 * expression without fields is bound to every event that has a format. */
int where_bind(const struct where *where, const struct format *format, struct where_places *ret,
               struct pfl_error *err);
void where_places_done(struct where_places *places);

/* A field that the payload does not reach reads as zero. */
bool where_holds(const struct where *where, const struct where_places *places,
                 const struct perf_sample *sample);

#endif
