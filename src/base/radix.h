/* SPDX-License-Identifier: MIT */
/* Sorting by a number, in a fraction of the time that comparing takes: by one byte after the other,
 * the lowest first, leaving what is equal as it stood. Bytes that all keys share cost nothing. */
#ifndef PFL_BASE_RADIX_H
#define PFL_BASE_RADIX_H

#include <stddef.h>
#include <stdint.h>

struct keyed {
    uint64_t key;
    uint32_t item;
};

/* Sorts items by key; `spare` has room for as many. Returns the one of the two in which they stand
 * in the end. */
struct keyed *radix_sort(struct keyed *items, struct keyed *spare, size_t count);

#endif
