/* SPDX-License-Identifier: MIT */
#include "text.h"

#include "tree/order.h"

/* Texts that differ in their first bytes, behind them, in their length and beyond ASCII. */
static void texts_stand_by_their_bytes(void **state)
{
    static const char *const names[] = {
        "abcdefghik", "z",         "abcdefgh",
        "\xc3\xa4",   "a",         "abcdefghij",
        "abcdefgh\t", "abcdefghi", "null",
        "abcdefg",    "ab",        "abd",
        "nul",        "b",         "abcdefgi",
        "abcdefh\t",  "null ",     "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4",
    };
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    struct order order;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_not_equal(
            frames_add(&trie->frames, names[i], strlen(names[i]), FRAME_USER, NULL), FRAMES_FAILED);
    assert_int_equal(trie_sum(trie), 0);
    assert_int_equal(order_make(&order, trie, NULL), 0);
    const struct intern *texts = &trie->frames.texts;
    assert_true(texts->count >= sizeof names / sizeof *names);
    for (size_t i = 1; i < texts->count; i++)
        assert_true(
            strcmp(intern_text(texts, order.texts[i - 1]), intern_text(texts, order.texts[i])) < 0);
    order_done(&order);
}

RUN_TESTS(TEST(texts_stand_by_their_bytes))
