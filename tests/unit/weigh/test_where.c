/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/error.h"
#include "weigh/where.h"

static struct format_field fields[] = {
    {.name = (char[]){"size"}, .at = {.offset = 0, .size = 8}},
    {.name = (char[]){"flags"}, .at = {.offset = 8, .size = 4}},
    {.name = (char[]){"delta"}, .at = {.offset = 12, .size = 4, .is_signed = true}},
};
static const struct format format = {.fields = fields, .count = 3, .own = 3};

static bool holds(const char *text, uint64_t size, uint32_t flags, int32_t delta)
{
    CLEANUP(where_cleanup) struct where *where = NULL;
    struct where_places places = {0};
    uint8_t raw[16];
    memcpy(raw, &size, 8);
    memcpy(raw + 8, &flags, 4);
    memcpy(raw + 12, &delta, 4);
    assert_int_equal(where_new(&where, text, NULL), 0);
    assert_int_equal(where_bind(where, &format, &places, NULL), 1);
    bool result =
        where_holds(where, &places, &(struct perf_sample){.raw = raw, .raw_size = sizeof raw});
    where_places_done(&places);
    return result;
}

static void operators_bind_as_in_c(void **state)
{
    assert_true(holds("size > 4096 && flags & 0x100", 5000, 0x300, 0));
    assert_false(holds("size > 4096 && flags & 0x100", 5000, 0x200, 0));
    assert_true(holds("1 + 2 * 3 == 7", 0, 0, 0));
    assert_true(holds("(1 + 2) * 3 == 9", 0, 0, 0));
    assert_true(holds("10 - 2 - 3 == 5", 0, 0, 0));
    assert_true(holds("1 << 2 + 1 == 8", 0, 0, 0));
    assert_true(holds("!size || flags == 1", 0, 0, 0));
    assert_true(holds("~flags & 1", 0, 2, 0));
    assert_true(holds("7 % 4 == 3 && 7 / 2 == 3 && (6 ^ 3) == 5 && (4 | 1) == 5", 0, 0, 0));
    assert_true(holds("!!size == 1 != 0", 3, 0, 0));
}

static void signs_are_those_of_the_fields(void **state)
{
    assert_true(holds("delta < 0", 0, 0, -1));
    assert_true(holds("delta < size", 0, 0, -1));
    assert_true(holds("delta == -1", 0, 0, -1));
    assert_false(holds("size < 0", UINT64_MAX, 0, 0));
    assert_true(holds("size > 0xffff888000000000", UINT64_MAX, 0, 0));
    assert_true(holds("delta / 2 == -3", 0, 0, -6));
}

static void nothing_traps(void **state)
{
    assert_false(holds("1 / flags", 0, 0, 0));
    assert_false(holds("1 % flags", 0, 0, 0));
    assert_false(holds("1 << 64", 0, 0, 0));
    assert_true(holds("((0 - 9223372036854775807 - 1) / delta) < 0", 0, 0, -1));
}

static void errors_have_a_column(void **state)
{
    static const struct {
        const char *text, *column;
    } wrong[] = {
        {"", "column 1:"},
        {"size >", "column 7:"},
        {"size > > 3", "column 8:"},
        {"size = 3", "column 6:"},
        {"(size > 3", "column 10:"},
        {"size > 3)", "column 9:"},
        {"size 3", "column 6:"},
        {"size > 3x", "column 8:"},
        {"size > 0x", "column 8:"},
        {"$size", "column 1:"},
        {"99999999999999999999 > 1", "column 1:"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct where *where = NULL;
        struct pfl_error error;
        assert_int_equal(where_new(&where, wrong[i].text, &error), -PFL_ERROR_USAGE);
        assert_non_null(strstr(error.message, wrong[i].column));
        assert_null(where);
    }
}

static void what_is_too_long_or_too_deep_is_refused(void **state)
{
    char text[4096];
    struct where *where = NULL;
    memset(text, '(', 2000);
    strcpy(text + 2000, "1");
    assert_int_equal(where_new(&where, text, NULL), -PFL_ERROR_USAGE);
    *text = '\0';
    for (int i = 0; i < 300; i++)
        strcat(text, i ? "+1" : "1");
    assert_int_equal(where_new(&where, text, NULL), -PFL_ERROR_USAGE);
    memset(text, '!', 3000);
    strcpy(text + 3000, "1");
    assert_int_equal(where_new(&where, text, NULL), -PFL_ERROR_USAGE);
}

static void an_event_without_a_field_is_not_judged(void **state)
{
    CLEANUP(where_cleanup) struct where *where = NULL;
    struct where_places places = {0};
    assert_int_equal(where_new(&where, "size && other", NULL), 0);
    assert_int_equal(where_bind(where, &format, &places, NULL), 0);
    assert_null(places.fields);
}

RUN_TESTS(TEST(operators_bind_as_in_c), TEST(signs_are_those_of_the_fields), TEST(nothing_traps),
          TEST(errors_have_a_column), TEST(what_is_too_long_or_too_deep_is_refused),
          TEST(an_event_without_a_field_is_not_judged))
