/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include <unistd.h>

#include "base/mem.h"
#include "perf/blocks.h"

#define RECORDS    3
#define BLOCK_ROOM 64
#define COUNT      6

/* Bytes of records that are told apart by their number. */
static void put_records(struct buffer *to, uint64_t first)
{
    for (uint64_t i = 0; i < RECORDS; i++) {
        put_u32(to, PERF_RECORD_EXIT);
        put_u16(to, 0);
        put_u16(to, 16);
        put_u64(to, first + i);
    }
}

/* A full block that somebody holds; `home` may be NULL. */
static uint32_t fill(struct blocks *blocks, unsigned n, const struct source *home, bool inflated)
{
    struct buffer bytes = {0};
    uint32_t number = BLOCKS_NONE;
    assert_int_equal(blocks_take(blocks, &number, NULL), 0);
    struct block *block = &blocks->list[number];
    put_records(&bytes, n * RECORDS);
    memcpy(block->piece->bytes, bytes.data, bytes.size);
    block->size = (uint32_t)bytes.size;
    block->base = inflated ? 1000 + n : 4096 + n * bytes.size;
    block->inflated = inflated;
    block->home = home;
    block->home_at = n * bytes.size;
    block->pinned = false;
    buffer_done(&bytes);
    return number;
}

static void expect(struct blocks *blocks, uint32_t block, unsigned n, bool inflated)
{
    for (uint32_t i = RECORDS; i-- > 0;) {
        struct raw_record raw;
        uint64_t value;
        assert_int_equal(blocks_view(blocks, (struct block_place){block, i * 16}, &raw, NULL), 1);
        memcpy(&value, raw.bytes + 8, sizeof value);
        assert_int_equal(value, n * RECORDS + i);
        assert_int_equal(raw.offset, inflated ? 1000 + n : 4096 + (n * RECORDS + i) * 16);
        assert_true(raw.type == PERF_RECORD_EXIT && raw.size == 16);
    }
}

static void check(const struct source *home, bool inflated)
{
    struct blocks blocks;
    uint32_t numbers[COUNT];
    blocks_init(&blocks, BLOCK_ROOM, false);
    blocks.resident_most = 2;
    for (unsigned n = 0; n < COUNT; n++)
        numbers[n] = fill(&blocks, n, home, inflated);
    assert_int_equal(blocks.resident, 2);
    assert_int_equal(blocks.has_spool, !home);
    for (unsigned n = COUNT; n-- > 0;)
        expect(&blocks, numbers[n], n, inflated);
    for (unsigned n = 0; n < COUNT; n++)
        blocks_release(&blocks, numbers[n]);
    /* What nobody holds is filled anew. */
    uint32_t again;
    assert_int_equal(blocks_take(&blocks, &again, NULL), 0);
    assert_true(blocks.count == COUNT && blocks.resident == 2);
    blocks_done(&blocks);
}

static struct source make_home(void)
{
    struct buffer all = {0};
    for (unsigned n = 0; n < COUNT; n++)
        put_records(&all, n * RECORDS);
    struct source home = bytes_open(all.data, all.size);
    buffer_done(&all);
    return home;
}

static void what_is_given_up_is_read_again_from_its_file(void **state)
{
    struct source home = make_home();
    check(&home, false);
    source_close(&home);
}

static void what_has_no_file_is_spooled(void **state)
{
    check(NULL, false);
    check(NULL, true);
}

/* Records in no order at all come from the end to the beginning. */
static void reading_backwards_reads_many_at_once(void **state)
{
    enum { MANY = 6000 };
    static uint32_t numbers[MANY];
    struct blocks blocks;
    uint64_t at = UINT64_MAX;
    unsigned reads = 0;
    blocks_init(&blocks, BLOCK_ROOM, false);
    blocks.resident_most = 1;
    for (unsigned n = 0; n < MANY; n++)
        numbers[n] = fill(&blocks, n, NULL, false);
    for (unsigned n = MANY - 1; n-- > 0;) {
        expect(&blocks, numbers[n], n, false);
        const struct block_window *window = &blocks.windows[blocks.list[numbers[n]].window];
        reads += window->at != at;
        at = window->at;
    }
    assert_in_range(reads, 2, 40); /* 288 KB, at least 32 KiB each time */
    blocks_done(&blocks);
}

static void a_file_that_changed_meanwhile_is_damage(void **state)
{
    struct source home = make_home();
    struct blocks blocks;
    struct raw_record raw;
    blocks_init(&blocks, BLOCK_ROOM, false);
    blocks.resident_most = 1;
    uint32_t first = fill(&blocks, 0, &home, false), second = fill(&blocks, 1, &home, false);
    assert_null(blocks.list[first].piece);
    assert_int_equal(ftruncate(home.fd, 20), 0);
    assert_int_equal(blocks_view(&blocks, (struct block_place){first, 0}, &raw, NULL), 1);
    assert_int_equal(blocks_view(&blocks, (struct block_place){first, 16}, &raw, NULL),
                     -PFL_ERROR_FORMAT);
    expect(&blocks, second, 1, false);
    /* Or its records have other sizes now. */
    assert_int_equal(pwrite(home.fd, "\4\0\0\0\0\0\xff\xff\0\0\0\0\0\0\0\0", 16, 16), 16);
    assert_int_equal(blocks_view(&blocks, (struct block_place){first, 16}, &raw, NULL),
                     -PFL_ERROR_FORMAT);
    blocks_done(&blocks);
    source_close(&home);
}

static void without_memory_it_says_so(void **state)
{
    struct source home = make_home();
    struct blocks blocks;
    struct raw_record raw;
    uint32_t number;
    blocks_init(&blocks, BLOCK_ROOM, false);
    blocks.resident_most = 1;
    for (long n = 0; n < 2; n++) {
        mem_fail_after(n);
        assert_int_equal(blocks_take(&blocks, &number, NULL), -PFL_ERROR_MEMORY);
        mem_fail_after(-1);
    }
    uint32_t first = fill(&blocks, 0, &home, false);
    (void)fill(&blocks, 1, &home, false);
    mem_fail_after(0); /* the window */
    assert_int_equal(blocks_view(&blocks, (struct block_place){first, 0}, &raw, NULL),
                     -PFL_ERROR_MEMORY);
    mem_fail_after(-1);
    expect(&blocks, first, 0, false);
    blocks_done(&blocks);
    source_close(&home);
}

/* As the records of a round are, that were taken from the rings of many processors. */
static void places_that_are_read_by_turns_have_a_window_each(void **state)
{
    enum { PLACES = 300, APART = 100 * 1024 };
    struct source home = bytes_open("", 0);
    struct blocks blocks;
    uint32_t numbers[PLACES], windows[PLACES];
    unsigned moved = 0;
    blocks_init(&blocks, BLOCK_ROOM, false);
    blocks.resident_most = 1;
    blocks_expect(&blocks, PLACES);
    for (unsigned n = 0; n < PLACES; n++) {
        numbers[n] = fill(&blocks, n, &home, false);
        struct block *block = &blocks.list[numbers[n]];
        block->home_at = n * APART;
        assert_int_equal(pwrite(home.fd, block->piece->bytes, block->size, n * APART), block->size);
    }
    for (uint32_t i = 0; i < RECORDS; i++)
        for (unsigned n = 0; n + 1 < PLACES; n++) { /* the last one was not given up */
            struct block_place place = {numbers[n], i * 16};
            struct raw_record raw;
            assert_int_equal(blocks_view(&blocks, place, &raw, NULL), 1);
            const struct block_window *window = &blocks.windows[blocks.list[numbers[n]].window];
            assert_true(window->at == n * APART);
            moved += i > 0 && windows[n] != blocks.list[numbers[n]].window;
            windows[n] = blocks.list[numbers[n]].window;
        }
    assert_int_equal(moved, 0);
    assert_true(blocks.window_count < PLACES * 2);
    blocks_done(&blocks);
    source_close(&home);
}

RUN_TESTS(TEST(places_that_are_read_by_turns_have_a_window_each),
          TEST(what_is_given_up_is_read_again_from_its_file), TEST(what_has_no_file_is_spooled),
          TEST(reading_backwards_reads_many_at_once), TEST(a_file_that_changed_meanwhile_is_damage),
          TEST(without_memory_it_says_so))
