/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "weigh/ranges.h"

static int count_piece(void *context, const struct range *piece, int grow)
{
    *(uint64_t *)context += piece->end - piece->start;
    return 0;
}

static uint64_t take(struct ranges *ranges, uint64_t start, uint64_t end, uint64_t before)
{
    uint64_t found, told = 0;
    assert_int_equal(ranges_take(ranges, start, end, before, count_piece, &told, &found), 0);
    assert_true(found == told);
    return found;
}

/* Against one byte of memory per address. */
static void any_order_leaves_what_was_not_taken(void **state)
{
    static uint32_t owner[512];
    struct ranges ranges = {0};
    uint32_t seed = 1;
    memset(owner, 0, sizeof owner);
    for (uint32_t round = 1; round < 3000; round++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t start = seed >> 8 & 255, size = 1 + (seed >> 17 & 63);
        uint64_t expected = 0;
        for (uint32_t i = start; i < start + size; i++) {
            expected += owner[i] != 0;
            owner[i] = seed & 1 << 30 ? round : 0;
        }
        assert_true(take(&ranges, start, start + size, UINT64_MAX) == expected);
        if (seed & 1 << 30)
            assert_int_equal(
                ranges_add(&ranges,
                           &(struct range){.start = start, .end = start + size, .row = round}),
                0);
    }
    uint64_t covered = 0;
    for (size_t i = 1; i < ranges.count; i++)
        assert_true(ranges.list[i].end <= ranges.list[i - 1].start);
    for (size_t i = 0; i < ranges.count; i++)
        for (uint64_t at = ranges.list[i].start; at < ranges.list[i].end; at++, covered++)
            assert_int_equal(owner[at], ranges.list[i].row);
    for (size_t i = 0; i < 512; i++)
        covered -= owner[i] != 0;
    assert_true(covered == 0);
    ranges_done(&ranges);
}

static void what_came_later_stays(void **state)
{
    struct ranges ranges = {0};
    for (uint64_t i = 0; i < 5; i++)
        ranges_add(&ranges,
                   &(struct range){.start = 10 * i, .end = 10 * i + 10, .time = i % 2 ? 50 : 5});
    assert_true(take(&ranges, 5, 43, 30) == 5 + 10 + 3);
    assert_int_equal(ranges.count, 4);
    for (size_t i = 0; i < 4; i++) {
        static const uint64_t left[][2] = {{43, 50}, {30, 40}, {10, 20}, {0, 5}};
        assert_true(ranges.list[i].start == left[i][0] && ranges.list[i].end == left[i][1]);
    }
    ranges_done(&ranges);
}

RUN_TESTS(TEST(any_order_leaves_what_was_not_taken), TEST(what_came_later_stays))
