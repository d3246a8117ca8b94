/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/mem.h"
#include "lib/cgroups.h"

static int tell(struct cgroups *cgroups, uint64_t id, const char *path)
{
    return cgroups_add(cgroups,
                       &(struct perf_cgroup){.id = id, .path = path, .path_length = strlen(path)});
}

static void a_number_means_what_was_told_last(void **state)
{
    struct cgroups cgroups = {0};
    assert_string_equal(cgroups_path(&cgroups, 1), "[unknown cgroup]");
    assert_int_equal(tell(&cgroups, 1, "/"), 0);
    assert_int_equal(tell(&cgroups, 77, "/system.slice/a"), 0);
    assert_string_equal(cgroups_path(&cgroups, 77), "/system.slice/a");
    assert_int_equal(tell(&cgroups, 77, "/b"), 0);
    assert_string_equal(cgroups_path(&cgroups, 77), "/b");
    assert_string_equal(cgroups_path(&cgroups, 1), "/");
    assert_string_equal(cgroups_path(&cgroups, 2), "[unknown cgroup]");
    assert_int_equal(cgroups.count, 2);
    cgroups_done(&cgroups);
}

static void globs_choose_paths(void **state)
{
    static const char *const slices[] = {"/user*", "/system.slice/*", NULL};
    static const char *const none[] = {NULL};
    struct cgroups cgroups = {0};
    assert_int_equal(tell(&cgroups, 1, "/system.slice/a"), 0);
    assert_int_equal(tell(&cgroups, 2, "/"), 0);
    assert_true(cgroups_accept(&cgroups, 1, slices));
    assert_false(cgroups_accept(&cgroups, 2, slices));
    assert_false(cgroups_accept(&cgroups, 3, slices));
    assert_false(cgroups_accept(&cgroups, 1, none));
    assert_true(cgroups_accept(&cgroups, 3, NULL));
    cgroups_done(&cgroups);
}

static void without_memory_nothing_is_told(void **state)
{
    struct cgroups cgroups = {0};
    int r = -1;
    for (long n = 0; r < 0; n++) {
        assert_string_equal(cgroups_path(&cgroups, 5), "[unknown cgroup]");
        mem_fail_after(n);
        r = tell(&cgroups, 5, "/a");
        mem_fail_after(-1);
        assert_true(n < 20);
    }
    assert_string_equal(cgroups_path(&cgroups, 5), "/a");
    cgroups_done(&cgroups);
}

RUN_TESTS(TEST(a_number_means_what_was_told_last), TEST(globs_choose_paths),
          TEST(without_memory_nothing_is_told))
