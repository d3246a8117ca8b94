/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "resolve/kallsyms.h"

static const char list[] = "ffffffff81000000 T _stext\n"
                           "ffffffff81000000 T _text\n"
                           "ffffffff81000100 t helper\n"
                           "ffffffff81000200 W weak_one\n"
                           "ffffffff81000200 t local_one\n"
                           "ffffffff81000200 T global_one\n"
                           "ffffffff81000300 T __x64_sys_read\n"
                           "ffffffff81000400 r not_code\n"
                           "ffffffff81000480 D data\n"
                           "ffffffffc0000010 t mod_init\t[snd_pcm]\n"
                           "ffffffffc0000090 t mod_last\t[snd_pcm]\n";

static const char *name_at(struct symbols *symbols, uint64_t address)
{
    struct symbol *symbol = symbols_find(symbols, address);
    return symbol ? symbols_name(symbols, symbol) : "";
}

static void read_list(struct symbols *symbols, const char *text,
                      struct kallsyms_reference reference, bool hidden)
{
    bool is_hidden;
    assert_int_equal(kallsyms_read(symbols, text, strlen(text), &reference, &is_hidden), 0);
    assert_int_equal(is_hidden, hidden);
}

static void a_symbol_reaches_to_the_next_one(void **state)
{
    struct symbols symbols = {0};
    read_list(&symbols, list, (struct kallsyms_reference){0}, false);
    assert_string_equal(name_at(&symbols, 0xffffffff810000ff), "_text");
    assert_string_equal(name_at(&symbols, 0xffffffff81000100), "helper");
    assert_string_equal(name_at(&symbols, 0xffffffff810001ff), "helper");
    assert_string_equal(name_at(&symbols, 0xffffffff81000401), "__x64_sys_read");
    assert_string_equal(name_at(&symbols, 0xffffffff80ffffff), "");
    symbols_done(&symbols);
}

static void the_last_of_the_kernel_and_of_modules_end_with_their_page(void **state)
{
    struct symbols symbols = {0};
    read_list(&symbols, list, (struct kallsyms_reference){0}, false);
    assert_string_equal(name_at(&symbols, 0xffffffff81001fff), "data");
    assert_string_equal(name_at(&symbols, 0xffffffff81002000), "");
    assert_string_equal(name_at(&symbols, 0xffffffffc0000091), "mod_last");
    assert_string_equal(name_at(&symbols, 0xffffffffc0002000), "");
    struct symbol *symbol = symbols_find(&symbols, 0xffffffffc0000010);
    assert_string_equal(symbols.names + symbol->module, "[snd_pcm]");
    symbols_done(&symbols);
}

/* The last of the three is alone in having a length, as in perf. */
static void of_aliases_the_one_that_perf_takes_stays(void **state)
{
    struct symbols symbols = {0};
    read_list(&symbols, list, (struct kallsyms_reference){0}, false);
    assert_string_equal(name_at(&symbols, 0xffffffff81000200), "global_one");
    symbols_done(&symbols);
}

static void a_list_of_another_boot_is_moved(void **state)
{
    struct symbols symbols = {0};
    read_list(&symbols, list,
              (struct kallsyms_reference){.symbol = "_text", .address = 0xffffffff9a000000}, false);
    assert_string_equal(name_at(&symbols, 0xffffffff9a000150), "helper");
    assert_string_equal(name_at(&symbols, 0xffffffff81000150), "");
    assert_string_equal(name_at(&symbols, 0xffffffffc0000010), "");
    symbols_done(&symbols);
}

static void hidden_addresses_are_no_symbols(void **state)
{
    struct symbols symbols = {0};
    read_list(&symbols, "0000000000000000 T _text\n0000000000000000 t helper\n",
              (struct kallsyms_reference){.symbol = "_text", .address = 5}, true);
    assert_int_equal(symbols.count, 0);
    symbols_done(&symbols);
}

static void lines_that_are_none_are_skipped(void **state)
{
    struct symbols symbols = {0};
    read_list(&symbols,
              "\n \nzz T a\n10\n10 T\n11111111111111111 T too_long\n10 TT b\n20 T $d\n30 T good\r\n"
              "ffffffffffffffff T last",
              (struct kallsyms_reference){0}, false);
    assert_int_equal(symbols.count, 2);
    assert_string_equal(name_at(&symbols, 0x30), "good");
    symbols_done(&symbols);
}

RUN_TESTS(TEST(a_symbol_reaches_to_the_next_one),
          TEST(the_last_of_the_kernel_and_of_modules_end_with_their_page),
          TEST(of_aliases_the_one_that_perf_takes_stays), TEST(a_list_of_another_boot_is_moved),
          TEST(hidden_addresses_are_no_symbols), TEST(lines_that_are_none_are_skipped))
