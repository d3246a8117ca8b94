/* SPDX-License-Identifier: MIT */
/* Weights are signed 64-bit integers in the unit of their column. */
#ifndef PFL_BASE_WEIGHT_H
#define PFL_BASE_WEIGHT_H

#include <stdint.h>

/* a + b, held at the ends of the range: hostile periods must not wrap into small sums. */
static inline int64_t weight_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return b < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

static inline int64_t weight_of(uint64_t value)
{
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

#endif
