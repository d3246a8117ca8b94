/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <stdlib.h>

#include "resolve/elf/go_inline.h"

/* A table of one function of 64 bytes at 0x401000, and its inline tree:
 *
 *     0..16 outer   16..32 inner, called at 36   32..48 middle, called at 4   48..64 outer
 */
struct written {
    uint8_t bytes[512];
    size_t size;
    bool swap, start_line;
};

static void put(struct written *w, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        w->bytes[w->size + i] = (uint8_t)(value >> 8 * (w->swap ? width - 1 - i : i));
    w->size += width;
}

#define PUT_TEXT(w, text)                                                                          \
    do {                                                                                           \
        memcpy((w)->bytes + (w)->size, text, sizeof text);                                         \
        (w)->size += sizeof text;                                                                  \
    } while (0)

static const char names[] = "\0main.outer\0main.middle\0main.inner";
#define NAME_OUTER  1
#define NAME_MIDDLE 12
#define NAME_INNER  24
static const char paths[] = "/src/a.go";

/* Pairs of differences, of the value (zigzag) and of the code it is of; the first byte is unused.
 */
static const uint8_t inlines_of[] = {0, 0, 16, 4, 16, 1, 16, 1, 16, 0};
static const uint8_t lines_of[] = {22, 16, 40, 16, 19, 16, 17, 16, 0};
static const uint8_t files_of[] = {2, 64, 0};
#define INLINES_AT 1
#define LINES_AT   sizeof inlines_of
#define FILES_AT   (sizeof inlines_of + sizeof lines_of)

static void put_function(struct written *w)
{
    const uint64_t numbers[] = {0, NAME_OUTER, 0, 0, 0, FILES_AT, LINES_AT, 3, 0};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put(w, numbers[i], 4);
    if (w->start_line)
        put(w, 9, 4);
    put(w, 4u << (w->swap ? 0 : 24), 4); /* the last of these bytes counts funcdata */
    put(w, 0, 4);
    put(w, 0, 4);
    put(w, INLINES_AT, 4);
    for (unsigned i = 0; i < 3; i++)
        put(w, UINT32_MAX, 4);
    put(w, 8, 4); /* the tree, from where funcdata counts */
}

static struct written write_table(bool start_line, bool swap)
{
    struct written w = {.swap = swap, .start_line = start_line};
    uint64_t files = 72 + sizeof names, path = files + 4, positions = path + sizeof paths;
    uint64_t functions = positions + FILES_AT + sizeof files_of;
    const uint64_t words[] = {1, 1, 0x401000, 72, files, path, positions, functions};
    put(&w, start_line ? 0xfffffff1 : 0xfffffff0, 4);
    put(&w, 0, 2);
    put(&w, 1, 1);
    put(&w, 8, 1);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        put(&w, words[i], 8);
    PUT_TEXT(&w, names);
    put(&w, 0, 4);
    PUT_TEXT(&w, paths);
    PUT_TEXT(&w, inlines_of);
    PUT_TEXT(&w, lines_of);
    PUT_TEXT(&w, files_of);
    put(&w, 0, 4);
    put(&w, 16, 4);
    put(&w, 64, 4);
    put(&w, 0, 4);
    put_function(&w);
    return w;
}

/* Inner's caller is at `parent`. */
static struct written write_tree(bool start_line, bool swap, uint32_t parent)
{
    struct written w = {.swap = swap, .start_line = start_line};
    put(&w, 0, 8);
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned k = 0; k < (start_line ? 1 : 3); k++)
            put(&w, 0, 4);
        put(&w, i ? NAME_INNER : NAME_MIDDLE, 4);
        put(&w, i ? parent : 4, 4);
        if (start_line)
            put(&w, 0, 4);
    }
    return w;
}

static bool open_written(struct go_inlines *inlines, const struct written *table, size_t size,
                         const struct written *tree)
{
    *inlines = (struct go_inlines){.data = tree->bytes, .size = tree->size, .budget = 1 << 20};
    return go_table_open(&inlines->table, table->bytes, size, table->swap) &&
           go_table_parts(&inlines->table, &inlines->has_start_line, &inlines->files,
                          &inlines->paths, &inlines->positions);
}

static void check_frame(const struct go_frame *frame, const char *name, uint32_t line)
{
    assert_int_equal(frame->name_length, strlen(name));
    assert_memory_equal(frame->name, name, strlen(name));
    assert_int_equal(frame->file_length, 4);
    assert_memory_equal(frame->file, "a.go", 4);
    assert_int_equal(frame->line, line);
}

static void functions_are_told_from_the_innermost_outwards(void **state)
{
    for (unsigned form = 0; form < 4; form++) {
        struct go_frame frames[GO_INLINE_DEPTH];
        struct go_inlines inlines;
        struct written table = write_table(form & 1, form & 2);
        struct written tree = write_tree(form & 1, form & 2, 36);
        assert_true(open_written(&inlines, &table, table.size, &tree));
        assert_int_equal(go_inlines_at(&inlines, 0x401000 + 20, frames), 3);
        check_frame(&frames[0], "main.inner", 30);
        check_frame(&frames[1], "main.middle", 20);
        check_frame(&frames[2], "main.outer", 10);
        assert_int_equal(go_inlines_at(&inlines, 0x401000 + 40, frames), 2);
        check_frame(&frames[0], "main.middle", 20);
        assert_int_equal(go_inlines_at(&inlines, 0x401000 + 63, frames), 1);
        check_frame(&frames[0], "main.outer", 11);
        assert_int_equal(go_inlines_at(&inlines, 0x401000 + 64, frames), 0);
        assert_int_equal(go_inlines_at(&inlines, 0x400fff, frames), 0);
        inlines.budget = 0;
        assert_int_equal(go_inlines_at(&inlines, 0x401000 + 20, frames), 1);
    }
}

static void what_is_called_by_itself_ends(void **state)
{
    struct go_frame frames[GO_INLINE_DEPTH];
    struct go_inlines inlines;
    struct written table = write_table(true, false), tree = write_tree(true, false, 20);
    assert_true(open_written(&inlines, &table, table.size, &tree));
    assert_int_equal(go_inlines_at(&inlines, 0x401000 + 20, frames), 0);
    tree = write_tree(true, false, 64);
    assert_int_equal(go_inlines_at(&inlines, 0x401000 + 20, frames), 0);
    put(&tree, 0, 4);
    tree.bytes[8 + 16 + 4]++; /* no name begins there */
    assert_int_equal(go_inlines_at(&inlines, 0x401000 + 20, frames), 0);
}

static void tables_that_end_early_are_survived(void **state)
{
    struct go_frame frames[GO_INLINE_DEPTH];
    struct written table = write_table(false, false), tree = write_tree(false, false, 36);
    for (size_t size = 0; size < table.size; size++) {
        struct go_inlines inlines;
        struct written *cut = malloc(size ? size : 1); /* so that reading beyond is seen */
        assert_non_null(cut);
        memcpy(cut, table.bytes, size);
        inlines = (struct go_inlines){.data = tree.bytes, .size = size % tree.size, .budget = 4096};
        if (go_table_open(&inlines.table, cut, size, false) &&
            go_table_parts(&inlines.table, &inlines.has_start_line, &inlines.files, &inlines.paths,
                           &inlines.positions))
            for (unsigned at = 0; at < 64; at += 4)
                assert_true(go_inlines_at(&inlines, 0x401000 + at, frames) < 4);
        free(cut);
    }
}

RUN_TESTS(TEST(functions_are_told_from_the_innermost_outwards), TEST(what_is_called_by_itself_ends),
          TEST(tables_that_end_early_are_survived))
