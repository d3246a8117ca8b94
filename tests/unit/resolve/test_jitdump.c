/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "resolve/jit/jitdump.h"
#include "resolve/jit/jits.h"
#include "dump_writer.h"

static void put_move(struct written *w, uint64_t time, uint64_t from, uint64_t to, uint64_t number)
{
    put(w, 1, 4);
    put(w, 16 + 48, 4);
    put(w, time, 8);
    put(w, 77, 4);
    put(w, 77, 4);
    put(w, from, 8);
    put(w, from, 8);
    put(w, to, 8);
    put(w, 64, 8);
    put(w, number, 8);
}

static void write_all(struct written *w, bool swap)
{
    put_header(w, swap);
    put_load(w, 10, 0x1000, 64, 1, "first");
    put_load(w, 20, 0x1000, 32, 2, "second");
    put(w, 4, 4); /* what is not known is passed over */
    put(w, 24, 4);
    put(w, 25, 8);
    put(w, 0, 8);
    put_move(w, 30, 0x1000, 0x2000, 1);
    put_move(w, 35, 0x1000, 0x3000, 99);
}

static void read_bytes(const uint8_t *bytes, size_t size, struct jitdump *dump,
                       struct symbols *symbols)
{
    struct source source;
    int fd = memfd_create("jitdump", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    assert_int_equal(source_open_fd(&source, fd, NULL), 0);
    assert_int_equal(jitdump_read(dump, symbols, &source), 0);
    close(fd);
}

static void code_has_offsets_of_its_own(void **state)
{
    for (unsigned swap = 0; swap < 2; swap++) {
        struct written w;
        struct jitdump dump = {0};
        struct symbols symbols = {0};
        write_all(&w, swap);
        read_bytes(w.bytes, w.size, &dump, &symbols);
        assert_int_equal(dump.count, 3);
        assert_false(dump.other_clock);
        assert_int_equal(dump.steps[0].offset, 0);
        assert_int_equal(dump.steps[1].offset, 64);
        assert_int_equal(dump.steps[2].offset, 0);
        assert_int_equal(dump.steps[2].address, 0x2000);
        assert_int_equal(dump.steps[2].size, 64);
        assert_string_equal(symbols_name(&symbols, symbols_find(&symbols, 63)), "first");
        assert_string_equal(symbols_name(&symbols, symbols_find(&symbols, 64)), "second");
        assert_null(symbols_find(&symbols, 96));
        jitdump_done(&dump);
        symbols_done(&symbols);
    }
}

static void damaged_files_give_what_they_have(void **state)
{
    struct written w;
    write_all(&w, false);
    for (size_t size = 0; size < w.size; size++) {
        struct jitdump dump = {0};
        struct symbols symbols = {0};
        read_bytes(w.bytes, size, &dump, &symbols);
        assert_true(dump.count <= 3);
        jitdump_done(&dump);
        symbols_done(&symbols);
    }
    for (size_t at = 0; at < w.size; at++) {
        struct jitdump dump = {0};
        struct symbols symbols = {0};
        w.bytes[at] ^= 0xff;
        read_bytes(w.bytes, w.size, &dump, &symbols);
        w.bytes[at] ^= 0xff;
        jitdump_done(&dump);
        symbols_done(&symbols);
    }
}

/* The name of the code that process 77 has at an address; "" for none. */
static const char *name_now(const struct tasks *tasks, struct objects *objects, uint64_t address)
{
    const struct space *space = tasks_space(tasks, 77);
    const struct space_map *map = space ? space_find(space, address) : NULL;
    if (!map)
        return "";
    struct symbols *symbols = &objects->items[map->object].symbols;
    struct symbol *symbol = symbols_find(symbols, address - map->start + map->offset);
    return symbol ? symbols_name(symbols, symbol) : "";
}

static void a_process_gets_code_as_time_goes_on(void **state)
{
    struct written w;
    struct jits jits = {0};
    struct tasks tasks;
    struct objects objects;
    char path[] = "/tmp/perflame-test-XXXXXX";
    uint32_t object;
    write_all(&w, false);
    int fd = mkstemp(path);
    assert_int_equal(write(fd, w.bytes, w.size), w.size);
    close(fd);
    assert_int_equal(tasks_init(&tasks), 0);
    assert_int_equal(objects_init(&objects), 0);
    struct object_key key = {.kind = OBJECT_JIT, .path = path, .path_length = strlen(path)};
    assert_int_equal(objects_add(&objects, &key, &object), 1);
    assert_int_equal(jits_add(&jits, &objects, &tasks, 77, object, path, false, true), 0);
    unlink(path);

    assert_string_equal(name_now(&tasks, &objects, 0x1010), "");
    assert_int_equal(jits_advance(&jits, &tasks, 78, 100), 0);
    assert_string_equal(name_now(&tasks, &objects, 0x1010), "");
    assert_int_equal(jits_advance(&jits, &tasks, 77, 10), 0);
    assert_string_equal(name_now(&tasks, &objects, 0x1010), "first");
    assert_int_equal(jits_advance(&jits, &tasks, 77, 29), 0);
    assert_string_equal(name_now(&tasks, &objects, 0x1010), "second");
    assert_string_equal(name_now(&tasks, &objects, 0x1030), "first");
    assert_string_equal(name_now(&tasks, &objects, 0x2010), "");
    assert_int_equal(jits_advance(&jits, &tasks, 77, 30), 0);
    assert_string_equal(name_now(&tasks, &objects, 0x2010), "first");

    /* What the kernel maps over it later hides nothing. */
    struct space_map map = {.start = 0, .end = 0x10000, .object = OBJECTS_UNKNOWN, .code = true};
    assert_int_equal(tasks_map(&tasks, 77, &map), 0);
    assert_string_equal(name_now(&tasks, &objects, 0x2010), "first");
    assert_int_equal(tasks_fork(&tasks, 79, 79, 77, 77, true), 0);
    assert_ptr_equal(tasks_space(&tasks, 79), tasks_space(&tasks, 77));
    jits_done(&jits);
    tasks_done(&tasks);
    objects_done(&objects);
}

static void dumps_are_known_by_their_names(void **state)
{
    assert_true(jits_is_dump("/tmp/jit-123.dump"));
    assert_true(jits_is_dump("jit-1.dump"));
    assert_false(jits_is_dump("/tmp/jit-.dump"));
    assert_false(jits_is_dump("/tmp/jit-1.dump.so"));
    assert_false(jits_is_dump("/tmp/xjit-1.dump"));
}

RUN_TESTS(TEST(code_has_offsets_of_its_own), TEST(damaged_files_give_what_they_have),
          TEST(a_process_gets_code_as_time_goes_on), TEST(dumps_are_known_by_their_names))
