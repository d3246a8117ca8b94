/* SPDX-License-Identifier: MIT */
/* For the tree's tests: text in, text out. */
#ifndef PFL_TESTS_UNIT_TREE_TEXT_H
#define PFL_TESTS_UNIT_TREE_TEXT_H

#include "../check.h"

#include <stdio.h>

#include "base/buffer.h"
#include "tree/folded.h"

static inline int text_sink_write(void *context, const void *data, size_t size)
{
    buffer_append(context, data, size);
    return 0;
}

/* A source with these bytes; closed with source_close. */
static inline struct source text_source(const char *text, size_t size)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fflush(file), 0);
    struct source source;
    assert_int_equal(source_open_fd(&source, fileno(file), NULL), 0);
    /* The descriptor of the source is the file's: kept open until the test ends. */
    return source;
}

/* Reads folded text. The caller frees the trie. */
static inline struct trie *text_trie_skipping(const char *text, size_t size, uint64_t *ret_skipped)
{
    struct trie *trie = trie_new();
    assert_non_null(trie);
    struct source source = text_source(text, size);
    struct folded_lines lines;
    assert_int_equal(folded_read(trie, &source, NULL, &lines, NULL), 0);
    *ret_skipped = lines.skipped;
    source_close(&source);
    assert_int_equal(trie_sum(trie), 0);
    return trie;
}

static inline struct trie *text_trie(const char *text)
{
    uint64_t skipped = 0;
    struct trie *trie = text_trie_skipping(text, strlen(text), &skipped);
    assert_int_equal(skipped, 0);
    return trie;
}

/* All columns of the trie, summed, must be this folded text. */
static inline void assert_folded_as(const struct trie *trie, bool suffixes, const char *expected)
{
    uint32_t columns[64];
    for (uint32_t i = 0; i < 64; i++)
        columns[i] = i;
    struct buffer text = {0};
    struct pfl_sink sink = {text_sink_write, &text};
    struct folded_options options = {.suffixes = suffixes};
    assert_int_equal(folded_write(trie, columns, trie->column_count, &options, &sink, NULL), 0);
    assert_string_equal(buffer_string(&text), expected);
    buffer_done(&text);
}

static inline void assert_folded(const struct trie *trie, const char *expected)
{
    assert_folded_as(trie, false, expected);
}

#endif
