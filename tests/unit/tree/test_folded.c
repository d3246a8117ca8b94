/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdlib.h>

#include "base/limits.h"

static void lines_come_back_sorted_and_summed(void **state)
{
    CLEANUP(trie_cleanup)
    struct trie *trie = text_trie("app;main;work 60\napp;main 1\n# a comment\n\napp;main;idle 40\n"
                                  "app;main;work 2\nzero;x 0\n");
    assert_folded(trie, "app;main 1\napp;main;idle 40\napp;main;work 62\n");
    assert_int_equal(trie->columns[0].recorded, 103);
    assert_string_equal(trie->columns[0].unit, "samples");
}

static int line_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What each line begins with decides, and names may be beginnings of others in many ways. */
static void the_order_is_that_of_sorted_lines(void **state)
{
    static const char *const names[] = {
        "a",  "a b",      "a!",  "a 5",   "a 7",   "a:",   "a<",   "a-b",  "b",
        "a ", "\xc3\xa9", "a;b", "a b;c", "a 5;c", "a!;b", "a<;b", "a;a 5"};
    enum { NAMES = sizeof names / sizeof *names, LINES = NAMES * NAMES };
    char *lines[LINES];
    struct buffer input = {0}, expected = {0};
    uint32_t random = 1;
    for (size_t i = 0; i < LINES; i++) {
        struct buffer line = {0};
        random = random * 1103515245 + 12345;
        buffer_printf(&line, "%s;%s %u\n", names[i / NAMES], names[i % NAMES], random >> 16);
        lines[i] = mem_copy_text(line.data, line.size);
        buffer_done(&line);
    }
    CLEANUP(trie_cleanup) struct trie *trie = NULL;
    /* Some of the products are equal stacks: the second of them is left out. */
    for (size_t i = 0; i < LINES; i++) {
        size_t stack = (size_t)(strrchr(lines[i], ' ') - lines[i]) + 1;
        for (size_t j = 0; j < i; j++)
            if (strncmp(lines[i], lines[j], stack) == 0 &&
                strrchr(lines[j], ' ') == lines[j] + stack - 1)
                lines[i][0] = '#';
        buffer_text(&input, lines[i]);
    }
    trie = text_trie(buffer_string(&input));
    qsort(lines, LINES, sizeof *lines, line_compare);
    for (size_t i = 0; i < LINES; i++) {
        if (lines[i][0] != '#')
            buffer_text(&expected, lines[i]);
        mem_free(lines[i]);
    }
    assert_folded(trie, buffer_string(&expected));
    buffer_done(&input);
    buffer_done(&expected);
}

static void suffixes_become_kinds_and_back(void **state)
{
    const char *text = "app;f_[i] 1\napp;g_[j];sys_[k] 2\napp;h_[w] 3\n";
    CLEANUP(trie_cleanup) struct trie *trie = text_trie(text);
    assert_folded_as(trie, true, text);
    assert_folded(trie, "app;f 1\napp;g;sys 2\napp;h_[w] 3\n");
    uint32_t kernel = frames_add(&trie->frames, "sys", 3, FRAME_KERNEL, NULL);
    assert_true(trie->frames.items[kernel].kind == FRAME_KERNEL && kernel < 7);
}

static void reserved_names_are_marks(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie("[unknown];[broken];[libc.so.6] 1\n");
    uint32_t node = trie->first[0];
    assert_int_equal(trie->frames.items[trie->frame[node]].kind, FRAME_MARK);
    node = trie->first[node];
    assert_int_equal(trie->frames.items[trie->frame[node]].kind, FRAME_MARK);
    node = trie->first[node];
    assert_int_equal(trie->frames.items[trie->frame[node]].kind, FRAME_USER);
}

static void frames_that_print_the_same_are_one_line(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    uint32_t column = trie_column(trie, "", "samples", "samples");
    const enum frame_kind kinds[] = {FRAME_USER, FRAME_KERNEL, FRAME_INLINED};
    uint32_t leaf = frames_add(&trie->frames, "leaf", 4, FRAME_USER, NULL);
    for (int i = 0; i < 3; i++) {
        uint32_t twin = frames_add(&trie->frames, "twin", 4, kinds[i], i ? "x.so" : NULL);
        uint32_t node = trie_child(trie, 0, twin);
        assert_int_equal(trie_add(trie, column, node, 1), 0);
        assert_int_equal(trie_add(trie, column, trie_child(trie, node, leaf), 10), 0);
    }
    assert_folded(trie, "twin 3\ntwin;leaf 30\n");
    assert_folded_as(trie, true,
                     "twin 1\ntwin;leaf 10\ntwin_[i] 1\ntwin_[i];leaf 10\ntwin_[k] 1\n"
                     "twin_[k];leaf 10\n");
}

static void columns_are_summed(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie("a 5\nb 6\n");
    uint32_t more = trie_column(trie, "e", "period", "samples");
    assert_int_equal(trie_add(trie, more, trie->first[0], -6), 0);
    assert_folded(trie, "a 5\n");
    assert_int_equal(trie_add(trie, more, trie->first[0], -INT64_C(7)), 0);
    assert_folded(trie, "a 5\nb -7\n");
}

static void names_cannot_move_a_terminal(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie("a\x1b[2J;b\xff\xc3 1\n");
    assert_folded(trie, "a\xef\xbf\xbd[2J;b\xef\xbf\xbd\xef\xbf\xbd 1\n");
}

static void a_root_that_looks_like_a_comment_comes_back(void **state)
{
    const char *text = ";#1 4\n;#1;#2;a 2\nb;#1 3\n";
    CLEANUP(trie_cleanup) struct trie *trie = text_trie(text);
    assert_int_equal(trie->columns[0].recorded, 9);
    assert_folded(trie, text);
}

static void weights_that_are_not_whole_are_rounded_and_told(void **state)
{
    const char *text = "a;b 0.6\na;c 0.5\r\nd 1.4999999999\ne .25\nf 3.0\ng\t4\nh i 1 \n";
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    struct source source = text_source(text, strlen(text));
    struct folded_lines lines;
    assert_int_equal(folded_read(trie, &source, NULL, &lines, NULL), 0);
    source_close(&source);
    assert_int_equal(trie_sum(trie), 0);
    assert_folded(trie, "a;b 1\na;c 1\nd 1\nf 3\ng 4\nh i 1\n");
    assert_int_equal(lines.taken, 7);
    assert_int_equal(lines.rounded, 4);
    assert_int_equal(lines.sum, 11);
    assert_int_equal(lines.added, 400000000 + 500000000 - 499999999 - 250000000);
}

static void weights_below_zero_or_out_of_range_make_no_sense(void **state)
{
    static const char text[] = "# a\na 9223372036854775807\nb -5\nc 99999999999999999999\n"
                               "d 9223372036854775808\ne 9223372036854775807.5\nf -0.1\n"
                               "g -99999999999999999999\n";
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    struct source source = text_source(text, strlen(text));
    struct folded_lines lines;
    assert_int_equal(folded_read(trie, &source, NULL, &lines, NULL), 0);
    source_close(&source);
    assert_int_equal(trie_sum(trie), 0);
    assert_folded(trie, "a 9223372036854775807\n");
    assert_int_equal(lines.skipped, 6);
    assert_int_equal(lines.first_skipped, 3);
}

static void lines_without_weight_are_counted(void **state)
{
    static const char text[] = "a\na;b x\n 5\n5\na 1e5\na 0x5\na -\na .\n;; 7\nok 1";
    uint64_t skipped = 0;
    CLEANUP(trie_cleanup) struct trie *trie = text_trie_skipping(text, strlen(text), &skipped);
    assert_int_equal(skipped, 9);
    assert_folded(trie, "ok 1\n");
}

static void nuls_and_binary_do_no_harm(void **state)
{
    static const char text[] = "a\0b;c\0 5\n\0\0\0;\xff 3\n\0 1\n";
    uint64_t skipped = 0;
    CLEANUP(trie_cleanup) struct trie *trie = text_trie_skipping(text, sizeof text - 1, &skipped);
    assert_int_equal(trie_total(trie, 0, 0), 8);
    assert_int_equal(skipped, 1);
    assert_folded(trie, "a;c 5\n\xef\xbf\xbd 3\n");
}

static void deep_stacks_end_in_truncated(void **state)
{
    struct buffer text = {0};
    for (int i = 0; i < LIMIT_STACK_FRAMES; i++)
        buffer_text(&text, i ? ";f" : "f");
    size_t fits = text.size;
    buffer_text(&text, " 1\n");
    CLEANUP(trie_cleanup) struct trie *trie = text_trie(buffer_string(&text));
    assert_int_equal(trie->count, LIMIT_STACK_FRAMES + 1);
    assert_folded(trie, buffer_string(&text));
    text.size = fits;
    buffer_text(&text, ";g;h;i 1\n");
    CLEANUP(trie_cleanup) struct trie *cut = text_trie(buffer_string(&text));
    text.size = fits;
    buffer_text(&text, ";[truncated] 1\n");
    assert_folded(cut, buffer_string(&text));
    buffer_done(&text);
}

static void long_lines_are_dropped_and_long_names_cut(void **state)
{
    struct buffer text = {0};
    char *name = mem_alloc(LIMIT_LINE_BYTES + 10);
    memset(name, 'n', LIMIT_LINE_BYTES + 10);
    buffer_text(&text, "first 1\n");
    buffer_append(&text, name, LIMIT_LINE_BYTES + 10);
    buffer_text(&text, " 5\nlast 2\n");
    buffer_append(&text, name, 10000);
    buffer_text(&text, " 3\n");
    uint64_t skipped = 0;
    CLEANUP(trie_cleanup) struct trie *trie = text_trie_skipping(text.data, text.size, &skipped);
    assert_int_equal(skipped, 1);
    assert_int_equal(trie_total(trie, 0, 0), 6);
    assert_int_equal(strlen(trie_name(trie, trie->first[0])), 10000);
    mem_free(name);
    buffer_done(&text);
}

static void folded_text_is_recognised(void **state)
{
    static const char *const yes[] = {"a;b 1\n", "# x\n\n\xc3\xa9;b 12.5\r\nrest", "a 1",
                                      "a;b;cut"};
    static const char *const no[] = {
        "", "\n", "a;b\n", "go  6668   526.0:   200 cpu-clock: \n", "<svg 1;\n", "{\"a;b"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(folded_recognises(yes[i], strlen(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(folded_recognises(no[i], strlen(no[i])));
    assert_false(folded_recognises("a;\0b 1\n", 8));
    assert_true(folded_recognises("a;\x1b[2J 1\n", 9));
}

static int refuse(void *context, const void *data, size_t size)
{
    return 1;
}

static void a_sink_may_refuse(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie("a;b 1\n");
    struct pfl_sink sink = {refuse, NULL};
    struct folded_options options = {0};
    uint32_t column = 0;
    assert_int_equal(folded_write(trie, &column, 1, &options, &sink, NULL), -PFL_ERROR_SINK);
}

static void without_memory_it_says_so(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie("a;b 1\na;b_[k] 1\n");
    struct buffer text = {0};
    buffer_printf(&text, "%300s", "");
    struct pfl_sink sink = {text_sink_write, &text};
    struct folded_options options = {0};
    uint32_t column = 0;
    int failures = 0, result = -PFL_ERROR_MEMORY;
    for (long n = 0; result < 0; n++) {
        buffer_clear(&text);
        mem_fail_after(n);
        result = folded_write(trie, &column, 1, &options, &sink, NULL);
        mem_fail_after(-1);
        assert_true(result == 0 || result == -PFL_ERROR_MEMORY);
        failures += result < 0;
    }
    assert_true(failures > 5);
    assert_string_equal(buffer_string(&text), "a;b 2\n");
    buffer_done(&text);
}

RUN_TESTS(TEST(lines_come_back_sorted_and_summed), TEST(the_order_is_that_of_sorted_lines),
          TEST(suffixes_become_kinds_and_back), TEST(reserved_names_are_marks),
          TEST(frames_that_print_the_same_are_one_line), TEST(columns_are_summed),
          TEST(names_cannot_move_a_terminal), TEST(a_root_that_looks_like_a_comment_comes_back),
          TEST(weights_that_are_not_whole_are_rounded_and_told),
          TEST(weights_below_zero_or_out_of_range_make_no_sense),
          TEST(lines_without_weight_are_counted), TEST(nuls_and_binary_do_no_harm),
          TEST(deep_stacks_end_in_truncated), TEST(long_lines_are_dropped_and_long_names_cut),
          TEST(folded_text_is_recognised), TEST(a_sink_may_refuse), TEST(without_memory_it_says_so))
