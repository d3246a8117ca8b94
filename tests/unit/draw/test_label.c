/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/text.h"
#include "draw/label.h"

/* Every byte is a px wide, so that widths are easy to read here. As with Pango, what is measured
 * must be whole characters. */
static double bytes_wide(const void *context, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        struct text_char c = text_next(text + at, length - at);
        assert_true(c.valid);
        at += c.size;
    }
    return (double)length;
}

static struct buffer text;

static const char *label(const char *name, double width)
{
    struct label_ruler ruler = {bytes_wide, NULL};
    buffer_clear(&text);
    label_append(&text, name, width, &ruler);
    return buffer_string(&text);
}

static const char *elided(const char *name, char open, char close)
{
    buffer_clear(&text);
    label_elide(&text, name, strlen(name), open, close);
    return buffer_string(&text);
}

static void what_fits_is_whole(void **state)
{
    assert_string_equal(label("run(int, char const*)", 21), "run(int, char const*)");
    buffer_done(&text);
}

static void arguments_go_first_then_templates_then_paths_then_the_tail(void **state)
{
    const char *name = "std::vector<int, alloc<int> >::push(int const&)";
    assert_string_equal(label(name, 46), "std::vector<int, alloc<int> >::push(…)");
    assert_string_equal(label(name, 30), "std::vector<…>::push(…)");
    assert_string_equal(label(name, 12), "std::vect…");
    assert_string_equal(label("cmd/compile/internal/ssa.Compile", 20), "ssa.Compile");
    assert_string_equal(label("cmd/compile/internal/ssa.Compile", 9), "ssa.Co…");
    assert_string_equal(label("main", 5), "main");
    assert_string_equal(label("mainly", 5), "");
    buffer_done(&text);
}

static void names_that_look_like_groups_stay(void **state)
{
    assert_string_equal(elided("operator()(int)", '(', ')'), "operator()(…)");
    assert_string_equal(elided("main.(*T).Run", '(', ')'), "main.(*T).Run");
    assert_string_equal(elided("(anonymous namespace)::f(int)", '(', ')'),
                        "(anonymous namespace)::f(…)");
    assert_string_equal(elided("operator<", '<', '>'), "operator<");
    assert_string_equal(elided("f<x->y>", '<', '>'), "f<…>");
    assert_string_equal(elided("f(unclosed", '(', ')'), "f(unclosed");
    buffer_done(&text);
}

static void a_cut_is_never_inside_a_character(void **state)
{
    for (double width = 0; width < 30; width++) {
        const char *cut = label("ééé日本語日本語日本語", width);
        for (size_t at = 0, length = strlen(cut); at < length;) {
            struct text_char c = text_next(cut + at, length - at);
            assert_true(c.valid);
            at += c.size;
        }
        assert_true(strlen(cut) <= width);
    }
    buffer_done(&text);
}

static void a_long_name_ends_with_a_whole_character(void **state)
{
    static char name[4096];
    for (size_t before = 0; before < 4; before++) {
        memset(name, 'x', before);
        for (size_t at = before; at + 4 < sizeof name; at += 4)
            memcpy(name + at, "\xf0\x9f\x94\xa5", 5);
        const char *whole = label(name, 1e6);
        assert_true(strlen(whole) > 2044 && strlen(whole) <= 2048);
        assert_null(strstr(whole, "\xef\xbf\xbd"));
    }
    buffer_done(&text);
}

static void hostile_names_are_made_safe_and_cost_little(void **state)
{
    assert_string_equal(label("a\x1b[2J\xff", 40), "a\xef\xbf\xbd[2J\xef\xbf\xbd");
    static char deep[64 * 1024];
    memset(deep, '<', sizeof deep - 1);
    deep[0] = 'f';
    assert_true(strlen(label(deep, 100)) <= 100);
    memset(deep, '\x80', sizeof deep - 1);
    assert_true(strlen(label(deep, 100)) <= 100);
    buffer_done(&text);
}

static void the_estimate_grows_with_the_size(void **state)
{
    double small = 10, large = 20;
    assert_true(label_estimate(&small, "mmm", 3) > label_estimate(&small, "iii", 3));
    assert_true(label_estimate(&large, "abc", 3) == 2 * label_estimate(&small, "abc", 3));
}

RUN_TESTS(TEST(what_fits_is_whole),
          TEST(arguments_go_first_then_templates_then_paths_then_the_tail),
          TEST(names_that_look_like_groups_stay), TEST(a_cut_is_never_inside_a_character),
          TEST(a_long_name_ends_with_a_whole_character),
          TEST(hostile_names_are_made_safe_and_cost_little), TEST(the_estimate_grows_with_the_size))
