/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "resolve/jit/perfmap.h"

static const char *name_at(struct symbols *symbols, uint64_t address)
{
    struct symbol *symbol = symbols_find(symbols, address);
    return symbol ? symbols_name(symbols, symbol) : "";
}

static void read_map(struct symbols *symbols, const char *text)
{
    struct perfmap map = {(char *)(uintptr_t)text, strlen(text)};
    assert_int_equal(perfmap_read(symbols, &map, 1), 0);
}

static void names_may_hold_spaces(void **state)
{
    struct symbols symbols = {0};
    read_map(&symbols, "1000 20 LazyCompile:*add /app/x.js:3\n0x1020 0x10 void A.b(int, long)\r\n");
    assert_string_equal(name_at(&symbols, 0x101f), "LazyCompile:*add /app/x.js:3");
    assert_string_equal(name_at(&symbols, 0x1020), "void A.b(int, long)");
    assert_string_equal(name_at(&symbols, 0x1030), "");
    symbols_done(&symbols);
}

static void later_entries_win_over_what_they_overlap(void **state)
{
    struct symbols symbols = {0};
    read_map(&symbols, "1000 100 old\n1000 100 new\n2010 10 inner_old\n2000 100 over_it\n"
                       "3000 100 outer_old\n3010 10 inner_new\n");
    assert_string_equal(name_at(&symbols, 0x1050), "new");
    assert_string_equal(name_at(&symbols, 0x2015), "over_it");
    assert_string_equal(name_at(&symbols, 0x3015), "inner_new");
    assert_string_equal(name_at(&symbols, 0x3050), "outer_old");
    symbols_done(&symbols);
}

static void of_several_maps_the_last_wins(void **state)
{
    struct symbols symbols = {0};
    char first[] = "1000 100 parent\n2000 100 parents_alone", last[] = "1000 40 child\n";
    struct perfmap maps[] = {{NULL, 0}, {first, strlen(first)}, {last, strlen(last)}};
    assert_int_equal(perfmap_read(&symbols, maps, 3), 0);
    assert_string_equal(name_at(&symbols, 0x1010), "child");
    assert_string_equal(name_at(&symbols, 0x2010), "parents_alone");
    symbols_done(&symbols);
}

static void garbage_is_skipped(void **state)
{
    struct symbols symbols = {0};
    read_map(&symbols, "\n\nhello world\n1000\n1000 20\n1000 20 \n1000 0 empty\n-5 5 x\n"
                       "ffffffffffffffff 20 wraps\n123456789012345678 2 long\n4000 8 good");
    assert_int_equal(symbols.count, 1);
    assert_string_equal(name_at(&symbols, 0x4007), "good");
    symbols_done(&symbols);
    read_map(&symbols, "");
    assert_string_equal(name_at(&symbols, 0), "");
    symbols_done(&symbols);
}

static void a_name_ends_at_a_nul(void **state)
{
    struct symbols symbols = {0};
    char text[] = "10 10 ab\0cd\n20 10 next\n";
    struct perfmap map = {text, sizeof text - 1};
    assert_int_equal(perfmap_read(&symbols, &map, 1), 0);
    assert_string_equal(name_at(&symbols, 0x10), "ab");
    assert_string_equal(name_at(&symbols, 0x20), "next");
    symbols_done(&symbols);
}

RUN_TESTS(TEST(names_may_hold_spaces), TEST(later_entries_win_over_what_they_overlap),
          TEST(of_several_maps_the_last_wins), TEST(garbage_is_skipped), TEST(a_name_ends_at_a_nul))
