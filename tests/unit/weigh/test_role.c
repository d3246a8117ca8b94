/* SPDX-License-Identifier: MIT */
#include "lab.h"

#include "weigh/pair.h"

static void check_function(const char *event, const char *function)
{
    char name[64];
    role_function_name(event, name, sizeof name);
    assert_string_equal(name, function);
}

static void functions_are_found_under_the_names_that_perf_gives(void **state)
{
    check_function("probe_libc:malloc", "malloc");
    check_function("probe_libc:malloc__return", "malloc");
    check_function("mine:malloc_ret__return", "malloc");
    check_function("probe_libc:malloc_1", "malloc");
    check_function("probe_libc:malloc_entry", "malloc");
    check_function("probe_libjemalloc:je_malloc_2", "malloc");
    check_function("probe_libc:__libc_calloc", "calloc");
    check_function("syscalls:sys_enter_mmap", "mmap");
    check_function("probe_libstdc:_Znwm", "Znwm");
    check_function("probe:posix_memalign__return", "posix_memalign");
    check_function("_", "");
    check_function(":::", "");
}

static const struct lab_event events[] = {
    {.name = "app:get", .fields = {"__probe_ip", "n"}},
    {.name = "app:get__return", .fields = {"__probe_func", "__probe_ret_ip", "r"}},
    {.name = "app:put", .fields = {"__probe_ip", "what"}},
    {.name = "kernel:grab", .fields = {"bytes", "where"}},
    {.name = "kernel:drop", .fields = {"where"}},
    {.name = "app:malloc", .fields = {"__probe_ip"}},
    {.name = "app:want", .fields = {"__probe_ip", "n"}},
    {.name = "mine:got", .fields = {"__probe_func", "__probe_ret_ip", "r"}},
};
enum { GET, GET_RETURN, PUT, GRAB, DROP, BARE, WANT, GOT, EVENTS };

static void pairs_of_the_user_s_own_are_followed(void **state)
{
    const char *pairs[] = {"app:get:size=n:ptr=r,app:put:ptr=what",
                           "kernel:grab:size=bytes:ptr=where,kernel:drop:ptr=where", NULL};
    const char *weights[] = {"inuse-bytes", "alloc-bytes", NULL};
    struct lab lab = {.options = {.pairs = pairs, .weights = weights}};
    assert_int_equal(lab_open(&lab, events, EVENTS, NULL), 0);
    lab_sample(&lab, GET, 11, 99, 0x1000, 64);
    lab_sample(&lab, GET_RETURN, 11, 1, 0x1000, 0, 0xa0);
    lab_sample(&lab, GET, 11, 99, 0x1000, 32);
    lab_sample(&lab, GET_RETURN, 11, 1, 0x1000, 0, 0xb0);
    lab_sample(&lab, PUT, 12, 99, 0x2000, 0xa0);
    lab_sample(&lab, GRAB, 11, 2, 500, 0xa0);
    lab_sample(&lab, GRAB, 11, 2, 600, 0xc0);
    lab_sample(&lab, DROP, 11, 99, 0xc0);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 1), 32);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 1), 96);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 2), 500);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 2), 1100);
    lab_close(&lab);
}

static void a_return_probe_may_have_a_name_of_its_own(void **state)
{
    const char *pairs[] = {"app:want:size=n:return=mine:got:ptr=r,app:put:ptr=what", NULL};
    const char *weights[] = {"inuse-bytes", "alloc-bytes", NULL};
    struct lab lab = {.options = {.pairs = pairs, .weights = weights}};
    assert_int_equal(lab_open(&lab, events, EVENTS, NULL), 0);
    lab_sample(&lab, WANT, 11, 99, 0x1000, 64);
    lab_sample(&lab, GOT, 11, 1, 0x1000, 0, 0xa0);
    lab_sample(&lab, WANT, 11, 99, 0x1000, 32);
    lab_sample(&lab, GOT, 11, 1, 0x1000, 0, 0xb0);
    lab_sample(&lab, PUT, 12, 99, 0x2000, 0xa0);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 1), 32);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 1), 96);
    lab_close(&lab);
}

static void refuse(const char *pair, enum pfl_error_code code, const char *word)
{
    const char *pairs[] = {pair, NULL};
    struct pfl_error error;
    struct lab lab = {.options.pairs = pairs};
    assert_int_equal(lab_open(&lab, events, EVENTS, &error), -(int)code);
    assert_non_null(strstr(error.message, word));
    lab_close(&lab);
}

static void pairs_that_are_not_there_are_named(void **state)
{
    refuse("app:nothing:size=n,app:put:ptr=what", PFL_ERROR_ABSENT, "app:nothing");
    refuse("app:get:size=x:ptr=r,app:put:ptr=what", PFL_ERROR_ABSENT, "'x'");
    refuse("app:get:size=n:ptr=r,app:put:ptr=y", PFL_ERROR_ABSENT, "'y'");
    refuse("app:want:size=n:ptr=r,app:put:ptr=what", PFL_ERROR_ABSENT, ":return=EVENT");
    refuse("app:want:size=n:ptr=r:return=app:no,app:put:ptr=what", PFL_ERROR_ABSENT, "'app:no'");
    refuse("app:get:size=n:ptr=r:return=app:put,app:put:ptr=what", PFL_ERROR_ABSENT,
           "return probe");
    refuse("app:get:size=n,app:put:ptr=what:return=mine:got", PFL_ERROR_USAGE, ":return=EVENT");
    refuse("app:get:return=,app:put", PFL_ERROR_USAGE, "app:get");
    refuse("app:get", PFL_ERROR_USAGE, "ALLOC:size=");
    refuse("app:get:colour=red,app:put", PFL_ERROR_USAGE, "app:get");
    refuse(",", PFL_ERROR_USAGE, "pair");
    assert_int_equal(pair_check("a:b:size=c:ptr=d,e:f", NULL), 0);
}

/* Without arguments there is nothing to weigh, but calls can be counted. */
static void a_probe_without_arguments_counts_calls(void **state)
{
    struct lab lab = {0};
    assert_int_equal(lab_open(&lab, events, EVENTS, NULL), 0);
    lab_sample(&lab, BARE, 11, 1, 0x1000);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "alloc-count", 1), 1);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 1), -1);
    assert_int_equal(lab_value(&lab, "inuse-count", 1), -1);
    const struct weigher_family *heap = &weigher_report(lab.weigher)->families[FAMILY_HEAP];
    assert_true(heap->present && heap->walked && !heap->sized && !heap->returns && !heap->frees);
    assert_string_equal(heap->event, "app:malloc");
    lab_close(&lab);
}

RUN_TESTS(TEST(functions_are_found_under_the_names_that_perf_gives),
          TEST(pairs_of_the_user_s_own_are_followed),
          TEST(a_return_probe_may_have_a_name_of_its_own), TEST(pairs_that_are_not_there_are_named),
          TEST(a_probe_without_arguments_counts_calls))
