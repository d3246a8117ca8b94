/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "tree/paths.h"

#define FRAMES 7
#define PIECES 60
#define PATHS  400

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* A trie with a few frames; they have the numbers from 1. */
static struct trie *trie_with_frames(void)
{
    struct trie *trie = trie_new();
    for (char name = 'a'; name < 'a' + FRAMES; name++)
        assert_int_equal(frames_add(&trie->frames, &name, 1, FRAME_USER, NULL), name - 'a' + 1);
    return trie;
}

/* The node of a path, walked from the root. */
static uint32_t walk(struct trie *trie, const struct paths *paths, size_t path)
{
    uint32_t node = 0;
    for (size_t i = 0; i < PATH_PIECES; i++) {
        struct path_piece piece = paths->pieces[paths->items[path].pieces[i]];
        for (uint32_t k = 0; k < piece.count; k++)
            node = trie_child(trie, node, paths->frames[piece.start + k]);
    }
    return node;
}

static void check_equal(const struct trie *a, const struct trie *b)
{
    size_t size = a->count * sizeof *a->frame;
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->frame + 1, b->frame + 1, size - sizeof *a->frame);
    assert_memory_equal(a->parent, b->parent, size);
    assert_memory_equal(a->first, b->first, size);
    assert_memory_equal(a->next, b->next, size);
}

static void check_planted(const struct paths *paths)
{
    CLEANUP(trie_cleanup) struct trie *planted = trie_with_frames(), *walked = trie_with_frames();
    uint32_t nodes[PATHS];
    assert_int_equal(paths_plant(paths, planted, nodes), 0);
    for (size_t path = 0; path < paths->count; path++)
        assert_int_equal(nodes[path], walk(walked, paths, path));
    check_equal(planted, walked);
    /* What was planted is found, and goes on growing as any trie does. */
    for (size_t path = 0; path < paths->count; path++)
        assert_int_equal(walk(planted, paths, path), nodes[path]);
    for (uint32_t frame = 1; frame <= FRAMES; frame++)
        assert_int_equal(trie_child(planted, nodes[0], frame), trie_child(walked, nodes[0], frame));
    check_equal(planted, walked);
}

static void planted_nodes_are_those_of_walking(void **state)
{
    uint32_t random = 1, frames[PIECES * 8];
    struct path_piece pieces[PIECES];
    struct path items[PATHS];
    struct paths paths = {frames, pieces, items, PATHS};
    for (uint32_t round = 0; round < 60; round++) {
        uint32_t kinds = 1 + round % FRAMES, longest = 1 + round % 8;
        for (uint32_t i = 0; i < PIECES * 8; i++)
            frames[i] = 1 + next_random(&random) % kinds;
        for (uint32_t i = 0; i < PIECES; i++) /* some are empty, some overlap */
            pieces[i] = (struct path_piece){next_random(&random) % (PIECES * 7),
                                            next_random(&random) % (longest + 1)};
        for (uint32_t i = 0; i < PATHS; i++)
            for (uint32_t k = 0; k < PATH_PIECES; k++)
                items[i].pieces[k] = next_random(&random) % (k ? PIECES : 3);
        paths.count = round % 5 ? PATHS : round; /* none too */
        check_planted(&paths);
    }
}

static void a_path_may_end_anywhere_on_another(void **state)
{
    const uint32_t frames[] = {1, 2, 3, 4, 5, 6};
    const struct path_piece pieces[] = {{0, 0}, {0, 6}, {0, 3}, {3, 1}, {4, 2}, {5, 1}};
    const struct path items[] = {
        {{0, 0, 0}}, {{1, 0, 0}}, {{2, 0, 0}}, {{0, 2, 3}}, {{2, 3, 4}}, {{2, 5, 0}},
        {{2, 5, 4}}, {{0, 0, 2}}, {{5, 1, 1}}, {{5, 0, 0}}, {{0, 0, 0}}, {{5, 1, 2}},
    };
    const struct paths paths = {frames, pieces, items, sizeof items / sizeof *items};
    check_planted(&paths);
}

static void without_memory_nothing_breaks(void **state)
{
    const uint32_t frames[] = {1, 2, 3, 1, 2, 4};
    const struct path_piece pieces[] = {{0, 3}, {3, 3}, {0, 0}};
    const struct path items[] = {{{0, 1, 2}}, {{0, 2, 2}}, {{1, 0, 2}}};
    const struct paths paths = {frames, pieces, items, 3};
    int planted = -1;
    for (long n = 0; planted < 0; n++) {
        CLEANUP(trie_cleanup) struct trie *trie = trie_with_frames();
        uint32_t nodes[3];
        assert_in_range(n, 0, 100);
        mem_fail_after(n);
        planted = paths_plant(&paths, trie, nodes);
        mem_fail_after(-1);
    }
}

RUN_TESTS(TEST(planted_nodes_are_those_of_walking), TEST(a_path_may_end_anywhere_on_another),
          TEST(without_memory_nothing_breaks))
