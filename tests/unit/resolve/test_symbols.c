/* SPDX-License-Identifier: MIT */

#include "../check.h"

#include <stdio.h>

#include "base/mem.h"
#include "resolve/symbols.h"

#define MOST 60

struct offer {
    uint64_t start, end;
    bool module;
    uint8_t binding;
    bool label;
};

/* Numbers that look random and are the same each time. */
static uint64_t chance(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

/* Aliases, symbols within symbols, symbols without a size, in no order. */
static size_t make_offers(struct offer *offers, uint64_t *state)
{
    size_t count = chance(state, MOST) + 1;
    for (size_t i = 0; i < count; i++) {
        uint64_t start = chance(state, 40) * 8192 + 4096, size = 0;
        if (chance(state, 3))
            size = chance(state, chance(state, 4) ? 8192 : 200000);
        offers[i] = (struct offer){start, start + size, chance(state, 5) == 0,
                                   (uint8_t)chance(state, 3), size == 0 && chance(state, 2)};
    }
    return count;
}

static void take(struct symbols *symbols, const struct offer *offers, size_t count)
{
    char name[32];
    do {
        for (size_t i = 0; i < count; i++) {
            struct symbol symbol = {.start = offers[i].start,
                                    .end = offers[i].end,
                                    .binding = offers[i].binding,
                                    .label = offers[i].label};
            if (offers[i].module)
                assert_int_equal(symbols_module(symbols, "[m]", 3, &symbol.module), 0);
            if (!symbols_takes(symbols, symbol.start, symbol.end))
                continue;
            int length = snprintf(name, sizeof name, "%.*s%zu", (int)(i % 3), "__", i);
            assert_int_equal(symbols_text(symbols, name, (size_t)length, &symbol.name), 0);
            assert_int_equal(symbols_add(symbols, &symbol), 0);
        }
    } while (symbols_again(symbols));
    assert_int_equal(symbols_finish(symbols), 0);
}

static void a_table_of_what_is_wanted_answers_like_one_of_all(void **test_state)
{
    uint64_t state = 5;
    size_t kept = 0, all_of_them = 0;
    for (int round = 0; round < 3000; round++) {
        struct symbols all = {.later_wins = round % 4 == 0}, few = {.later_wins = round % 4 == 0};
        struct offer offers[MOST];
        uint64_t wants[12];
        size_t count = make_offers(offers, &state), wanted = chance(&state, 12) + 1;
        for (size_t i = 0; i < wanted; i++)
            wants[i] =
                chance(&state, 2) ? chance(&state, 42 * 8192) : offers[chance(&state, count)].start;
        assert_int_equal(symbols_want(&few, wants, wanted), 0);
        take(&all, offers, count);
        take(&few, offers, count);
        for (size_t i = 0; i < wanted; i++) {
            struct symbol *a = symbols_find(&all, wants[i]), *b = symbols_find(&few, wants[i]);
            assert_true(!a == !b);
            if (a)
                assert_string_equal(symbols_name(&all, a), symbols_name(&few, b));
        }
        assert_int_equal(all.offered, few.offered);
        assert_int_equal(all.module_count, few.module_count);
        kept += few.count;
        all_of_them += all.count;
        symbols_done(&all);
        symbols_done(&few);
    }
    assert_true(kept < all_of_them);
}

static void a_large_table_keeps_little(void **test_state)
{
    struct symbols symbols = {0};
    const uint64_t wants[] = {5000 * 16 + 3, 90000 * 16};
    struct offer offer = {0};
    size_t rounds = 0;
    assert_int_equal(symbols_want(&symbols, wants, 2), 0);
    do {
        rounds++;
        for (uint64_t i = 0; i < 100000; i++) {
            offer.start = i * 16;
            if (symbols_takes(&symbols, offer.start, offer.start)) {
                struct symbol symbol = {.start = offer.start, .end = offer.start};
                assert_int_equal(symbols_text(&symbols, "x", 1, &symbol.name), 0);
                assert_int_equal(symbols_add(&symbols, &symbol), 0);
            }
        }
    } while (symbols_again(&symbols));
    assert_int_equal(symbols_finish(&symbols), 0);
    assert_int_equal(rounds, 2);
    assert_int_equal(symbols.offered, 100000);
    assert_true(symbols.count <= 6);
    assert_int_equal(symbols_find(&symbols, wants[0])->start, 5000 * 16);
    assert_int_equal(symbols_find(&symbols, wants[1])->start, 90000 * 16);
    symbols_done(&symbols);
}

/* As in the builtins of node: a function with marks in it, and one behind it. */
static void a_label_does_not_cut_the_function_it_is_in(void **test_state)
{
    struct symbols symbols = {0};
    const struct offer offers[] = {{.start = 100, .end = 180},
                                   {.start = 130, .end = 130, .label = true},
                                   {.start = 150, .end = 150, .label = true},
                                   {.start = 160, .end = 160},
                                   {.start = 300, .end = 310}};
    take(&symbols, offers, 5);
    assert_int_equal(symbols_find(&symbols, 120)->start, 100);
    assert_int_equal(symbols_find(&symbols, 130)->start, 100);
    assert_int_equal(symbols_find(&symbols, 155)->start, 100);
    assert_int_equal(symbols_find(&symbols, 170)->start, 160); /* no mark, but a name */
    symbols_done(&symbols);
}

static void a_label_outside_of_functions_names_what_follows(void **test_state)
{
    struct symbols symbols = {0};
    const struct offer offers[] = {{.start = 100, .end = 180},
                                   {.start = 170, .end = 170, .label = true},
                                   {.start = 200, .end = 200, .label = true},
                                   {.start = 300, .end = 310}};
    take(&symbols, offers, 4);
    assert_int_equal(symbols_find(&symbols, 175)->start, 100);
    assert_int_equal(symbols_find(&symbols, 190)->start, 170);
    assert_int_equal(symbols_find(&symbols, 210)->start, 200);
    symbols_done(&symbols);
}

static void a_symbol_without_a_size_ends_where_its_section_does(void **test_state)
{
    struct symbols symbols = {0};
    const struct symbol made[] = {{.start = 100, .end = 100, .limit = 120},
                                  {.start = 200, .end = 200, .limit = 400},
                                  {.start = 300, .end = 350},
                                  {.start = 500, .end = 500, .limit = 510}};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(symbols_add(&symbols, &made[i]), 0);
    assert_int_equal(symbols_finish(&symbols), 0);
    assert_int_equal(symbols_find(&symbols, 119)->start, 100);
    assert_null(symbols_find(&symbols, 120));
    assert_int_equal(symbols_find(&symbols, 299)->start, 200);
    assert_null(symbols_find(&symbols, 350));
    assert_int_equal(symbols_find(&symbols, 509)->start, 500);
    assert_null(symbols_find(&symbols, 510));
    symbols_done(&symbols);
}

static void a_second_source_is_asked_where_the_first_had_nothing(void **test_state)
{
    struct symbols symbols = {0};
    const uint64_t want = 110;
    const struct offer offers[] = {{.start = 50, .end = 60}, {.start = 100, .end = 120}};
    assert_int_equal(symbols_want(&symbols, &want, 1), 0);
    take(&symbols, offers, 0);
    assert_int_equal(symbols.offered, 0);
    take(&symbols, offers, 2);
    assert_int_equal(symbols.offered, 2);
    assert_int_equal(symbols_find(&symbols, want)->start, 100);
    symbols_done(&symbols);
}

static void without_memory_it_says_so(void **test_state)
{
    const uint64_t wants[] = {10, 20};
    const struct offer offer = {.start = 5, .end = 15};
    for (long n = 0; n < 3; n++) {
        struct symbols symbols = {0};
        mem_fail_after(n);
        int r = symbols_want(&symbols, wants, 2);
        if (r == 0) {
            (void)symbols_takes(&symbols, offer.start, offer.end);
            assert_false(symbols_again(&symbols));
            r = symbols_finish(&symbols);
        }
        mem_fail_after(-1);
        assert_int_equal(r, -1);
        symbols_done(&symbols);
    }
}

RUN_TESTS(TEST(a_table_of_what_is_wanted_answers_like_one_of_all), TEST(a_large_table_keeps_little),
          TEST(a_label_does_not_cut_the_function_it_is_in),
          TEST(a_label_outside_of_functions_names_what_follows),
          TEST(a_symbol_without_a_size_ends_where_its_section_does),
          TEST(a_second_source_is_asked_where_the_first_had_nothing),
          TEST(without_memory_it_says_so))
