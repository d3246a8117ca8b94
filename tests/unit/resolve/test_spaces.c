/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/limits.h"
#include "resolve/spaces.h"
#include "resolve/tasks.h"

static struct space_map map_of(uint64_t start, uint64_t end, uint32_t object)
{
    return (struct space_map){.start = start, .end = end, .object = object, .code = true};
}

static uint32_t object_at(const struct space *space, uint64_t address)
{
    const struct space_map *map = space_find(space, address);
    return map ? map->object : 0;
}

static void add(struct spaces *spaces, struct space **space, struct space_map map)
{
    assert_int_equal(space_map(spaces, space, &map), 0);
}

static void finds_what_is_mapped_and_nothing_beside_it(void **state)
{
    struct spaces spaces = {0};
    struct space *space = space_new(&spaces);
    assert_int_equal(object_at(space, 0), 0);
    add(&spaces, &space, map_of(100, 200, 1));
    add(&spaces, &space, map_of(300, 400, 2));
    add(&spaces, &space, map_of(200, 250, 3));
    assert_int_equal(object_at(space, 99), 0);
    assert_int_equal(object_at(space, 100), 1);
    assert_int_equal(object_at(space, 199), 1);
    assert_int_equal(object_at(space, 200), 3);
    assert_int_equal(object_at(space, 250), 0);
    assert_int_equal(object_at(space, 399), 2);
    assert_int_equal(object_at(space, 400), 0);
    space_release(space);
}

static void a_mapping_cuts_what_it_overlaps(void **state)
{
    struct spaces spaces = {0};
    struct space *space = space_new(&spaces);
    add(&spaces, &space, map_of(100, 200, 1));
    add(&spaces, &space, map_of(200, 300, 2));
    add(&spaces, &space, map_of(300, 400, 3));
    add(&spaces, &space, map_of(150, 350, 4));
    assert_int_equal(space->count, 3);
    assert_int_equal(object_at(space, 149), 1);
    assert_int_equal(object_at(space, 150), 4);
    assert_int_equal(object_at(space, 349), 4);
    assert_int_equal(object_at(space, 350), 3);
    assert_int_equal(space_find(space, 350)->offset, 50);
    space_release(space);
}

static void a_hole_in_the_middle_leaves_both_ends(void **state)
{
    struct spaces spaces = {0};
    struct space *space = space_new(&spaces);
    struct space_map whole = map_of(1000, 9000, 1);
    whole.offset = 5;
    add(&spaces, &space, whole);
    add(&spaces, &space, map_of(3000, 4000, 2));
    assert_int_equal(space->count, 3);
    assert_int_equal(object_at(space, 2999), 1);
    assert_int_equal(object_at(space, 3000), 2);
    assert_int_equal(object_at(space, 4000), 1);
    assert_int_equal(space_find(space, 4000)->offset, 3005);
    space_release(space);
}

static void only_a_change_of_meaning_changes_the_version(void **state)
{
    struct spaces spaces = {0};
    struct space *space = space_new(&spaces);
    add(&spaces, &space, map_of(100, 200, 1));
    uint32_t version = space->version;
    add(&spaces, &space, map_of(300, 400, 2)); /* nothing was there */
    add(&spaces, &space, map_of(100, 200, 1)); /* the same again */
    struct space_map longer = map_of(100, 250, 1);
    add(&spaces, &space, longer); /* the same and more of it */
    assert_int_equal(space->version, version);
    assert_int_equal(space->count, 2);
    struct space_map moved = map_of(100, 200, 1);
    moved.offset = 4096;
    add(&spaces, &space, moved);
    assert_int_not_equal(space->version, version);
    version = space->version;
    add(&spaces, &space, map_of(110, 120, 3));
    assert_int_not_equal(space->version, version);
    space_release(space);
}

static void hostile_mappings_neither_wrap_nor_empty_the_space(void **state)
{
    struct spaces spaces = {0};
    struct space *space = space_new(&spaces);
    add(&spaces, &space, map_of(UINT64_MAX - 10, UINT64_MAX, 1));
    add(&spaces, &space, map_of(50, 50, 2));
    add(&spaces, &space, map_of(60, 50, 2));
    assert_int_equal(space->count, 1);
    assert_int_equal(object_at(space, UINT64_MAX - 1), 1);
    add(&spaces, &space, map_of(0, UINT64_MAX, 3));
    assert_int_equal(space->count, 1);
    assert_int_equal(object_at(space, 0), 3);
    space_release(space);
}

/* Against a table with an entry per address. */
static void random_mappings_are_those_of_a_plain_table(void **state)
{
    struct spaces spaces = {0};
    struct space *space = space_new(&spaces);
    uint32_t table[256] = {0};
    uint32_t seed = 1;
    for (uint32_t round = 1; round < 2000; round++) {
        seed = seed * 1664525u + 1013904223u;
        uint32_t start = seed >> 24, length = (seed >> 12 & 31) + 1;
        uint32_t end = start + length > 256 ? 256 : start + length;
        add(&spaces, &space, map_of(start, end, round));
        for (uint32_t i = start; i < end; i++)
            table[i] = round;
        for (uint32_t i = 0; i < 256; i++)
            assert_int_equal(object_at(space, i), table[i]);
    }
    space_release(space);
}

static void a_fork_shares_until_one_side_maps(void **state)
{
    struct tasks tasks;
    assert_int_equal(tasks_init(&tasks), 0);
    struct space_map map = map_of(100, 200, 1), other = map_of(300, 400, 2);
    assert_int_equal(tasks_map(&tasks, 10, &map), 0);
    assert_int_equal(tasks_fork(&tasks, 11, 11, 10, 10, true), 0);
    assert_ptr_equal(tasks_space(&tasks, 10), tasks_space(&tasks, 11));
    assert_int_equal(tasks_map(&tasks, 11, &other), 0);
    assert_ptr_not_equal(tasks_space(&tasks, 10), tasks_space(&tasks, 11));
    assert_int_not_equal(tasks_space(&tasks, 10)->version, tasks_space(&tasks, 11)->version);
    assert_int_equal(object_at(tasks_space(&tasks, 11), 150), 1);
    assert_int_equal(object_at(tasks_space(&tasks, 11), 350), 2);
    assert_int_equal(object_at(tasks_space(&tasks, 10), 350), 0);
    tasks_done(&tasks);
}

static void a_fork_shares_until_one_side_compiles(void **state)
{
    struct tasks tasks;
    assert_int_equal(tasks_init(&tasks), 0);
    struct space_map map = map_of(100, 200, 1), over = map_of(120, 150, 2);
    assert_int_equal(tasks_map(&tasks, 10, &map), 0);
    assert_int_equal(tasks_fork(&tasks, 11, 11, 10, 10, true), 0);
    assert_int_equal(tasks_overlay(&tasks, 10, &over), 0);
    assert_int_equal(object_at(tasks_space(&tasks, 10), 130), 2);
    assert_int_equal(object_at(tasks_space(&tasks, 11), 130), 1);
    tasks_done(&tasks);
}

static void exec_begins_afresh_and_a_thread_changes_nothing(void **state)
{
    struct tasks tasks;
    assert_int_equal(tasks_init(&tasks), 0);
    struct space_map map = map_of(100, 200, 1);
    assert_int_equal(tasks_map(&tasks, 10, &map), 0);
    uint32_t version = tasks_space(&tasks, 10)->version;
    assert_int_equal(tasks_fork(&tasks, 10, 12, 10, 10, true), 0);
    assert_int_equal(tasks_space(&tasks, 10)->version, version);
    assert_int_equal(tasks_fork(&tasks, 13, 13, 10, 10, false), 0);
    assert_null(tasks_space(&tasks, 13));
    assert_int_equal(tasks_exec(&tasks, 10), 0);
    assert_null(tasks_space(&tasks, 10));
    assert_int_equal(tasks_map(&tasks, 10, &map), 0);
    assert_int_not_equal(tasks_space(&tasks, 10)->version, version);
    tasks_done(&tasks);
}

static void a_thread_has_its_makers_comm_until_it_gets_its_own(void **state)
{
    struct tasks tasks;
    assert_int_equal(tasks_init(&tasks), 0);
    assert_string_equal(tasks_comm(&tasks, 10), "");
    assert_int_equal(tasks_name(&tasks, 10, "make", 4), 0);
    assert_int_equal(tasks_fork(&tasks, 11, 11, 10, 10, true), 0);
    assert_string_equal(tasks_comm(&tasks, 11), "make");
    assert_int_equal(tasks_name(&tasks, 10, "other", 5), 0);
    assert_string_equal(tasks_comm(&tasks, 11), "make");
    assert_int_equal(tasks_fork(&tasks, 11, 12, 99, 99, true), 0);
    assert_string_equal(tasks_comm(&tasks, 12), "");
    tasks_done(&tasks);
}

static void ended_processes_keep_their_space_for_a_while(void **state)
{
    struct tasks tasks;
    assert_int_equal(tasks_init(&tasks), 0);
    struct space_map map = map_of(100, 200, 1);
    for (uint32_t pid = 1; pid <= 1000; pid++) {
        assert_int_equal(tasks_map(&tasks, pid, &map), 0);
        assert_int_equal(tasks_exit(&tasks, pid), 0);
        assert_int_equal(tasks_exit(&tasks, pid), 0);
        assert_int_equal(object_at(tasks_space(&tasks, pid), 150), 1);
    }
    assert_null(tasks_space(&tasks, 1));
    assert_non_null(tasks_space(&tasks, 1000));
    tasks_done(&tasks);
}

static void the_maps_of_all_spaces_are_bounded(void **state)
{
    enum { EACH = 1000 };
    struct spaces spaces = {0};
    struct space *parent = space_new(&spaces), *children[LIMIT_MAPS / EACH] = {NULL};
    for (uint64_t i = 0; i < EACH; i++)
        add(&spaces, &parent, map_of(i * 20, i * 20 + 10, 1));
    const struct space_map map = map_of(1, 2, 2);
    int r = 0;
    size_t count = 0;
    while (r == 0 && count < LIMIT_MAPS / EACH) {
        children[count] = space_share(parent);
        r = space_map(&spaces, &children[count++], &map);
    }
    assert_int_equal(r, -1);
    assert_true(spaces.full);
    while (count--)
        space_release(children[count]);
    space_release(parent);
    assert_int_equal(spaces.maps, 0);
}

RUN_TESTS(TEST(finds_what_is_mapped_and_nothing_beside_it), TEST(a_mapping_cuts_what_it_overlaps),
          TEST(a_hole_in_the_middle_leaves_both_ends),
          TEST(only_a_change_of_meaning_changes_the_version),
          TEST(hostile_mappings_neither_wrap_nor_empty_the_space),
          TEST(random_mappings_are_those_of_a_plain_table), TEST(a_fork_shares_until_one_side_maps),
          TEST(a_fork_shares_until_one_side_compiles),
          TEST(exec_begins_afresh_and_a_thread_changes_nothing),
          TEST(a_thread_has_its_makers_comm_until_it_gets_its_own),
          TEST(ended_processes_keep_their_space_for_a_while),
          TEST(the_maps_of_all_spaces_are_bounded))
