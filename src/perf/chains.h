/* SPDX-License-Identifier: MIT */
/* Call chains that must be put together.
 *
 *     deferred:  sample   [kernel ... │ USER_DEFERRED, cookie]      written when it is taken
 *                record 22                 [USER, user ...], cookie  when its thread returns
 *                ──────▶  [kernel ... │ USER, user ...]              to user mode
 *
 *     LBR:       sample   [kernel ... │ USER, user by frame pointers]
 *                branches [to, from], [to, from], ...                newest first
 *                ──────▶  [kernel ... │ USER, to of the first, every from]
 *
 * Samples wait for their user part by tid and cookie; a record of the same thread with another
 * cookie says that theirs will not come (tools/perf/util/session.c). */
#ifndef PFL_PERF_CHAINS_H
#define PFL_PERF_CHAINS_H

#include "perf/blocks.h"
#include "perf/event.h"
#include "perf/record.h"

struct chains_sample {
    struct block_place place; /* its block is held */
    uint64_t cookie;
    uint32_t tid;
    enum { CHAIN_WAITS, CHAIN_COMES, CHAIN_LACKS } state;
};

/* Zero-initialise to begin. */
struct chains {
    struct chains_sample *samples; /* in the order in which they were taken */
    size_t count, capacity;
    size_t due;      /* of them, those that do not wait any more */
    uint64_t *words; /* a chain put together */
    size_t word_capacity;
    uint64_t *user; /* the user part that came last */
    size_t user_count, user_capacity;
};

void chains_done(struct chains *chains);

/* True if the sample's user part is still to come; *ret_cookie tells which. */
static inline bool chains_lack_user(const struct perf_sample *sample, uint64_t *ret_cookie)
{
    const struct perf_words *chain = &sample->callchain;
    if (chain->count < 2 || perf_word(chain, chain->count - 2) != PERF_CONTEXT_USER_DEFERRED)
        return false;
    *ret_cookie = perf_word(chain, chain->count - 1);
    return true;
}

/* Lets a sample wait; where too many do, the oldest becomes due. 0, or -1 without memory. */
int chains_wait(struct chains *chains, struct block_place place, uint32_t tid, uint64_t cookie);

/* A user part came: those that wait for it, or wait in vain, become due. 0, or -1. */
int chains_take(struct chains *chains, const struct perf_record *record);

/* Nothing will come any more: all are due. */
void chains_end(struct chains *chains);

/* The next sample that is due, which is forgotten; false if there is none. */
bool chains_pop(struct chains *chains, struct chains_sample *ret_sample);

/* Gives a due sample its user part, or takes the marker away. 0, or -1. */
int chains_join(struct chains *chains, bool comes, struct perf_sample *sample);

/* Makes a branch stack that was recorded as a call stack the user part. 0, or -1. */
int chains_from_branches(struct chains *chains, const struct perf_event *event,
                         struct perf_sample *sample);

#endif
