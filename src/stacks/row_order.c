/* SPDX-License-Identifier: MIT */
#include "stacks/row_order.h"

#include "base/hash.h"
#include "base/radix.h"

static uint64_t row_key(const struct stacks *stacks, uint32_t row_number)
{
    static const uint32_t depths[] = {4, 8, 16, 32};
    struct stacks_row row = stacks_row_at(stacks, row_number);
    struct stacks_part part = stacks_part_at(stacks, row.user_part);
    uint64_t hash = row.group, key = 0;
    uint32_t left = part.count;
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        for (; left && part.count - left < depths[i]; left--)
            hash = hash_pair(hash, part.places[left - 1]);
        key = key << 16 | (hash & 0xffff);
    }
    return key;
}

uint32_t *stacks_row_order(const struct stacks *stacks)
{
    uint32_t count = stacks_row_count(stacks);
    CLEANUP(mem_cleanup) uint32_t *order = mem_alloc(count * sizeof *order);
    CLEANUP(mem_cleanup) struct keyed *rows = mem_alloc(count * sizeof *rows);
    CLEANUP(mem_cleanup) struct keyed *spare = mem_alloc(count * sizeof *spare);
    if (!order || !rows || !spare)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        rows[i] = (struct keyed){row_key(stacks, i), i};
    const struct keyed *sorted = radix_sort(rows, spare, count);
    for (uint32_t i = 0; i < count; i++)
        order[i] = sorted[i].item;
    return MEM_TAKE(order);
}
