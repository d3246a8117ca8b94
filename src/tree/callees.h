/* SPDX-License-Identifier: MIT */
/* Which frames were seen below each frame, numbered from 1 in the order in which they were first
 * seen there: how the data in a picture names the frame of a node (tree/payload.h).
 *
 *     above    rank  callee
 *     main     1     parse        seen[main] = 2
 *     main     2     work
 *     parse    1     malloc       seen[parse] = 1 */
#ifndef PFL_TREE_CALLEES_H
#define PFL_TREE_CALLEES_H

#include "base/index.h"
#include "base/mem.h"

struct callee {
    uint32_t above, rank, frame;
};

/* What will be asked for. */
enum callees_answer { CALLEES_RANK, CALLEES_FRAME };

struct callees {
    enum callees_answer answer;
    struct callee *items;
    size_t count, capacity;
    struct index index;    /* by what is known of them: the frame, or the rank */
    uint32_t *seen;        /* per frame: how many */
    struct callee *recent; /* of those asked for lately, by hash: most are asked for again soon */
};

/* Returns 0, or -1 without memory. */
int callees_init(struct callees *callees, uint64_t frames, enum callees_answer answer);
void callees_done(struct callees *callees);

/* The rank of a frame below another; 0 if it was not seen there. */
uint32_t callees_rank(struct callees *callees, uint32_t above, uint32_t frame);

/* The frame of this rank; CALLEES_NONE if there are not so many. */
#define CALLEES_NONE UINT32_MAX
uint32_t callees_frame(const struct callees *callees, uint32_t above, uint32_t rank);

/* Gives a frame that was not seen there the next rank. Returns 0, or -1 without memory. */
int callees_add(struct callees *callees, uint32_t above, uint32_t frame);

#endif
