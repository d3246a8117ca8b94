/* SPDX-License-Identifier: MIT */
#include "resolve/wanted.h"

#include <string.h>

#include "base/mem.h"
#include "base/radix.h"

/* Leaves each once of those that are sorted. */
static size_t addresses_unite(uint64_t *addresses, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || addresses[kept - 1] != addresses[i])
            addresses[kept++] = addresses[i];
    return kept;
}

/* Copies addresses in their order, perhaps to where they are. Returns 0, or -1 without memory. */
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

int wanted_init(struct wanted *wanted, const uint64_t *addresses, size_t count)
{
    *wanted = (struct wanted){
        .sorted = {.addresses = mem_alloc(count * sizeof *addresses)},
        .gaps = mem_alloc((count + 1) * sizeof *wanted->gaps),
        .open = mem_zalloc(count + 1, sizeof *wanted->open),
        .sieve = mem_alloc(WANTED_SIEVE / 8),
    };
    if (!wanted->sorted.addresses || !wanted->gaps || !wanted->open || !wanted->sieve ||
        addresses_sort(wanted->sorted.addresses, addresses, count) < 0) {
        wanted_done(wanted);
        return -1;
    }
    wanted->sorted.count = addresses_unite(wanted->sorted.addresses, count);
    if (sorted_divide(&wanted->sorted) < 0) {
        wanted_done(wanted);
        return -1;
    }
    for (size_t i = 0; i <= wanted->sorted.count; i++)
        wanted->gaps[i] = (struct wanted_gap){UINT64_MAX, 0};
    return 0;
}

void wanted_done(struct wanted *wanted)
{
    sorted_done(&wanted->sorted);
    mem_free(wanted->gaps);
    mem_free(wanted->open);
    sorted_done(&wanted->reaching);
    mem_free(wanted->sieve);
    *wanted = (struct wanted){0};
}

size_t wanted_gap(struct wanted *wanted, uint64_t address)
{
    const uint64_t *wants = wanted->sorted.addresses;
    size_t at = wanted->at, count = wanted->sorted.count;
    if ((at == count || address <= wants[at]) && (at == 0 || wants[at - 1] < address))
        return at;
    return wanted->at = sorted_below(&wanted->sorted, address);
}

bool wanted_within(const struct wanted *wanted, uint64_t start, uint64_t end)
{
    size_t at = sorted_below(&wanted->sorted, start);
    return at < wanted->sorted.count && wanted->sorted.addresses[at] < end;
}

int wanted_note(struct wanted *wanted, uint64_t start, uint64_t end)
{
    struct sorted *reaching = &wanted->reaching;
    size_t at = wanted_gap(wanted, start), count = reaching->count;
    struct wanted_gap *gap = &wanted->gaps[at];
    gap->first = start < gap->first ? start : gap->first;
    gap->last = start > gap->last ? start : gap->last;
    if (end == start)
        wanted->open[at] = true;
    if (at == wanted->sorted.count || end <= wanted->sorted.addresses[at])
        return 0;
    if (count && reaching->addresses[count - 1] == start)
        return 0;
    if (mem_grow(&reaching->addresses, &wanted->reaching_capacity, count + 1, sizeof start) < 0)
        return -1;
    reaching->addresses[reaching->count++] = start;
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

/* Lets go the ends of gaps that have no say: of all, where symbols have sizes. */
static void gaps_settle(struct wanted *wanted)
{
    bool open = false; /* the last one before has no size, or may have none */
    for (size_t i = 0; i <= wanted->sorted.count; i++) {
        struct wanted_gap *gap = &wanted->gaps[i];
        if (gap->first > gap->last)
            continue;
        if (open)
            sieve_add(wanted, gap->first);
        else
            gap->first = UINT64_MAX;
        open = wanted->open[i];
        if (open)
            sieve_add(wanted, gap->last);
        else
            gap->last = 0;
    }
}

int wanted_settle(struct wanted *wanted)
{
    struct sorted *reaching = &wanted->reaching;
    if (addresses_sort(reaching->addresses, reaching->addresses, reaching->count) < 0)
        return -1;
    reaching->count = addresses_unite(reaching->addresses, reaching->count);
    if (sorted_divide(reaching) < 0)
        return -1;
    memset(wanted->sieve, 0, WANTED_SIEVE / 8);
    gaps_settle(wanted);
    for (size_t i = 0; i < reaching->count; i++)
        sieve_add(wanted, reaching->addresses[i]);
    return 0;
}

bool wanted_has(struct wanted *wanted, uint64_t start)
{
    uint64_t bit, *word = sieve_word(wanted, start, &bit);
    if (!(*word & bit))
        return false;
    const struct wanted_gap *gap = &wanted->gaps[wanted_gap(wanted, start)];
    if (start == gap->first || start == gap->last)
        return true;
    size_t at = sorted_below(&wanted->reaching, start);
    return at < wanted->reaching.count && wanted->reaching.addresses[at] == start;
}
