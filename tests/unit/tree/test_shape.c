/* SPDX-License-Identifier: MIT */
#include "text.h"

#include "base/limits.h"
#include "tree/shape.h"

#define LIST(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static void assert_shape(const struct trie *trie, struct shape_options options,
                         const char *expected)
{
    struct trie *shaped = NULL;
    assert_int_equal(shape_apply(trie, &options, &shaped, NULL), 0);
    assert_folded(shaped, expected);
    trie_free(shaped);
}

static const char stacks[] = "app;main 1\napp;main;read;sys_read_[k] 2\napp;main;work 4\n"
                             "app;main;work;work 8\napp;main;work;work;Free 16\n"
                             "other;loop;[unknown] 32\n";

static void nothing_asked_nothing_changed(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie(stacks);
    struct shape_options options = {0};
    assert_true(shape_is_identity(&options));
    options.ignore = (const char *const[]){NULL};
    assert_true(shape_is_identity(&options));
    options.max_depth = 1;
    assert_false(shape_is_identity(&options));
    struct trie *same = NULL;
    trie->columns[0].samples = 6;
    assert_int_equal(shape_apply(trie, &(struct shape_options){0}, &same, NULL), 0);
    assert_int_equal(same->columns[0].samples, 6);
    assert_int_equal(same->columns[0].recorded, 63);
    assert_int_equal(trie_total(same, 0, 0), 63);
    assert_int_equal(same->count, trie->count);
    trie_free(same);
}

static void stacks_are_dropped_and_kept(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie(stacks);
    assert_shape(trie, (struct shape_options){.ignore = LIST("^work$", "unknown")},
                 "app;main 1\napp;main;read;sys_read 2\n");
    assert_shape(trie, (struct shape_options){.focus = LIST("(?i)free", "^sys_")},
                 "app;main;read;sys_read 2\napp;main;work;work;Free 16\n");
    assert_shape(trie, (struct shape_options){.focus = LIST("free")}, "");
    struct trie *focused = NULL;
    struct shape_options focus = {.focus = LIST("^loop")};
    assert_int_equal(shape_apply(trie, &focus, &focused, NULL), 0);
    assert_int_equal(focused->count, 4); /* no nodes without weight */
    assert_int_equal(focused->columns[0].recorded, 63);
    trie_free(focused);
}

static void callers_and_frames_are_removed(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie(stacks);
    assert_shape(trie, (struct shape_options){.show_from = LIST("^work$")},
                 "work 4\nwork;work 8\nwork;work;Free 16\n");
    assert_shape(trie, (struct shape_options){.hide = LIST("^main$", "work")},
                 "app 13\napp;Free 16\napp;read;sys_read 2\nother;loop;[unknown] 32\n");
    assert_shape(trie, (struct shape_options){.collapse_recursion = true},
                 "app;main 1\napp;main;read;sys_read 2\napp;main;work 12\napp;main;work;Free 16\n"
                 "other;loop;[unknown] 32\n");
    assert_shape(trie, (struct shape_options){.max_depth = 2}, "app;main 31\nother;loop 32\n");
    assert_shape(trie, (struct shape_options){.reverse = true},
                 "Free;work;work;main;app 16\n[unknown];loop;other 32\nmain;app 1\n"
                 "sys_read;read;main;app 2\nwork;main;app 4\nwork;work;main;app 8\n");
}

static void frames_of_one_kind_stay(void **state)
{
    CLEANUP(trie_cleanup)
    struct trie *trie = text_trie("u;i_[i];k_[k];[broken] 1\nj_[j];k_[k];u2 2\n");
    assert_shape(trie, (struct shape_options){.only_kernel = true}, "k 2\nk;[broken] 1\n");
    assert_shape(trie, (struct shape_options){.only_user = true}, "j;u2 2\nu;i;[broken] 1\n");
}

static void inlined_frames_are_as_if_they_were_not_there(void **state)
{
    CLEANUP(trie_cleanup)
    struct trie *trie = text_trie("main;in_[i];leaf 1\nmain;in 2\nmain;in_[i];in_[i] 4\n");
    assert_shape(trie, (struct shape_options){.no_inlined = true},
                 "main 4\nmain;in 2\nmain;leaf 1\n");
    assert_shape(trie, (struct shape_options){.no_inlined = true, .focus = LIST("^in$")},
                 "main;in 2\n");
    assert_shape(trie, (struct shape_options){.no_inlined = true, .ignore = LIST("^in$")},
                 "main 4\nmain;leaf 1\n");
}

static void recursion_through_others_collapses_too(void **state)
{
    CLEANUP(trie_cleanup)
    struct trie *trie = text_trie("a;f;g;f;g;leaf 1\na;f;g;h;f;end 2\na;g;a 4\n");
    assert_shape(trie, (struct shape_options){.collapse_recursion = true},
                 "a 4\na;f;end 2\na;f;g;leaf 1\n");
    assert_shape(trie,
                 (struct shape_options){
                     .collapse_recursion = true, .ignore = LIST("^h$"), .hide = LIST("^f$")},
                 "a 4\na;g;leaf 1\n");
    assert_shape(trie, (struct shape_options){.collapse_recursion = true, .show_from = LIST("^g$")},
                 "g;a 4\ng;h;f;end 2\ng;leaf 1\n");
}

static void operations_come_in_order(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie("a;b;x;b;c 1\na;d;c 2\n");
    assert_shape(trie,
                 (struct shape_options){.ignore = LIST("d"),
                                        .focus = LIST("x"),
                                        .show_from = LIST("b"),
                                        .hide = LIST("x"),
                                        .collapse_recursion = true,
                                        .max_depth = 2,
                                        .reverse = true},
                 "c;b 1\n");
}

/* COMM and a function of the same name, as a recording gives them. */
static struct trie *grouped_trie(void)
{
    struct trie *trie = trie_new();
    uint32_t column = trie_column(trie, "e", "period", "ns");
    uint32_t node = trie_child(trie, 0, frames_add(&trie->frames, "go", 2, FRAME_GROUP, NULL));
    node = trie_child(trie, node, frames_add(&trie->frames, "main", 4, FRAME_USER, "go.so"));
    assert_int_equal(trie_add(trie, column, node, 1), 0);
    node = trie_child(trie, node, frames_add(&trie->frames, "go", 2, FRAME_USER, "libc.so.6"));
    assert_int_equal(trie_add(trie, column, node, 2), 0);
    assert_int_equal(trie_sum(trie), 0);
    return trie;
}

static void groups_stay_at_the_root(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = grouped_trie();
    assert_shape(trie, (struct shape_options){.hide = LIST("go$")}, "go;main 3\n");
    assert_shape(trie, (struct shape_options){.reverse = true}, "go;go;main 2\ngo;main 1\n");
    assert_shape(trie, (struct shape_options){.show_from = LIST("^go$")}, "go;go 2\n");
    assert_shape(trie, (struct shape_options){.focus = LIST("^go$")}, "go;main 1\ngo;main;go 2\n");
    assert_shape(trie, (struct shape_options){.ignore = LIST("^go$")}, "");
    assert_shape(trie, (struct shape_options){.only_kernel = true}, "go 3\n");
    assert_shape(trie, (struct shape_options){.max_depth = 1, .reverse = true}, "go 3\n");
}

static void objects_match_too(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = grouped_trie();
    assert_shape(trie, (struct shape_options){.focus = LIST("^libc\\.so")}, "go;main;go 2\n");
    assert_shape(trie, (struct shape_options){.hide = LIST("^libc\\.so")}, "go;main 3\n");
    assert_shape(trie, (struct shape_options){.focus = LIST("^$")}, "");
}

static void assert_refused(const char *pattern, const char *column)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie("a 1\n");
    struct shape_options options = {.hide = LIST("fine", pattern)};
    struct trie *shaped = NULL;
    struct pfl_error error;
    assert_int_equal(shape_apply(trie, &options, &shaped, &error), -PFL_ERROR_USAGE);
    assert_null(shaped);
    assert_non_null(strstr(error.message, column));
    if (strlen(pattern) < 100)
        assert_non_null(strstr(error.message, pattern));
}

static void bad_patterns_are_refused_with_their_column(void **state)
{
    assert_refused("a(b)c(d", "column 6");
    assert_refused("abc[z", "column 4");
    assert_refused("(?i)ab(", "column 7");
    assert_refused("ab\\", "column 3");
    char *longest = mem_alloc(100001);
    memset(longest, '(', 100000);
    longest[100000] = '\0';
    assert_refused(longest, "more than");
    longest[LIMIT_PATTERN_BYTES] = '\0';
    assert_refused(longest, "column 1");
    mem_free(longest);
}

static void deep_stacks_need_no_recursion(void **state)
{
    struct buffer text = {0};
    for (int i = 0; i < LIMIT_STACK_FRAMES; i++)
        buffer_text(&text, i ? ";f" : "g");
    buffer_text(&text, " 1\n");
    CLEANUP(trie_cleanup) struct trie *trie = text_trie(buffer_string(&text));
    assert_shape(trie, (struct shape_options){.collapse_recursion = true}, "g;f 1\n");
    memcpy(text.data, "f", 1);
    memcpy(text.data + text.size - 4, "g", 1);
    assert_shape(trie, (struct shape_options){.reverse = true}, buffer_string(&text));
    buffer_done(&text);
}

static void tries_are_merged_by_column(void **state)
{
    CLEANUP(trie_cleanup) struct trie *to = text_trie("a;b 1\nc 2\n");
    CLEANUP(trie_cleanup) struct trie *from = text_trie("a;b 10\nd;e 20\n");
    uint32_t extra = trie_column(from, "e", "period", "ns");
    assert_int_equal(trie_add(from, extra, from->first[0], 100), 0);
    from->columns[extra].samples = 3;
    assert_int_equal(shape_merge(to, from, NULL), 0);
    assert_int_equal(to->column_count, 2);
    assert_int_equal(to->columns[0].recorded, 33);
    assert_int_equal(to->columns[1].samples, 3);
    assert_folded(to, "a;b 11\nc 2\nd 100\nd;e 20\n");
}

static void more_columns_than_the_cap_are_refused(void **state)
{
    CLEANUP(trie_cleanup) struct trie *to = trie_new();
    for (int i = 0; i < LIMIT_COLUMNS; i++) {
        char event[16];
        snprintf(event, sizeof event, "e%d", i);
        assert_int_not_equal(trie_column(to, event, "period", "ns"), TRIE_FAILED);
    }
    CLEANUP(trie_cleanup) struct trie *from = text_trie("a 1\n");
    assert_int_equal(shape_merge(to, from, NULL), -PFL_ERROR_LIMIT);
}

static void without_memory_it_says_so(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = text_trie(stacks);
    struct shape_options options = {.hide = LIST("work"), .reverse = true};
    struct trie *shaped = NULL;
    int result = -PFL_ERROR_MEMORY;
    for (long n = 0; result < 0; n++) {
        mem_fail_after(n);
        result = shape_apply(trie, &options, &shaped, NULL);
        mem_fail_after(-1);
        assert_true(result == 0 || result == -PFL_ERROR_MEMORY);
        assert_true(n < 200);
    }
    trie_free(shaped);
}

RUN_TESTS(TEST(nothing_asked_nothing_changed), TEST(stacks_are_dropped_and_kept),
          TEST(callers_and_frames_are_removed), TEST(frames_of_one_kind_stay),
          TEST(inlined_frames_are_as_if_they_were_not_there),
          TEST(recursion_through_others_collapses_too), TEST(operations_come_in_order),
          TEST(groups_stay_at_the_root), TEST(objects_match_too),
          TEST(bad_patterns_are_refused_with_their_column), TEST(deep_stacks_need_no_recursion),
          TEST(tries_are_merged_by_column), TEST(more_columns_than_the_cap_are_refused),
          TEST(without_memory_it_says_so))
