/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <stdlib.h>

#include "resolve/elf/go_table.h"

/* A table of two functions, "main.one" of 0x401000 to 0x401040 and "main.two" up to 0x401060, as
 * a version of Go writes it. */
struct written {
    uint8_t bytes[512];
    size_t size;
    bool swap;
    unsigned pointer;
};

static void put(struct written *w, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++) {
        unsigned byte = w->swap ? width - 1 - i : i;
        w->bytes[w->size + i] = (uint8_t)(value >> 8 * byte);
    }
    w->size += width;
}

static void put_word(struct written *w, uint64_t value)
{
    put(w, value, w->pointer);
}

static void put_begin(struct written *w, uint32_t magic, unsigned pointer, bool swap)
{
    *w = (struct written){.swap = swap, .pointer = pointer};
    put(w, magic, 4);
    put(w, 0, 2);
    put(w, 1, 1);
    put(w, pointer, 1);
    put_word(w, 2);
}

static const char names[] = "\0main.one\0main.two";
#define NAME_ONE 1
#define NAME_TWO 10

static void put_names(struct written *w)
{
    memcpy(w->bytes + w->size, names, sizeof names);
    w->size += sizeof names;
}

/* Go 1.2: offsets count from the table's beginning. */
static void write_1_2(struct written *w, unsigned pointer, bool swap)
{
    put_begin(w, 0xfffffffb, pointer, swap);
    size_t functions = w->size + 5 * pointer, at = functions + 2 * (pointer + 4);
    const uint64_t pcs[] = {0x401000, 0x401040, 0x401060};
    for (unsigned i = 0; i < 3; i++) {
        put_word(w, pcs[i]);
        if (i < 2)
            put_word(w, functions + i * (pointer + 4));
    }
    for (unsigned i = 0; i < 2; i++) {
        put_word(w, pcs[i]);
        put(w, at + (i ? NAME_TWO : NAME_ONE), 4);
    }
    put_names(w);
}

/* Since 1.16 there is an offset for each part; since 1.18 code is counted from its beginning. */
static void write_later(struct written *w, uint32_t magic, unsigned pointer, bool swap)
{
    bool relative = magic != 0xfffffffa;
    unsigned words = relative ? 8 : 7, width = relative ? 4 : pointer;
    put_begin(w, magic, pointer, swap);
    size_t header = 8 + words * pointer;
    put_word(w, 0); /* files */
    if (relative)
        put_word(w, 0x401000);
    put_word(w, header); /* names */
    for (unsigned i = 0; i < 3; i++)
        put_word(w, 0);
    put_word(w, header + sizeof names);
    put_names(w);
    uint64_t base = relative ? 0 : 0x401000;
    const uint64_t pcs[] = {base, base + 0x40, base + 0x60};
    for (unsigned i = 0; i < 3; i++) {
        put(w, pcs[i], width);
        if (i < 2)
            put(w, 5 * width + i * (width + 4), width);
    }
    for (unsigned i = 0; i < 2; i++) {
        put(w, pcs[i], width);
        put(w, i ? NAME_TWO : NAME_ONE, 4);
    }
}

static void write_version(struct written *w, unsigned version, unsigned pointer, bool swap)
{
    static const uint32_t magics[] = {0, 0xfffffffa, 0xfffffff0, 0xfffffff1};
    if (version == 0)
        write_1_2(w, pointer, swap);
    else
        write_later(w, magics[version], pointer, swap);
}

static void check_function(const struct go_table *table, uint64_t i, uint64_t start, uint64_t end,
                           const char *name)
{
    uint64_t told_start, told_end;
    size_t length = 0;
    assert_true(go_table_range(table, i, &told_start, &told_end));
    assert_int_equal(told_start, start);
    assert_int_equal(told_end, end);
    const char *told = go_table_name(table, i, &length);
    assert_string_equal(told, name);
    assert_int_equal(length, strlen(name));
}

static void every_version_names_its_functions(void **state)
{
    for (unsigned i = 0; i < 16; i++) {
        struct written w;
        struct go_table table;
        write_version(&w, i / 4, i & 1 ? 4 : 8, i & 2);
        assert_true(go_table_open(&table, w.bytes, w.size, i & 2));
        assert_int_equal(go_table_count(&table), 2);
        check_function(&table, 0, 0x401000, 0x401040, "main.one");
        check_function(&table, 1, 0x401040, 0x401060, "main.two");
    }
}

static void read_copy(const uint8_t *bytes, size_t size, bool swap)
{
    struct go_table table;
    uint64_t start, end;
    size_t length;
    uint8_t *copy = malloc(size ? size : 1); /* exactly as long, so that overreads are seen */
    memcpy(copy, bytes, size);
    if (go_table_open(&table, copy, size, swap)) {
        assert_true(go_table_count(&table) <= size);
        for (uint64_t i = 0; i < go_table_count(&table); i++) {
            (void)go_table_range(&table, i, &start, &end);
            (void)go_table_name(&table, i, &length);
        }
    }
    free(copy);
}

static void damaged_tables_give_what_they_have(void **state)
{
    for (unsigned version = 0; version < 4; version++) {
        struct written w;
        write_version(&w, version, 8, false);
        for (size_t size = 0; size < w.size; size++)
            read_copy(w.bytes, size, false);
        for (size_t at = 0; at < w.size; at++) {
            uint8_t old = w.bytes[at];
            for (unsigned value = 0x7f; value <= 0xff; value += 0x80) {
                w.bytes[at] = (uint8_t)value;
                read_copy(w.bytes, w.size, false);
            }
            w.bytes[at] = old;
        }
    }
}

RUN_TESTS(TEST(every_version_names_its_functions), TEST(damaged_tables_give_what_they_have))
