/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/mem.h"
#include "perf/pieces.h"

static void what_nobody_holds_is_used_again(void **state)
{
    struct pieces pieces = {.size = 100};
    struct piece *first = piece_take(&pieces), *second = piece_take(&pieces);
    assert_ptr_not_equal(first, second);
    piece_hold(first);
    piece_release(first);
    assert_null(pieces.spare);
    piece_release(first);
    assert_ptr_equal(piece_take(&pieces), first);
    piece_release(first);
    piece_release(second);
    piece_release(NULL);
    pieces_done(&pieces);
}

static void what_somebody_else_holds_is_left_alone(void **state)
{
    struct pieces pieces = {.size = 100};
    struct piece *mine = NULL;
    assert_int_equal(piece_own(&pieces, &mine), 0);
    struct piece *before = mine;
    assert_int_equal(piece_own(&pieces, &mine), 0);
    assert_ptr_equal(mine, before);
    piece_hold(before);
    assert_int_equal(piece_own(&pieces, &mine), 0);
    assert_ptr_not_equal(mine, before);
    assert_int_equal(before->holds, 1);
    piece_release(before);
    piece_release(mine);
    pieces_done(&pieces);
}

static void without_memory_there_is_none(void **state)
{
    struct pieces pieces = {.size = 100};
    struct piece *mine = NULL;
    mem_fail_after(0);
    assert_int_equal(piece_own(&pieces, &mine), -1);
    mem_fail_after(-1);
    assert_null(mine);
    pieces_done(&pieces);
}

RUN_TESTS(TEST(what_nobody_holds_is_used_again), TEST(what_somebody_else_holds_is_left_alone),
          TEST(without_memory_there_is_none))
