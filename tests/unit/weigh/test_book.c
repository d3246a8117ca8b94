/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "weigh/book.h"

#define ROWS   4u
#define BLOCKS 40u

/* What is in use, block by block: of each row, and of rows that are not chosen. */
struct naive {
    struct naive_block {
        uint32_t row;
        int64_t size;
        bool alive, uncertain;
    } blocks[BLOCKS];
    int64_t peak[ROWS + 1][4]; /* INUSE_BYTES to UNCERTAIN_COUNT */
    int64_t highest;
};

static void naive_sum(const struct naive *naive, int64_t sums[ROWS + 1][4])
{
    memset(sums, 0, sizeof naive->peak);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        const struct naive_block *block = &naive->blocks[i];
        int64_t *of = sums[block->row == ROW_NONE ? ROWS : block->row];
        of[block->uncertain ? 2 : 0] += block->alive ? block->size : 0;
        of[block->uncertain ? 3 : 1] += block->alive;
    }
}

static void naive_look(struct naive *naive)
{
    int64_t sums[ROWS + 1][4], total = 0;
    naive_sum(naive, sums);
    for (uint32_t row = 0; row < ROWS; row++)
        total += sums[row][0];
    if (total <= naive->highest)
        return;
    naive->highest = total;
    memcpy(naive->peak, sums, sizeof sums);
}

static void naive_lose(struct naive *naive)
{
    for (uint32_t i = 0; i < BLOCKS; i++)
        naive->blocks[i].uncertain = true;
}

static void begin(struct book *book, struct columns *columns, struct stacks *stacks)
{
    *columns = (struct columns){.stacks = stacks};
    book_init(book, columns);
    book->follow = true;
    for (uint32_t i = 0; i < DERIVED_COUNT; i++) {
        assert_int_equal(columns_new(columns, "heap", "", "", true, &book->column[i], NULL), 0);
        columns->list[i].target = i;
    }
}

/* A block begins where none is, or the one there ends. */
static void turn(struct book *book, struct naive *naive, uint32_t seed, uint64_t time)
{
    uint32_t number = seed >> 8 & 63, row = seed >> 14 & 7;
    if (number >= BLOCKS)
        return;
    struct naive_block *block = &naive->blocks[number];
    if (block->alive) {
        block->alive = false;
        assert_int_equal(book_end(book, 0, 1 + number, UINT64_MAX), 1);
        return;
    }
    *block = (struct naive_block){row < ROWS ? row : ROW_NONE, seed >> 17 & 1023, true, false};
    const struct live_block begun = {
        .pointer = 1 + number, .size = (uint64_t)block->size, .time = time, .row = block->row};
    assert_int_equal(book_begin(book, &begun), 0);
}

static void play(uint32_t seed)
{
    CLEANUP(stacks_cleanup) struct stacks *stacks = stacks_new();
    struct columns columns;
    struct book book;
    struct naive naive = {0};
    begin(&book, &columns, stacks);
    book.by_peak = true;
    for (uint64_t time = 1; time <= 300; time++) {
        seed = seed * 1664525 + 1013904223;
        if (seed >> 28 == 0) {
            naive_lose(&naive);
            book_lose(&book, time);
        } else {
            turn(&book, &naive, seed, time);
        }
        naive_look(&naive);
    }
    assert_int_equal(book_close(&book, 300, NULL, 0), 0);
    for (uint32_t i = 0; i < 4; i++) {
        int64_t all = naive.peak[ROWS][i];
        for (uint32_t row = 0; row < ROWS; row++) {
            assert_int_equal(stacks_value(stacks, INUSE_BYTES + i, row), naive.peak[row][i]);
            all += naive.peak[row][i];
        }
        assert_int_equal(columns.list[INUSE_BYTES + i].recorded, all);
    }
    book_done(&book);
    columns_done(&columns);
}

static void the_peak_is_that_of_all_blocks_looked_at_one_by_one(void **state)
{
    for (uint32_t seed = 0; seed < 500; seed++)
        play(seed);
}

RUN_TESTS(TEST(the_peak_is_that_of_all_blocks_looked_at_one_by_one))
