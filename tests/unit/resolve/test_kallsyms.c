/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
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
    struct kallsyms_state read;
    assert_int_equal(kallsyms_read(symbols, text, strlen(text), &reference, &read), 0);
    assert_int_equal(read.hidden, hidden);
    assert_false(read.damaged);
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

static uint64_t chance(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

/* A list as the kernel's is: in order (or not, in a few places), with aliases, data, and behind it
 * modules in no order; larger than what is read at once. */
static void make_list(struct buffer *text, unsigned lines, bool modules, bool ordered,
                      uint64_t *state)
{
    uint64_t address = UINT64_C(0xffffffff81000000);
    buffer_text(text, "0000000000000000 A percpu\nffffffff81000000 T first\n");
    unsigned aliases = 0, dull = 0; /* that are still to come, all together */
    for (unsigned i = 0; i < lines; i++) {
        aliases = chance(state, 300) ? aliases - !!aliases : 60;
        dull = chance(state, 300) ? dull - !!dull : 60;
        if (i == 20)
            buffer_printf(text, "%016llx T _text\n", (unsigned long long)address);
        buffer_printf(text, "%016llx %c symbol_%u_with_a_name\n", (unsigned long long)address,
                      dull ? 'r' : "TtWdrB"[chance(state, 6)], i);
        address += !aliases && chance(state, 3) ? chance(state, 400) : 0;
        address -= ordered || chance(state, 900) ? 0 : 3000;
    }
    for (unsigned i = 0; modules && i < 300; i++)
        buffer_printf(text, "%016llx t function_%u\t[module_%u]\n",
                      0xffffffffc0000000ULL + chance(state, 90000), i, i / 100);
}

static void compare_file(const struct buffer *text, const char *path,
                         const struct kallsyms_reference *reference, bool ordered, bool damaged,
                         uint64_t *state)
{
    struct symbols all = {0}, few = {0};
    uint64_t wants[40];
    struct kallsyms_state read, loaded;
    uint64_t moved = reference->symbol ? UINT64_C(0x2000000) : 0;
    assert_int_equal(kallsyms_read(&all, text->data, text->size, reference, &read), 0);
    for (unsigned i = 0; i < 40; i++) {
        wants[i] = UINT64_C(0xffffffff81000000) + moved + chance(state, 1600000);
        if (i % 8 == 0)
            wants[i] = UINT64_C(0xffffffffc0000000) + chance(state, 90000);
    }
    assert_int_equal(symbols_want(&few, wants, 40), 0);
    assert_int_equal(kallsyms_load(&few, path, reference, ordered, &loaded), 0);
    assert_false(read.hidden || loaded.hidden);
    assert_int_equal(read.damaged, damaged);
    assert_true(read.damaged || !loaded.damaged);
    assert_true(few.count < 2000);
    assert_true(!few.module_count == !all.module_count);
    for (unsigned i = 0; i < 40; i++) {
        struct symbol *a = symbols_find(&all, wants[i]), *b = symbols_find(&few, wants[i]);
        assert_true(!a == !b);
        if (a) {
            assert_string_equal(symbols_name(&all, a), symbols_name(&few, b));
            assert_string_equal(all.names + a->module, few.names + b->module);
        }
    }
    symbols_done(&all);
    symbols_done(&few);
}

static void of_a_file_only_what_is_wanted_is_kept(void **test_state)
{
    const struct kallsyms_reference references[] = {
        {0}, {.symbol = "_text", .address = UINT64_C(0xffffffff83000000)}};
    uint64_t state = 11;
    for (int round = 0; round < 12; round++) {
        struct buffer text = {0};
        char path[] = "/tmp/perflame-test-XXXXXX";
        int fd = mkstemp(path);
        /* The shorter ones are searched in memory, block by block. */
        make_list(&text, round % 4 < 2 ? 12000 : 7000, round % 3 != 0, round >= 6, &state);
        assert_true(fd >= 0 && text.size > 250000 && (round % 4 < 2) == (text.size > 400000) &&
                    !text.failed);
        assert_int_equal(write(fd, text.data, text.size), text.size);
        close(fd);
        compare_file(&text, path, &references[round % 2], round >= 6, false, &state);
        unlink(path);
        buffer_done(&text);
    }
}

/* In some lines a byte is lost, and in one place those of a hundred lines. */
static void damage_list(struct buffer *text, uint64_t *state)
{
    for (int i = 0; i < 12; i++)
        text->data[200 + chance(state, text->size - 200)] = '\0';
    memset(text->data + chance(state, text->size - 4000), '\0', 4000);
}

static void lines_with_a_nul_are_skipped(void **test_state)
{
    const struct kallsyms_reference none = {0};
    uint64_t state = 5;
    for (int round = 0; round < 12; round++) {
        struct buffer text = {0};
        char path[] = "/tmp/perflame-test-XXXXXX";
        int fd = mkstemp(path);
        make_list(&text, round % 4 < 2 ? 12000 : 7000, round % 3 != 0, true, &state);
        damage_list(&text, &state);
        assert_int_equal(write(fd, text.data, text.size), text.size);
        close(fd);
        compare_file(&text, path, &none, round >= 6, true, &state);
        unlink(path);
        buffer_done(&text);
    }
}

static void a_nul_ends_no_list(void **state)
{
    static const char text[] = "10 T before\n20 T le\0ft\n3\0 T out\n40 T behind\n\0\0\n50 T last";
    struct symbols symbols = {0};
    struct kallsyms_state read;
    assert_int_equal(
        kallsyms_read(&symbols, text, sizeof text - 1, &(struct kallsyms_reference){0}, &read), 0);
    assert_true(read.damaged && !read.hidden);
    assert_int_equal(symbols.count, 3);
    assert_string_equal(name_at(&symbols, 0x20), "before");
    assert_string_equal(name_at(&symbols, 0x40), "behind");
    assert_string_equal(name_at(&symbols, 0x50), "last");
    symbols_done(&symbols);
}

/* The list that is searched as a file, and one that is read block by block, end with a line that is
 * damaged: it is come upon only if something of a module, which may stand anywhere, is wanted. */
static void behind_all_that_is_wanted_nothing_is_read(void **test_state)
{
    const uint64_t wants[] = {UINT64_C(0xffffffff81000100), UINT64_C(0xffffffff81001000),
                              UINT64_C(0xffffffff81010000), UINT64_C(0xffffffffc0000010)};
    static const char damaged[] = "ffffffffc0000000 t \0\t[module_3]\n";
    const struct kallsyms_reference none = {0};
    uint64_t state = 3;
    for (unsigned i = 0; i < 4; i++) {
        size_t count = i % 2 ? 4 : 3;
        struct buffer text = {0};
        struct symbols all = {0}, few = {0};
        struct kallsyms_state read, loaded;
        char path[] = "/tmp/perflame-test-XXXXXX";
        int fd = mkstemp(path);
        make_list(&text, i < 2 ? 12000 : 5000, true, true, &state);
        buffer_append(&text, damaged, sizeof damaged - 1);
        assert_true(fd >= 0 && !text.failed);
        assert_int_equal(write(fd, text.data, text.size), text.size);
        close(fd);
        assert_int_equal(kallsyms_read(&all, text.data, text.size, &none, &read), 0);
        assert_int_equal(symbols_want(&few, wants, count), 0);
        assert_int_equal(kallsyms_load(&few, path, &none, true, &loaded), 0);
        assert_int_equal(loaded.damaged, count == 4);
        for (size_t want = 0; want < count; want++)
            assert_string_equal(name_at(&few, wants[want]), name_at(&all, wants[want]));
        symbols_done(&all);
        symbols_done(&few);
        unlink(path);
        buffer_done(&text);
    }
}

/* A file that begins with `count` variables of each processor, from zero on; behind the kernel's
 * own symbols come some that lie below them all, and a module's, which does so too. */
static void make_low_list(struct buffer *text, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        buffer_printf(text, "%016x A variable_%u\n", i * 8, i);
    for (unsigned i = 0; i < 3000; i++)
        buffer_printf(text, "%016llx T symbol_%u\n", 0xffffffff81000000ULL + i * 16, i);
    for (unsigned i = 0; i < 300; i++)
        buffer_printf(text, "%016llx T entry\n", 0xfffffe0000006000ULL + i * 4096);
    buffer_text(text, "ffffffff70000000 t probe\t[low]\n");
}

static void below_the_kernels_code_others_are_found(void **state)
{
    const uint64_t wants[] = {UINT64_C(0xfffffe0000006008), UINT64_C(0xffffffff70000004),
                              UINT64_C(0xffffffff81000105)};
    static const char *const names[] = {"entry", "probe", "symbol_16"};
    const struct kallsyms_reference none = {0};
    for (unsigned count = 500; count <= 8000; count *= 4) {
        struct buffer text = {0};
        char path[] = "/tmp/perflame-test-XXXXXX";
        int fd = mkstemp(path);
        make_low_list(&text, count);
        assert_true(fd >= 0 && !text.failed);
        assert_int_equal(write(fd, text.data, text.size), text.size);
        close(fd);
        for (size_t least = 0; least < 3; least++) {
            struct symbols few = {0};
            struct kallsyms_state loaded;
            assert_int_equal(symbols_want(&few, wants + least, 3 - least), 0);
            assert_int_equal(kallsyms_load(&few, path, &none, true, &loaded), 0);
            for (size_t i = least; i < 3; i++)
                assert_string_equal(name_at(&few, wants[i]), names[i]);
            symbols_done(&few);
        }
        unlink(path);
        buffer_done(&text);
    }
}

static void the_last_line_may_have_no_end(void **state)
{
    static const char text[] = "ffffffff81000000 T first\nffffffff81000010 T middle\n"
                               "ffffffff81000020 T last\nffffffffc0000000 t probe\t[made]";
    const uint64_t wants[] = {UINT64_C(0xffffffff81000024), UINT64_C(0xffffffffc0000000)};
    const struct kallsyms_reference none = {0};
    struct symbols symbols = {0};
    struct kallsyms_state loaded;
    char path[] = "/tmp/perflame-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    assert_int_equal(symbols_want(&symbols, wants, 2), 0);
    assert_int_equal(kallsyms_load(&symbols, path, &none, true, &loaded), 0);
    assert_string_equal(name_at(&symbols, wants[0]), "last");
    assert_string_equal(name_at(&symbols, wants[1]), "probe");
    symbols_done(&symbols);
    unlink(path);
}

static void a_file_without_a_list_gives_none(void **state)
{
    struct symbols symbols = {0};
    struct kallsyms_state loaded = {.hidden = true, .damaged = true};
    const struct kallsyms_reference none = {0};
    const uint64_t want = 5;
    assert_int_equal(symbols_want(&symbols, &want, 1), 0);
    assert_int_equal(kallsyms_load(&symbols, "/nowhere/at/all", &none, true, &loaded), 0);
    assert_false(loaded.hidden || loaded.damaged);
    assert_int_equal(kallsyms_load(&symbols, "/dev/null", &none, true, &loaded), 0);
    assert_false(loaded.hidden || loaded.damaged);
    assert_int_equal(symbols.offered, 0);
    symbols_done(&symbols);
}

RUN_TESTS(TEST(of_a_file_only_what_is_wanted_is_kept),
          TEST(behind_all_that_is_wanted_nothing_is_read), TEST(lines_with_a_nul_are_skipped),
          TEST(a_nul_ends_no_list), TEST(a_file_without_a_list_gives_none),
          TEST(the_last_line_may_have_no_end), TEST(below_the_kernels_code_others_are_found),
          TEST(a_symbol_reaches_to_the_next_one),
          TEST(the_last_of_the_kernel_and_of_modules_end_with_their_page),
          TEST(of_aliases_the_one_that_perf_takes_stays), TEST(a_list_of_another_boot_is_moved),
          TEST(hidden_addresses_are_no_symbols), TEST(lines_that_are_none_are_skipped))
