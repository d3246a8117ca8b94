/* SPDX-License-Identifier: MIT */
/* The session is faked: weigh asks it for events alone. */
#include "../check.h"

#include "weigh/weigh.h"

static char clock_name[] = "cpu-clock:ppp", point_name[] = "sched:sched_switch",
            dummy_name[] = "dummy:HG";
static const struct perf_event fake_events[] = {
    {.name = clock_name, .type = PERF_TYPE_SOFTWARE, .config = PERF_SW_CPU_CLOCK},
    {.name = point_name, .type = PERF_TYPE_TRACEPOINT, .config = 300},
    {.name = dummy_name, .type = PERF_TYPE_SOFTWARE, .config = PERF_SW_DUMMY},
};

uint32_t perf_session_event_count(const struct perf_session *session)
{
    return sizeof fake_events / sizeof *fake_events;
}

const struct perf_event *perf_session_event(const struct perf_session *session, uint32_t event)
{
    return &fake_events[event];
}

static void defaults_are_period_and_hits(void **state)
{
    CLEANUP(weigher_cleanup) struct weigher *weigher = NULL;
    assert_int_equal(weigher_new(&weigher, NULL, NULL, NULL, NULL), 0);
    assert_int_equal(weigher_column_count(weigher), 2);
    assert_int_equal(weigher_column(weigher, 0)->kind, WEIGHT_PERIOD);
    assert_string_equal(weigher_column(weigher, 0)->unit, "ns");
    assert_int_equal(weigher_column(weigher, 1)->kind, WEIGHT_SAMPLES);
    assert_false(weigher_wants(weigher, 2));
    assert_false(weigher_wants(weigher, 99));
}

static void a_sample_adds_to_each_column_of_its_event(void **state)
{
    CLEANUP(weigher_cleanup) struct weigher *weigher = NULL;
    const char *weights[] = {"samples", "period", NULL};
    assert_int_equal(weigher_new(&weigher, NULL, NULL, weights, NULL), 0);
    const struct weigher_addition *additions;
    const struct perf_sample sample = {.event = 1, .period = 7};
    assert_int_equal(weigher_weigh(weigher, &sample, &additions), 2);
    assert_int_equal(additions[0].column, 2);
    assert_true(additions[0].amount == 1);
    assert_int_equal(additions[1].column, 3);
    assert_true(additions[1].amount == 7);
    weigher_weigh(weigher, &sample, &additions);
    assert_true(weigher_column(weigher, 3)->total == 14);
    assert_true(weigher_column(weigher, 3)->samples == 2);
}

static void hostile_periods_stop_at_the_end_of_the_range(void **state)
{
    CLEANUP(weigher_cleanup) struct weigher *weigher = NULL;
    assert_int_equal(weigher_new(&weigher, NULL, NULL, NULL, NULL), 0);
    const struct weigher_addition *additions;
    const struct perf_sample sample = {.event = 0, .period = UINT64_MAX};
    weigher_weigh(weigher, &sample, &additions);
    weigher_weigh(weigher, &sample, &additions);
    assert_true(additions[0].amount == INT64_MAX);
    assert_true(weigher_column(weigher, 0)->total == INT64_MAX);
}

static void what_is_not_there_is_said_with_what_is(void **state)
{
    struct weigher *weigher = NULL;
    struct pfl_error error;
    const char *events[] = {"cycles", NULL}, *weights[] = {"bytes_alloc", NULL};
    assert_int_equal(weigher_new(&weigher, NULL, events, NULL, &error), -PFL_ERROR_ABSENT);
    assert_non_null(strstr(error.message, "sched:sched_switch"));
    assert_int_equal(weigher_new(&weigher, NULL, NULL, weights, &error), -PFL_ERROR_ABSENT);
    assert_non_null(strstr(error.message, "period"));
    assert_null(weigher);
}

static void events_are_chosen_by_name(void **state)
{
    CLEANUP(weigher_cleanup) struct weigher *weigher = NULL;
    const char *events[] = {"sched:*", NULL};
    assert_int_equal(weigher_new(&weigher, NULL, events, NULL, NULL), 0);
    assert_int_equal(weigher_column_count(weigher), 1);
    assert_true(weigher_wants(weigher, 1));
    assert_false(weigher_wants(weigher, 0));
}

RUN_TESTS(TEST(defaults_are_period_and_hits), TEST(a_sample_adds_to_each_column_of_its_event),
          TEST(hostile_periods_stop_at_the_end_of_the_range),
          TEST(what_is_not_there_is_said_with_what_is), TEST(events_are_chosen_by_name))
