/* SPDX-License-Identifier: MIT */
#include "base/radix.h"

#define DIGITS ((int)sizeof(uint64_t))
#define VALUES 256

static unsigned digit_of(uint64_t key, int digit)
{
    return key >> (8 * digit) & (VALUES - 1);
}

struct keyed *radix_sort(struct keyed *items, struct keyed *spare, size_t count)
{
    size_t counts[DIGITS][VALUES] = {{0}};
    for (size_t i = 0; i < count; i++)
        for (int digit = 0; digit < DIGITS; digit++)
            counts[digit][digit_of(items[i].key, digit)]++;
    for (int digit = 0; digit < DIGITS && count; digit++) {
        size_t *starts = counts[digit], before = 0;
        if (starts[digit_of(items[0].key, digit)] == count)
            continue;
        for (unsigned value = 0; value < VALUES; value++) {
            size_t here = starts[value];
            starts[value] = before;
            before += here;
        }
        for (size_t i = 0; i < count; i++)
            spare[starts[digit_of(items[i].key, digit)]++] = items[i];
        struct keyed *sorted = spare;
        spare = items;
        items = sorted;
    }
    return items;
}
