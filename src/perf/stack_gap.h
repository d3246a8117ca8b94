/* SPDX-License-Identifier: MIT */
/* Captured stacks are large, and few are looked at beyond their first kilobytes: of a file only the
 * two ends of such a sample are read at first, and the gap between them when somebody asks for
 * more.
 *
 *     record:  [header, fields, stack ... │   gap   │ ... stack, its size, fields]
 *              └ STACK_GAP_HEAD ─────────┘         └ STACK_GAP_TAIL ────────────┘ */
#ifndef PFL_PERF_STACK_GAP_H
#define PFL_PERF_STACK_GAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "perf/record.h"

/* Of three of four stacks of compilers this is enough: of 144 MB with stacks of 16 KiB a third is
 * read, in two thirds of the time. */
#define STACK_GAP_HEAD 4096u
#define STACK_GAP_TAIL 256u

/* A smaller gap is not worth a call of its own. */
#define STACK_GAP_LEAST 1024u

struct raw_record;

/* Where the gap of a record begins; it ends STACK_GAP_TAIL before the record's end. 0: it has none.
 */
static inline uint32_t stack_gap_begin(uint32_t type, uint32_t size)
{
    const uint32_t least = STACK_GAP_HEAD + STACK_GAP_LEAST + STACK_GAP_TAIL;
    return type == PERF_RECORD_SAMPLE && size >= least ? STACK_GAP_HEAD : 0;
}

/* Tells a sample that was decoded from `raw` of the gap in its stack. False if the gap is not
 * within the stack: then it must be filled, and the sample decoded again. */
bool stack_gap_give(const struct raw_record *raw, struct perf_sample *sample);

/* Reads the gap of a record. Errors: IO, FORMAT (the file changed). */
int stack_gap_fill(const struct raw_record *raw, struct pfl_error *err);

#endif
