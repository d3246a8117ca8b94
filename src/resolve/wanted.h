/* SPDX-License-Identifier: MIT */
/* Which symbols of a table have a say in the names of the addresses that will be asked for: of a
 * hundred thousand symbols a short recording needs a few hundred, and only those are worth copying
 * and sorting.
 *
 *     wanted:            w0               w1    w2
 *     symbols:   a   b   |   c    d    e   |  f |      g   h
 *     gap:         0     |        1        |  2 |        3
 *
 * A symbol can hold w1 only if it says itself that it reaches so far, or has no size and is the
 * last one to begin in its gap (e). It ends where the next one begins then, so that the first of
 * the next gap (f) is needed too. All others (d) change nothing. Symbols at one address are
 * aliases, of which all have a say. */
#ifndef PFL_RESOLVE_WANTED_H
#define PFL_RESOLVE_WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve/sorted.h"

/* A power of two. Symbols that have a say are hundreds, or a few thousand: most of the others fall
 * through without a search. */
#define WANTED_SIEVE 65536

struct wanted_gap {
    uint64_t first, last; /* starts of symbols; first > last: none */
};

/* Zero-initialise to begin. */
struct wanted {
    struct sorted sorted;
    struct wanted_gap *gaps; /* one more than there are addresses */
    bool *open;              /* of each, whether a symbol without a size begins in it */
    size_t at;               /* the gap asked for last: symbols often come in order */
    struct sorted reaching;  /* starts of symbols that reach over a wanted address */
    size_t reaching_capacity;
    uint64_t *sieve; /* WANTED_SIEVE bits: one for the hash of each start that has a say */
};

/* Takes a copy of the addresses. Returns 0, or -1 without memory. */
int wanted_init(struct wanted *wanted, const uint64_t *addresses, size_t count);
void wanted_done(struct wanted *wanted);

/* The gap that an address is in: the number of the first wanted address not below it. */
size_t wanted_gap(struct wanted *wanted, uint64_t address);

/* True if any wanted address is not below `start` and below `end`. */
bool wanted_within(const struct wanted *wanted, uint64_t start, uint64_t end);

/* Takes note of a symbol; end = start while its size is unknown. Returns 0, or -1 without
 * memory. */
int wanted_note(struct wanted *wanted, uint64_t start, uint64_t end);

/* To be called when all symbols are noted, before wanted_has. Returns 0, or -1 without memory. */
int wanted_settle(struct wanted *wanted);

/* True if symbols that begin there have a say. */
bool wanted_has(struct wanted *wanted, uint64_t start);

#endif
