/* SPDX-License-Identifier: MIT */
#include "resolve/wanted.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/radix.h"

static int address_compare(const void *left, const void *right)
{
    uint64_t a, b;
    memcpy(&a, left, sizeof a);
    memcpy(&b, right, sizeof b);
    return (a > b) - (a < b);
}

/* Leaves each once of those that are sorted. */
static size_t addresses_unite(uint64_t *addresses, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || addresses[kept - 1] != addresses[i])
            addresses[kept++] = addresses[i];
    return kept;
}

/* Copies addresses in their order. Returns 0, or -1 without memory. */
static int addresses_sort(uint64_t *sorted, const uint64_t *addresses, size_t count)
{
    CLEANUP(mem_cleanup) struct keyed *items = mem_alloc(count * sizeof *items);
    CLEANUP(mem_cleanup) struct keyed *spare = mem_alloc(count * sizeof *spare);
    if (!items || !spare)
        return -1;
    for (size_t i = 0; i < count; i++)
        items[i] = (struct keyed){.key = addresses[i]};
    const struct keyed *made = radix_sort(items, spare, count);
    for (size_t i = 0; i < count; i++)
        sorted[i] = made[i].key;
    return 0;
}

/* Divides the way from the first wanted address to the last into about as many steps as there are
 * addresses, so that there is little to search in each. Returns 0, or -1 without memory. */
static int wanted_divide(struct wanted *wanted)
{
    enum { LEAST = 64, MOST = 1 << 16 };
    const uint64_t *wants = wanted->addresses;
    size_t steps = LEAST, count = wanted->count;
    uint64_t span = count ? wants[count - 1] - wants[0] : 0;
    while (steps < count && steps < MOST)
        steps *= 2;
    while (span >> wanted->shift >= steps)
        wanted->shift++;
    wanted->steps = mem_zalloc(steps + 1, sizeof *wanted->steps);
    if (!wanted->steps)
        return -1;
    for (size_t i = 0; i < count; i++)
        wanted->steps[((wants[i] - wants[0]) >> wanted->shift) + 1]++;
    for (size_t i = 1; i <= steps; i++)
        wanted->steps[i] += wanted->steps[i - 1];
    return 0;
}

int wanted_init(struct wanted *wanted, const uint64_t *addresses, size_t count)
{
    *wanted = (struct wanted){
        .addresses = mem_alloc(count * sizeof *addresses),
        .gaps = mem_alloc((count + 1) * sizeof *wanted->gaps),
        .sieve = mem_alloc(WANTED_SIEVE / 8),
    };
    if (!wanted->addresses || !wanted->gaps || !wanted->sieve ||
        addresses_sort(wanted->addresses, addresses, count) < 0) {
        wanted_done(wanted);
        return -1;
    }
    wanted->count = addresses_unite(wanted->addresses, count);
    if (wanted_divide(wanted) < 0) {
        wanted_done(wanted);
        return -1;
    }
    for (size_t i = 0; i <= wanted->count; i++)
        wanted->gaps[i] = (struct wanted_gap){UINT64_MAX, 0};
    return 0;
}

void wanted_done(struct wanted *wanted)
{
    mem_free(wanted->addresses);
    mem_free(wanted->gaps);
    mem_free(wanted->reaching);
    mem_free(wanted->sieve);
    mem_free(wanted->steps);
    *wanted = (struct wanted){0};
}

/* The search has no branch that could be mispredicted: symbols of a program come in no order. */
size_t wanted_gap(struct wanted *wanted, uint64_t address)
{
    const uint64_t *wants = wanted->addresses;
    size_t at = wanted->at, count = wanted->count;
    if ((at == count || address <= wants[at]) && (at == 0 || wants[at - 1] < address))
        return at;
    if (count == 0 || address <= wants[0] || address > wants[count - 1])
        return wanted->at = count && address > wants[0] ? count : 0;
    const uint32_t *step = &wanted->steps[(address - wants[0]) >> wanted->shift];
    at = step[0];
    count = step[1] - step[0];
    while (count > 1) {
        size_t half = count / 2;
        at += half & -(size_t)(wants[at + half - 1] < address);
        count -= half;
    }
    at += count && wants[at] < address;
    return wanted->at = at;
}

int wanted_note(struct wanted *wanted, uint64_t start, uint64_t end)
{
    size_t at = wanted_gap(wanted, start), count = wanted->reaching_count;
    struct wanted_gap *gap = &wanted->gaps[at];
    gap->first = start < gap->first ? start : gap->first;
    gap->last = start > gap->last ? start : gap->last;
    if (at == wanted->count || end <= wanted->addresses[at])
        return 0;
    if (count && wanted->reaching[count - 1] == start)
        return 0;
    if (mem_grow(&wanted->reaching, &wanted->reaching_capacity, count + 1,
                 sizeof *wanted->reaching) < 0)
        return -1;
    wanted->reaching[wanted->reaching_count++] = start;
    return 0;
}

/* The word of the sieve that a start has its bit in. */
static uint64_t *sieve_word(struct wanted *wanted, uint64_t start, uint64_t *ret_bit)
{
    uint64_t hash = start * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (WANTED_SIEVE - 1);
    *ret_bit = UINT64_C(1) << hash % 64;
    return &wanted->sieve[hash / 64];
}

static void sieve_add(struct wanted *wanted, uint64_t start)
{
    uint64_t bit, *word = sieve_word(wanted, start, &bit);
    *word |= bit;
}

void wanted_settle(struct wanted *wanted)
{
    if (wanted->reaching_count)
        qsort(wanted->reaching, wanted->reaching_count, sizeof *wanted->reaching, address_compare);
    wanted->reaching_count = addresses_unite(wanted->reaching, wanted->reaching_count);
    memset(wanted->sieve, 0, WANTED_SIEVE / 8);
    for (size_t i = 0; i <= wanted->count; i++) {
        sieve_add(wanted, wanted->gaps[i].first);
        sieve_add(wanted, wanted->gaps[i].last);
    }
    for (size_t i = 0; i < wanted->reaching_count; i++)
        sieve_add(wanted, wanted->reaching[i]);
}

bool wanted_has(struct wanted *wanted, uint64_t start)
{
    uint64_t bit, *word = sieve_word(wanted, start, &bit);
    if (!(*word & bit))
        return false;
    const struct wanted_gap *gap = &wanted->gaps[wanted_gap(wanted, start)];
    return start == gap->first || start == gap->last ||
           (wanted->reaching_count && bsearch(&start, wanted->reaching, wanted->reaching_count,
                                              sizeof start, address_compare));
}
