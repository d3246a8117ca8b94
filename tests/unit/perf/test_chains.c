/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/limits.h"
#include "base/mem.h"
#include "perf/chains.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

static struct perf_words words_of(const uint64_t *words, uint32_t count)
{
    return (struct perf_words){.bytes = (const uint8_t *)words, .count = count};
}

/* A sample of `tid`, told from others by `name`, waits. */
static void wait_for(struct chains *chains, uint32_t name, uint32_t tid, uint64_t cookie)
{
    assert_int_equal(chains_wait(chains, (struct block_place){.at = name}, tid, cookie), 0);
}

static void take(struct chains *chains, uint32_t tid, uint64_t cookie, const uint64_t *words,
                 uint32_t count)
{
    const struct perf_record record = {
        .tid = tid, .deferred = {.cookie = cookie, .words = words_of(words, count)}};
    assert_int_equal(chains_take(chains, &record), 0);
}

static void expect_due(struct chains *chains, uint32_t name, bool comes)
{
    struct chains_sample sample;
    assert_true(chains_pop(chains, &sample));
    assert_int_equal(sample.place.at, name);
    assert_int_equal(sample.state, comes ? CHAIN_COMES : CHAIN_LACKS);
}

static void expect_chain(const struct perf_sample *sample, const uint64_t *words, uint32_t count)
{
    assert_int_equal(sample->callchain.count, count);
    for (uint32_t i = 0; i < count; i++)
        assert_true(perf_word(&sample->callchain, i) == words[i]);
}

static void who_waits_is_known_by_thread_and_cookie(void **state)
{
    static const uint64_t user[] = {PERF_CONTEXT_USER, 5, 6};
    struct chains chains = {0};
    struct chains_sample none;
    wait_for(&chains, 1, 10, 100);
    wait_for(&chains, 2, 11, 100);
    wait_for(&chains, 3, 10, 99);
    wait_for(&chains, 4, 10, 100);
    assert_false(chains_pop(&chains, &none));
    take(&chains, 10, 100, user, 3);
    expect_due(&chains, 1, true);
    expect_due(&chains, 3, false); /* its thread went on with another */
    expect_due(&chains, 4, true);
    assert_false(chains_pop(&chains, &none));
    chains_end(&chains);
    expect_due(&chains, 2, false);
    assert_false(chains_pop(&chains, &none));
    chains_done(&chains);
}

static void the_user_part_takes_the_place_of_the_cookie(void **state)
{
    static const uint64_t kernel[] = {PERF_CONTEXT_KERNEL, 1, 2, PERF_CONTEXT_USER_DEFERRED, 100};
    static const uint64_t user[] = {5, 6}; /* without the marker */
    static const uint64_t whole[] = {PERF_CONTEXT_KERNEL, 1, 2, PERF_CONTEXT_USER, 5, 6};
    struct chains chains = {0};
    struct perf_sample sample = {.callchain = words_of(kernel, COUNT(kernel))};
    uint64_t cookie = 0;
    assert_true(chains_lack_user(&sample, &cookie) && cookie == 100);
    wait_for(&chains, 1, 10, cookie);
    take(&chains, 10, cookie, user, COUNT(user));
    assert_int_equal(chains_join(&chains, true, &sample), 0);
    expect_chain(&sample, whole, COUNT(whole));
    assert_false(chains_lack_user(&sample, &cookie));
    sample.callchain = words_of(kernel, COUNT(kernel));
    assert_int_equal(chains_join(&chains, false, &sample), 0);
    expect_chain(&sample, kernel, 3);
    sample.callchain = words_of(kernel, 1);
    assert_false(chains_lack_user(&sample, &cookie));
    chains_done(&chains);
}

static void who_waits_too_long_goes_without(void **state)
{
    struct chains chains = {0};
    for (uint32_t i = 0; i <= LIMIT_DEFERRED_SAMPLES; i++)
        wait_for(&chains, i, i, 1);
    expect_due(&chains, 0, false);
    assert_int_equal(chains.count, LIMIT_DEFERRED_SAMPLES);
    assert_int_equal(chains.due, 0);
    chains_done(&chains);
}

static void branches_that_are_calls_become_the_user_part(void **state)
{
    static const uint64_t chain[] = {PERF_CONTEXT_KERNEL, 1, PERF_CONTEXT_USER, 90, 91};
    static const uint64_t branches[] = {70, 50, 0, 80, 60, 0}; /* from, to, flags */
    static const uint64_t whole[] = {PERF_CONTEXT_KERNEL, 1, PERF_CONTEXT_USER, 50, 71, 81};
    struct perf_event event = {.sample_type = PERF_SAMPLE_BRANCH_STACK,
                               .branch_sample_type = PERF_BRANCH_CALL_STACK};
    struct perf_sample sample = {.callchain = words_of(chain, COUNT(chain)),
                                 .branches = words_of(branches, COUNT(branches))};
    struct chains chains = {0};
    assert_int_equal(chains_from_branches(&chains, &event, &sample), 0);
    expect_chain(&sample, whole, COUNT(whole));
    /* Not where the sample has no user part, nor where branches are any branches. */
    sample.callchain = words_of(chain, 2);
    assert_int_equal(chains_from_branches(&chains, &event, &sample), 0);
    expect_chain(&sample, chain, 2);
    event.branch_sample_type = 0;
    sample.callchain = words_of(chain, COUNT(chain));
    assert_int_equal(chains_from_branches(&chains, &event, &sample), 0);
    expect_chain(&sample, chain, COUNT(chain));
    chains_done(&chains);
}

RUN_TESTS(TEST(who_waits_is_known_by_thread_and_cookie),
          TEST(the_user_part_takes_the_place_of_the_cookie), TEST(who_waits_too_long_goes_without),
          TEST(branches_that_are_calls_become_the_user_part))
