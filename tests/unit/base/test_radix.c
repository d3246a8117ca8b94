/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/radix.h"

#define MOST 3000

static struct keyed items[MOST], spare[MOST];

/* Sorts keys of which the bits of `mask` differ, and checks that equal ones stand as they stood. */
static void check_sorted(uint64_t mask, size_t count)
{
    uint64_t random = mask ^ count, sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        items[i] = (struct keyed){(random ^ random >> 29) & mask, i};
        sum += items[i].key ^ i;
    }
    const struct keyed *sorted = radix_sort(items, spare, count);
    assert_true(sorted == items || sorted == spare);
    for (size_t i = 0; i < count; i++) {
        sum -= sorted[i].key ^ sorted[i].item;
        if (i)
            assert_true(sorted[i - 1].key < sorted[i].key || (sorted[i - 1].key == sorted[i].key &&
                                                              sorted[i - 1].item < sorted[i].item));
    }
    assert_true(sum == 0);
}

static void keys_of_any_width_are_sorted(void **state)
{
    const uint64_t masks[] = {0, 3, 0xff, 0xfff0, 0xff00ff, UINT64_C(7) << 61, UINT64_MAX};
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++)
        for (size_t count = 0; count <= MOST; count = count * 3 + 1)
            check_sorted(masks[i], count);
}

RUN_TESTS(TEST(keys_of_any_width_are_sorted))
