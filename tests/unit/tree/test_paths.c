/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "tree/paths.h"

#define FRAMES  7
#define PATHS   400
#define LONGEST 24

/* A path of a test. */
struct made {
    uint32_t count, frames[LONGEST];
};

static int take(void *context, size_t number, struct path *path)
{
    const struct made *made = (const struct made *)context + number;
    if (mem_grow(&path->frames, &path->capacity, LONGEST, sizeof *path->frames) < 0)
        return -1;
    /* Some keep what they can, others begin anew. */
    uint32_t kept = 0;
    if (number % 3 && path->count)
        while (kept < made->count && kept < made[-1].count && kept % 5 < 4 &&
               made->frames[kept] == made[-1].frames[kept])
            kept++;
    path_begin(path, kept);
    for (uint32_t i = kept; i < made->count; i++)
        path_add(path, made->frames[i]);
    return 0;
}

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
static uint32_t walk(struct trie *trie, const struct made *made)
{
    uint32_t node = 0;
    for (uint32_t i = 0; i < made->count; i++)
        node = trie_child(trie, node, made->frames[i]);
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

static void check_planted_with(struct made *made, size_t count, bool threads)
{
    CLEANUP(trie_cleanup) struct trie *planted = trie_with_frames(), *walked = trie_with_frames();
    const struct paths paths = {take, made, count};
    uint32_t nodes[PATHS];
    assert_int_equal(paths_plant(&paths, planted, nodes, threads), 0);
    for (size_t path = 0; path < count; path++)
        assert_int_equal(nodes[path], walk(walked, &made[path]));
    check_equal(planted, walked);
    /* What was planted is found, and goes on growing as any trie does. */
    for (size_t path = 0; path < count; path++)
        assert_int_equal(walk(planted, &made[path]), nodes[path]);
    for (uint32_t frame = 1; count && frame <= FRAMES; frame++)
        assert_int_equal(trie_child(planted, nodes[0], frame), trie_child(walked, nodes[0], frame));
    check_equal(planted, walked);
}

static void check_planted(struct made *made, size_t count)
{
    check_planted_with(made, count, false);
    check_planted_with(made, count, true);
}

static void planted_nodes_are_those_of_walking(void **state)
{
    static struct made made[PATHS];
    uint32_t random = 1;
    for (uint32_t round = 0; round < 100; round++) {
        uint32_t kinds = 1 + round % FRAMES, longest = 1 + round % LONGEST;
        for (size_t i = 0; i < PATHS; i++) {
            /* Some begin as the one before does, some as any other. */
            const struct made *like =
                &made[next_random(&random) % 2 ? (i + PATHS - 1) % PATHS
                                               : next_random(&random) % PATHS];
            uint32_t same = next_random(&random) % (like->count + 1);
            made[i].count = next_random(&random) % (longest + 1);
            for (uint32_t k = 0; k < made[i].count; k++)
                made[i].frames[k] = k < same ? like->frames[k] : 1 + next_random(&random) % kinds;
        }
        check_planted(made, round % 5 ? PATHS : round / 5); /* none too, and one */
    }
}

static void a_path_may_end_anywhere_on_another(void **state)
{
    struct made made[] = {
        {0, {0}},
        {3, {1, 2, 3}},
        {6, {1, 2, 3, 4, 5, 6}},
        {2, {1, 2}},
        {4, {1, 2, 3, 6}},
        {6, {1, 2, 3, 6, 5}},
        {4, {1, 2, 3, 4}},
        {5, {1, 2, 3, 6, 5}},
        {1, {5}},
        {2, {5, 5}},
        {0, {0}},
        {3, {5, 5, 1}},
    };
    check_planted(made, sizeof made / sizeof *made);
}

static void without_memory_nothing_breaks(void **state)
{
    struct made made[] = {{3, {1, 2, 3}}, {3, {1, 2, 4}}, {3, {1, 2, 5}}, {3, {4, 2, 1}}};
    const struct paths paths = {take, made, sizeof made / sizeof *made};
    for (int threads = 0; threads < 2; threads++) {
        int planted = -1;
        for (long n = 0; planted < 0; n++) {
            CLEANUP(trie_cleanup) struct trie *trie = trie_with_frames();
            uint32_t nodes[sizeof made / sizeof *made];
            assert_in_range(n, 0, 200);
            mem_fail_after(n);
            planted = paths_plant(&paths, trie, nodes, threads);
            mem_fail_after(-1);
        }
    }
}

RUN_TESTS(TEST(planted_nodes_are_those_of_walking), TEST(a_path_may_end_anywhere_on_another),
          TEST(without_memory_nothing_breaks))
