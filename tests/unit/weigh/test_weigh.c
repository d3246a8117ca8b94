/* SPDX-License-Identifier: MIT */
#include "lab.h"

static const struct lab_event events[] = {
    {.name = "cpu-clock", .config = PERF_SW_CPU_CLOCK},
    {.name = "net:rx", .fields = {"len", "signed_delta"}},
    {.name = "dummy", .config = PERF_SW_DUMMY},
    {.name = "page-faults", .config = PERF_SW_PAGE_FAULTS},
};
enum { CLOCK, POINT, DUMMY, FAULT, EVENTS };

static struct lab *lab_of(const char *const *names, const char *const *weights)
{
    static struct lab lab;
    lab = (struct lab){.options = {.events = names, .weights = weights}};
    assert_int_equal(lab_open(&lab, events, EVENTS, NULL), 0);
    return &lab;
}

static void defaults_are_period_and_hits(void **state)
{
    struct lab *lab = lab_of(NULL, NULL);
    assert_int_equal(weigher_column_count(lab->weigher), 3);
    assert_string_equal(weigher_column(lab->weigher, 0)->weight, "period");
    assert_string_equal(weigher_column(lab->weigher, 0)->unit, "ns");
    assert_string_equal(weigher_column(lab->weigher, 1)->weight, "samples");
    assert_string_equal(weigher_column(lab->weigher, 2)->event, "page-faults");
    lab_sample(lab, DUMMY, 10, 1, 0);
    assert_int_equal(lab->rows, 0);
    lab_close(lab);
}

static void a_sample_adds_to_each_column_of_its_event(void **state)
{
    const char *weights[] = {"samples", "period", "len", NULL};
    struct lab *lab = lab_of(NULL, weights);
    lab->events[POINT].sample_period = 3;
    lab_sample(lab, POINT, 10, 1, 100, 0);
    lab_sample(lab, POINT, 10, 1, 11, 0);
    uint32_t row = 0, len = 4;
    assert_int_equal(lab->rows, 2);
    assert_string_equal(weigher_column(lab->weigher, len)->unit, "bytes");
    assert_true(stacks_value(lab->stacks, 2, row) == 2);
    assert_true(stacks_value(lab->stacks, 3, row) == 6);
    assert_true(stacks_value(lab->stacks, len, row) == 333);
    assert_true(weigher_column(lab->weigher, len)->samples == 2);
    lab_close(lab);
}

static void what_is_filtered_is_recorded_only(void **state)
{
    struct lab *lab = lab_of(NULL, NULL);
    lab->refused_tid = 11;
    lab_sample(lab, POINT, 11, 1, 0);
    lab_sample(lab, POINT, 12, 1, 0);
    assert_true(lab_value(lab, "samples", 1) == 1);
    assert_true(lab_recorded(lab, "samples") == 2);
    weigher_set_window(lab->weigher, (struct filter_window){0, 5}, 0);
    lab_sample(lab, POINT, 12, 1, 0);
    assert_true(lab_value(lab, "samples", 1) == 1);
    lab_close(lab);
}

static void negative_fields_count_nothing(void **state)
{
    const char *weights[] = {"field:signed_delta", NULL};
    struct lab *lab = lab_of(NULL, weights);
    lab_sample(lab, POINT, 10, 1, 0, (uint64_t)-5);
    lab_sample(lab, POINT, 10, 1, 0, 7);
    assert_true(lab_value(lab, "signed_delta", 1) == 7);
    assert_true(weigher_report(lab->weigher)->negative == 1);
    lab_close(lab);
}

static void hostile_periods_stop_at_the_end_of_the_range(void **state)
{
    const char *weights[] = {"len", "period", NULL};
    struct lab *lab = lab_of(NULL, weights);
    lab->events[POINT].sample_period = UINT64_MAX;
    lab_sample(lab, POINT, 10, 1, UINT64_MAX / 2);
    lab_sample(lab, POINT, 10, 1, UINT64_MAX / 2);
    assert_true(lab_value(lab, "len", 1) == INT64_MAX);
    assert_true(lab_recorded(lab, "len") == INT64_MAX);
    lab_close(lab);
}

static void what_is_not_there_is_said_with_what_is(void **state)
{
    struct pfl_error error;
    const char *names[] = {"cycles", NULL}, *weights[] = {"bytes_alloc", NULL},
               *derived[] = {"inuse-bytes", NULL};
    struct lab lab = {.options = {.events = names}};
    assert_int_equal(lab_open(&lab, events, EVENTS, &error), -PFL_ERROR_ABSENT);
    assert_non_null(strstr(error.message, "net:rx"));
    lab_close(&lab);
    lab = (struct lab){.options = {.weights = weights}};
    assert_int_equal(lab_open(&lab, events, EVENTS, &error), -PFL_ERROR_ABSENT);
    assert_non_null(strstr(error.message, "signed_delta"));
    lab_close(&lab);
    lab = (struct lab){.options = {.weights = derived}};
    assert_int_equal(lab_open(&lab, events, EVENTS, &error), -PFL_ERROR_ABSENT);
    assert_non_null(strstr(error.message, "alloc-bytes"));
    lab_close(&lab);
}

static void events_are_chosen_by_name(void **state)
{
    const char *names[] = {"net:*", NULL};
    struct lab *lab = lab_of(names, NULL);
    assert_int_equal(weigher_column_count(lab->weigher), 1);
    lab_sample(lab, CLOCK, 10, 1, 0);
    assert_int_equal(lab->rows, 0);
    lab_close(lab);
}

static void faults_weigh_pages_when_asked(void **state)
{
    const char *names[] = {"faults", NULL};
    struct lab *lab = lab_of(names, NULL);
    lab->events[FAULT].sample_period = 2;
    lab_sample(lab, FAULT, 10, 1, 0);
    assert_true(lab_value(lab, "alloc-bytes", 1) == 8192);
    assert_true(lab_value(lab, "alloc-count", 1) == 2);
    assert_true(lab_value(lab, "inuse-bytes", 1) == -1);
    lab_close(lab);
}

static void where_chooses_among_those_that_have_its_fields(void **state)
{
    struct where *where = NULL;
    assert_int_equal(where_new(&where, "len > 10", NULL), 0);
    struct lab lab = {.options = {.where = where}};
    assert_int_equal(lab_open(&lab, events, EVENTS, NULL), 0);
    lab_sample(&lab, POINT, 10, 1, 11);
    lab_sample(&lab, POINT, 10, 1, 10);
    lab_sample(&lab, CLOCK, 10, 2, 0);
    assert_true(lab_value(&lab, "samples", 1) == 1);
    assert_true(lab_value(&lab, "period", 2) == 1);
    lab_close(&lab);
    where_free(where);
    struct pfl_error error;
    assert_int_equal(where_new(&where, "nothing", NULL), 0);
    lab = (struct lab){.options = {.where = where}};
    assert_int_equal(lab_open(&lab, events, EVENTS, &error), -PFL_ERROR_ABSENT);
    lab_close(&lab);
    where_free(where);
}

/* Wherever the formats are cut, what is there is used and nothing else is read. */
static void formats_may_be_cut_anywhere(void **state)
{
    struct buffer whole = {0};
    lab_put_tracing(&whole, events, EVENTS);
    for (size_t size = 0; size <= whole.size; size++) {
        struct perf_event list[EVENTS] = {[POINT] = {.type = PERF_TYPE_TRACEPOINT, .config = 101}};
        struct perf_session session = {.events = list, .count = EVENTS};
        struct formats formats = {0};
        buffer_append(&session.tracing, whole.data, size); /* of its size, for the sanitizer */
        assert_int_equal(formats_read(&formats, &session, NULL), 0);
        assert_int_equal(formats.list[POINT].own, size == whole.size ? 2 : 0);
        formats_done(&formats);
        buffer_done(&session.tracing);
    }
    buffer_done(&whole);
}

static void formats_survive_any_byte(void **state)
{
    struct buffer whole = {0};
    lab_put_tracing(&whole, events, EVENTS);
    for (size_t i = 0; i < whole.size; i++) {
        struct perf_event list[EVENTS] = {[POINT] = {.type = PERF_TYPE_TRACEPOINT, .config = 101}};
        struct perf_session session = {.events = list, .count = EVENTS};
        struct formats formats = {0};
        buffer_append(&session.tracing, whole.data, whole.size);
        session.tracing.data[i] = (char)(i % 2 ? 0xff : session.tracing.data[i] ^ 0x11);
        assert_int_equal(formats_read(&formats, &session, NULL), 0);
        formats_done(&formats);
        buffer_done(&session.tracing);
    }
    buffer_done(&whole);
}

/* Each line of a format in turn is made what the kernel does not write. */
static void damaged_fields_are_counted(void **state)
{
    static const struct {
        const char *line, *damage;
        uint32_t damaged;
    } cases[] = {
        {"\tfield:u64 len;", "\tfield:u64 len;", 0},
        {"\tfield:u64 len;", "\tfield:u64 l[];", 0},
        {"\tfield:u64 len;", "\tfield:char *l;", 0},
        {"\tfield:u64 len;", "\tfiedl:u64 len;", 1},
        {"\tfield:u64 len;", "\tfield:u64 l\1n;", 1},
        {"\tfield:u64 len;", "\tfield:u64 l?n;", 1},
        {"\tfield:u64 len;", "\tfield:u64 len ", 1},
        {"\toffset:8;", "\toffset:x;", 1},
        {"\toffset:8;", "\toff\0et:8;", 1},
        {"signed:0;\n", "signed:0;;", 1},
        {"format:", "fxrmat:", 1},
        {"print fmt:", "prXnt fmt:", 0},
    };
    struct buffer whole = {0};
    lab_put_tracing(&whole, events, EVENTS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct perf_event list[EVENTS] = {[POINT] = {.type = PERF_TYPE_TRACEPOINT, .config = 101}};
        struct perf_session session = {.events = list, .count = EVENTS};
        struct formats formats = {0};
        size_t length = strlen(cases[i].line);
        buffer_append(&session.tracing, whole.data, whole.size);
        char *at = memmem(session.tracing.data, whole.size, cases[i].line, length);
        assert_non_null(at);
        memcpy(at, cases[i].damage, length);
        assert_int_equal(formats_read(&formats, &session, NULL), 0);
        assert_int_equal(formats.list[POINT].damaged, cases[i].damaged);
        assert_false(formats.list[POINT].missing || formats.list[CLOCK].missing);
        formats_done(&formats);
        buffer_done(&session.tracing);
    }
    buffer_done(&whole);
}

/* Not for an allocation that lost what tells it from a free. */
static void a_damaged_allocation_frees_nothing(void **state)
{
    const struct lab_event kmem[] = {
        {.name = "kmem:kmalloc", .fields = {"call_site", "ptr", "bytes_req", "bytes_alloc"}},
        {.name = "kmem:kmem_cache_alloc", .fields = {"call_site", "ptr", "b?tes_alloc"}},
        {.name = "kmem:kfree", .fields = {"call_site", "ptr", "n?thing"}},
        {.name = "kmem:mm_page_alloc", .fields = {"pfn", "order", "gfp?flags", "migr?type"}},
    };
    const char *weights[] = {"inuse-bytes", NULL};
    struct lab lab = {.options = {.weights = weights}};
    assert_int_equal(lab_open(&lab, kmem, 4, NULL), 0);
    assert_true(weigher_weighs(lab.weigher, 0) && weigher_weighs(lab.weigher, 2));
    assert_false(weigher_weighs(lab.weigher, 1) || weigher_weighs(lab.weigher, 3));
    lab_sample(&lab, 0, 10, 1, 0, 0x1000, 60, 64);
    lab_sample(&lab, 0, 10, 2, 0, 0x2000, 60, 64);
    lab_sample(&lab, 1, 10, 3, 0, 0x1000, 64);
    lab_sample(&lab, 2, 10, 4, 0, 0x2000);
    lab_finish(&lab);
    assert_true(lab_value(&lab, "inuse-bytes", 1) == 64);
    assert_true(lab_value(&lab, "inuse-bytes", 2) == 0);
    lab_close(&lab);
}

RUN_TESTS(TEST(defaults_are_period_and_hits), TEST(a_sample_adds_to_each_column_of_its_event),
          TEST(what_is_filtered_is_recorded_only), TEST(negative_fields_count_nothing),
          TEST(hostile_periods_stop_at_the_end_of_the_range),
          TEST(what_is_not_there_is_said_with_what_is), TEST(events_are_chosen_by_name),
          TEST(faults_weigh_pages_when_asked), TEST(where_chooses_among_those_that_have_its_fields),
          TEST(formats_may_be_cut_anywhere), TEST(formats_survive_any_byte),
          TEST(damaged_fields_are_counted), TEST(a_damaged_allocation_frees_nothing))
