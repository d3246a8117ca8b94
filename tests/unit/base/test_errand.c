/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/errand.h"
#include "base/mem.h"

struct work {
    int runs;
    pthread_t thread;
};

static void do_work(void *context)
{
    struct work *work = context;
    work->runs++;
    work->thread = pthread_self();
}

static void work_is_done_once(void **state)
{
    for (int away = 0; away < 2; away++) {
        CLEANUP(errand_drop) struct errand errand = {0};
        struct work work = {0};
        errand_begin(&errand, away, do_work, &work);
        for (int again = 0; again < 2; again++) {
            errand_end(&errand);
            assert_int_equal(work.runs, 1);
        }
        assert_int_equal(pthread_equal(work.thread, pthread_self()), !away);
    }
}

static void nobody_works_for_who_gives_up(void **state)
{
    struct errand errand = {0};
    struct work work = {0};
    errand_drop(&errand);
    errand_end(&errand);
    errand_begin(&errand, false, do_work, &work);
    errand_drop(&errand);
    errand_end(&errand);
    assert_int_equal(work.runs, 0);
    errand_begin(&errand, true, do_work, &work); /* that one has begun, and is waited for */
    errand_drop(&errand);
    assert_int_equal(work.runs, 1);
}

RUN_TESTS(TEST(work_is_done_once), TEST(nobody_works_for_who_gives_up))
