/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "resolve/unwind/returns.h"

static void what_is_pending_is_found_by_the_caller_s_stack(void **state)
{
    struct returns returns = {0};
    assert_int_equal(returns_enter(&returns, 1, 0x9000, 0xa), 0);
    assert_int_equal(returns_enter(&returns, 1, 0x8000, 0xb), 0);
    assert_int_equal(returns_enter(&returns, 2, 0x8000, 0xc), 0);
    assert_int_equal(returns_find(&returns, 1, 0x9000), 0xa);
    assert_int_equal(returns_find(&returns, 1, 0x8000), 0xb);
    assert_int_equal(returns_find(&returns, 2, 0x8000), 0xc);
    assert_int_equal(returns_find(&returns, 2, 0x9000), 0);
    assert_int_equal(returns_find(&returns, 3, 0x9000), 0);
    returns_done(&returns);
}

static void what_lay_deeper_has_returned(void **state)
{
    struct returns returns = {0};
    returns_enter(&returns, 1, 0x9000, 0xa);
    returns_enter(&returns, 1, 0x8000, 0xb);
    returns_enter(&returns, 1, 0x7000, 0xc);
    returns_enter(&returns, 1, 0x8000, 0xd);
    assert_int_equal(returns_find(&returns, 1, 0x7000), 0);
    assert_int_equal(returns_find(&returns, 1, 0x8000), 0xd);
    assert_int_equal(returns_find(&returns, 1, 0x9000), 0xa);
    returns_done(&returns);
}

static void no_more_are_kept_than_the_kernel_does(void **state)
{
    struct returns returns = {0};
    for (uint64_t i = 0; i < RETURNS_MOST + 1; i++)
        assert_int_equal(returns_enter(&returns, 1, 0x9000 - i, 100 + i), 0);
    assert_int_equal(returns_find(&returns, 1, 0x9000), 0);
    for (uint64_t i = 1; i < RETURNS_MOST + 1; i++)
        assert_int_equal(returns_find(&returns, 1, 0x9000 - i), 100 + i);
    returns_done(&returns);
}

RUN_TESTS(TEST(what_is_pending_is_found_by_the_caller_s_stack), TEST(what_lay_deeper_has_returned),
          TEST(no_more_are_kept_than_the_kernel_does))
