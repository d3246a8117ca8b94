/* SPDX-License-Identifier: MIT */
/* Rising addresses that are searched often, in no order: the way from the first to the last is
 * divided into about as many steps as there are addresses, so that there are few in each.
 *
 *     addresses:   a   b c d             e    f
 *     steps:      |       |       |       |       |       each 1 << shift long
 *     below:      0       3       4       4       6 */
#ifndef PFL_RESOLVE_SORTED_H
#define PFL_RESOLVE_SORTED_H

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise to begin. */
struct sorted {
    uint64_t *addresses; /* rising; each may be there but once */
    size_t count;
    uint32_t *below; /* made by sorted_divide: how many addresses lie below each step */
    unsigned shift;
};

/* To be called when all addresses are there. Returns 0, or -1 without memory. */
int sorted_divide(struct sorted *sorted);
void sorted_done(struct sorted *sorted);

/* How many addresses are below this one. The search has no branch that could be mispredicted. */
static inline size_t sorted_below(const struct sorted *sorted, uint64_t address)
{
    const uint64_t *addresses = sorted->addresses;
    size_t count = sorted->count;
    if (count == 0 || address <= addresses[0])
        return 0;
    if (address > addresses[count - 1])
        return count;
    const uint32_t *step = &sorted->below[(address - addresses[0]) >> sorted->shift];
    size_t at = step[0];
    count = step[1] - step[0];
    while (count > 1) {
        size_t half = count / 2;
        at += half & -(size_t)(addresses[at + half - 1] < address);
        count -= half;
    }
    return at + (count && addresses[at] < address);
}

#endif
