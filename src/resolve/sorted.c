/* SPDX-License-Identifier: MIT */
#include "resolve/sorted.h"

#include "base/mem.h"

int sorted_divide(struct sorted *sorted)
{
    enum { LEAST = 64, MOST = 1 << 16 };
    const uint64_t *addresses = sorted->addresses;
    size_t steps = LEAST, count = sorted->count;
    uint64_t span = count ? addresses[count - 1] - addresses[0] : 0;
    while (steps < count && steps < MOST)
        steps *= 2;
    sorted->shift = 0;
    while (span >> sorted->shift >= steps)
        sorted->shift++;
    mem_free(sorted->below);
    sorted->below = mem_zalloc(steps + 1, sizeof *sorted->below);
    if (!sorted->below)
        return -1;
    for (size_t i = 0; i < count; i++)
        sorted->below[((addresses[i] - addresses[0]) >> sorted->shift) + 1]++;
    for (size_t i = 1; i <= steps; i++)
        sorted->below[i] += sorted->below[i - 1];
    return 0;
}

void sorted_done(struct sorted *sorted)
{
    mem_free(sorted->addresses);
    mem_free(sorted->below);
    *sorted = (struct sorted){0};
}
