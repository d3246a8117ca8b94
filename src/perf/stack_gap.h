/* SPDX-License-Identifier: MIT */
/* Captured stacks are large, and few are looked at beyond their first kilobytes: of a file only the
 * two ends of such a sample are read at first, and the gap between them when somebody asks for
 * more.
 *
 *     record:  [header, fields, stack ... │   gap   │ ... stack, its size, fields]
 *              └ head ───────────────────┘         └ STACK_GAP_TAIL ────────────┘
 *
 * How large the head is follows what is asked for: a byte more of it costs every stack, and one
 * too few a call of its own. */
#ifndef PFL_PERF_STACK_GAP_H
#define PFL_PERF_STACK_GAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/gap.h"
#include "perf/record.h"

/* What is usual is enough of three of four stacks of a C compiler. */
#define STACK_HEAD_LEAST 1024u
#define STACK_HEAD_USUAL 4096u
#define STACK_HEAD_MOST  8192u
#define STACK_GAP_TAIL   256u

/* To read a smaller gap with what is around it takes less time than two calls: stacks of 8 KiB,
 * perf record's usual size, are read whole. */
#define STACK_GAP_LEAST 6144u

struct raw_record;

/* The head to be read of a reader's records. */
struct stack_head {
    struct gap_home home;
    uint32_t size;
};

/* What lies in the gaps can be read from `source`. */
void stack_head_init(struct stack_head *head, const struct source *source);

/* The size for the records to come, by what was asked for of those before. Where whoever reads
 * leads, reading more costs nobody time, and reading on does. */
uint32_t stack_head_choose(struct stack_head *head, bool leads);

/* Where the gap of a record with such a head begins; it ends STACK_GAP_TAIL before the record's
 * end. 0: it has none. */
static inline uint32_t stack_gap_begin(uint32_t type, uint32_t size, uint32_t head)
{
    const uint32_t least = head + STACK_GAP_LEAST + STACK_GAP_TAIL;
    return type == PERF_RECORD_SAMPLE && size >= least ? head : 0;
}

/* Tells a sample that was decoded from `raw` of the gap in its stack. False if the gap is not
 * within the stack: then it must be filled, and the sample decoded again. */
bool stack_gap_give(const struct raw_record *raw, struct perf_sample *sample);

/* Reads the gap of a record. Errors: IO, FORMAT (the file changed). */
int stack_gap_fill(const struct raw_record *raw, struct pfl_error *err);

#endif
