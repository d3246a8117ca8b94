/* SPDX-License-Identifier: MIT */
/* The pieces of call chains that came before, as the words that were recorded, and the parts that
 * were made of them: most samples repeat a piece, and need no look-up for each of its words.
 *
 *     slots:  [hash|context|words|part] [hash|context|once] [ free ] ...    one place for each hash
 *     words:  k0 k1 k2 u0 u1 u2 u3 ...            of all slots; when full, all is forgotten
 *
 * Half of the pieces never come again: of what came once only the hash is kept. The context says
 * what the words mean: which state of which address space. */
#ifndef PFL_RESOLVE_MEMO_H
#define PFL_RESOLVE_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perf/record.h"

struct memo_key {
    struct perf_words words;
    uint64_t hash;    /* of the words */
    uint64_t context; /* never 0 */
};

struct memo_slot {
    uint64_t hash;
    uint64_t context; /* 0: free */
    uint32_t at, count;
    uint32_t part;
    uint32_t number; /* that no other slot has, from 1; 0: none yet */
    bool broken;     /* it ends in garbage */
};

struct memo {
    struct memo_slot *slots; /* as many as a power of two */
    uint32_t slot_count, used, numbers;
    uint8_t *words;
    size_t size, capacity; /* of words, in words */
};

/* Returns 0, or -1 without memory. */
int memo_init(struct memo *memo);
void memo_done(struct memo *memo);

/* The slot of a piece, or NULL if it is not known. */
const struct memo_slot *memo_find(const struct memo *memo, const struct memo_key *key);

/* Remembers a piece, if it is the second time: *ret_slot is where its part is to be put, or NULL.
 * Returns 0, or -1 without memory. */
int memo_add(struct memo *memo, const struct memo_key *key, bool broken,
             struct memo_slot **ret_slot);

/* Forgets all pieces; the slots keep their numbers. */
void memo_forget(struct memo *memo);

#endif
