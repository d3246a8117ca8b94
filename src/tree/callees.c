/* SPDX-License-Identifier: MIT */
/* See tree/callees.h. */
#include "tree/callees.h"

#include "base/hash.h"

#define RECENT 4096 /* a power of two */

int callees_init(struct callees *callees, uint64_t frames, enum callees_answer answer)
{
    *callees = (struct callees){
        .answer = answer,
        .seen = mem_zalloc(frames + 1, sizeof *callees->seen),
        .recent = mem_zalloc(RECENT, sizeof *callees->recent),
    };
    return callees->seen && callees->recent ? 0 : -1;
}

void callees_done(struct callees *callees)
{
    mem_free(callees->items);
    mem_free(callees->seen);
    mem_free(callees->recent);
    index_done(&callees->index);
    *callees = (struct callees){0};
}

uint32_t callees_rank(struct callees *callees, uint32_t above, uint32_t frame)
{
    uint64_t hash = hash_pair(above, frame);
    struct callee *recent = &callees->recent[hash & (RECENT - 1)];
    if (recent->rank && recent->above == above && recent->frame == frame)
        return recent->rank;
    struct index_probe probe = index_probe(&callees->index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;) {
        if (callees->items[id].above == above && callees->items[id].frame == frame) {
            *recent = callees->items[id];
            return recent->rank;
        }
    }
    return 0;
}

uint32_t callees_frame(const struct callees *callees, uint32_t above, uint32_t rank)
{
    struct index_probe probe = index_probe(&callees->index, hash_pair(above, rank));
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (callees->items[id].above == above && callees->items[id].rank == rank)
            return callees->items[id].frame;
    return CALLEES_NONE;
}

int callees_add(struct callees *callees, uint32_t above, uint32_t frame)
{
    uint32_t id = (uint32_t)callees->count;
    struct callee callee = {above, callees->seen[above] + 1, frame};
    uint32_t known = callees->answer == CALLEES_RANK ? frame : callee.rank;
    if (mem_grow(&callees->items, &callees->capacity, callees->count + 1, sizeof callee) < 0 ||
        index_add(&callees->index, hash_pair(above, known), id) < 0)
        return -1;
    callees->items[callees->count++] = callee;
    callees->seen[above]++;
    return 0;
}
