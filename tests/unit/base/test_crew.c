/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/crew.h"

#define ITEMS 1000u

struct work {
    unsigned done[ITEMS];
    uint64_t squares[ITEMS];
};

static void square(void *context, size_t number)
{
    struct work *work = context;
    work->done[number]++;
    work->squares[number] = number * number;
}

static void share(struct crew *crew, size_t count)
{
    struct work work = {.done = {0}};
    crew_share(crew, square, &work, count);
    for (size_t i = 0; i < ITEMS; i++) {
        assert_int_equal(work.done[i], i < count);
        assert_int_equal(work.squares[i], i < count ? i * i : 0);
    }
}

static void every_item_is_done_once(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads <= CREW_THREADS + 1; threads += 3) {
        struct crew crew = {0};
        crew_begin(&crew, threads);
        assert_int_equal(crew.thread_count, threads < CREW_THREADS ? threads : CREW_THREADS);
        for (unsigned round = 0; round < 200; round++)
            share(&crew, round * 37 % ITEMS);
        crew_end(&crew);
        crew_end(&crew);
    }
}

static void a_crew_without_work_ends(void **state)
{
    struct crew crew = {0};
    (void)state;
    crew_end(&crew);
    crew_begin(&crew, 2);
    crew_end(&crew);
}

RUN_TESTS(TEST(every_item_is_done_once), TEST(a_crew_without_work_ends))
