/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/compress.h"
#include "base/limits.h"
#include "tree/payload.h"

static bool take_all(void *context, const char *event, const char *weight)
{
    return true;
}

static bool take_bytes(void *context, const char *event, const char *weight)
{
    return strcmp(weight, "bytes_alloc") == 0;
}

static uint32_t add(struct trie *trie, uint32_t parent, const char *name, enum frame_kind kind,
                    const char *object)
{
    return trie_child(trie, parent, frames_add(&trie->frames, name, strlen(name), kind, object));
}

static struct trie *make_trie(void)
{
    struct trie *trie = trie_new();
    trie_column(trie, "cpu-clock", "period", "ns");
    trie_column(trie, "kmem:kmalloc", "bytes_alloc", "bytes");
    uint32_t app = add(trie, 0, "app", FRAME_GROUP, NULL);
    uint32_t main_node = add(trie, app, "main", FRAME_USER, "app.bin");
    uint32_t read = add(trie, main_node, "read", FRAME_KERNEL, "[kernel.kallsyms]");
    uint32_t inner = add(trie, main_node, "\xce\xbb", FRAME_INLINED, "app.bin");
    uint32_t mark = add(trie, app, "[broken]", FRAME_MARK, NULL);
    trie_add(trie, 0, read, INT64_C(3000000));
    trie_add(trie, 0, inner, INT64_C(-2000000));
    trie_add(trie, 0, mark, INT64_MAX / 2000000 * 1000000);
    trie_add(trie, 1, inner, 4097);
    trie->columns[0].samples = 77;
    trie->columns[0].recorded = INT64_MIN / 3;
    assert_int_equal(trie_sum(trie), 0);
    return trie;
}

static void pack(const struct trie *trie, struct buffer *packed)
{
    CLEANUP(order_done) struct order order;
    CLEANUP(buffer_done) struct buffer bytes = {0}, same = {0};
    assert_int_equal(order_make(&order, trie, NULL), 0);
    assert_int_equal(payload_write(&bytes, trie, &order, false, NULL), 0);
    assert_int_equal(payload_write(&same, trie, &order, true, NULL), 0);
    assert_int_equal(bytes.size, same.size);
    assert_memory_equal(bytes.data, same.data, bytes.size);
    assert_int_equal(compress_deflate(packed, bytes.data, bytes.size, NULL), 0);
}

/* Every node of `from` is in `to` with `times` its weight. */
static void assert_holds(const struct trie *from, const struct trie *to, uint32_t from_column,
                         uint32_t column, int64_t times)
{
    uint32_t *node = mem_zalloc(from->count, sizeof *node);
    for (uint32_t n = 0; n < from->count; n++) {
        if (n) {
            const struct frame *frame = &from->frames.items[from->frame[n]];
            uint32_t before = to->count;
            node[n] = add((struct trie *)(uintptr_t)to, node[from->parent[n]], trie_name(from, n),
                          frame->kind, frames_object(&from->frames, from->frame[n]));
            assert_int_equal(to->count, before);
        }
        assert_true(trie_self(to, column, node[n]) == times * trie_self(from, from_column, n));
    }
    mem_free(node);
}

static void a_trie_comes_back_whole_and_adds_up(void **state)
{
    struct trie *trie = make_trie(), *back = trie_new();
    struct buffer packed = {0};
    const struct payload_filter all = {take_all, NULL};
    uint32_t columns = 0;
    struct pfl_error error;
    pack(trie, &packed);
    assert_int_equal(payload_read(back, packed.data, packed.size, &all, &columns, &error), 0);
    assert_int_equal(columns, 2);
    assert_int_equal(back->count, trie->count);
    assert_string_equal(back->columns[1].event, "kmem:kmalloc");
    assert_string_equal(back->columns[1].unit, "bytes");
    assert_int_equal(back->columns[0].samples, 77);
    assert_true(back->columns[0].recorded == INT64_MIN / 3);
    assert_holds(trie, back, 0, 0, 1);
    assert_holds(trie, back, 1, 1, 1);
    assert_int_equal(payload_read(back, packed.data, packed.size, &all, &columns, &error), 0);
    assert_int_equal(back->column_count, 2);
    assert_int_equal(back->columns[0].samples, 154);
    assert_holds(trie, back, 0, 0, 2);
    trie_free(trie);
    trie_free(back);
    buffer_done(&packed);
}

static void the_order_of_time_comes_back(void **state)
{
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    CLEANUP(trie_cleanup) struct trie *back = trie_new();
    CLEANUP(trie_cleanup) struct trie *merged = trie_new();
    trie->timed = back->timed = true;
    trie_column(trie, "", "samples", "samples");
    const char *const names[] = {"b", "a", "b", "a"};
    for (int i = 0; i < 4; i++) {
        uint32_t node = add(trie, 0, names[i], FRAME_USER, NULL);
        trie_add(trie, 0, add(trie, node, "leaf", FRAME_USER, NULL), i + 1);
    }
    trie_sum(trie);
    struct buffer packed = {0}, again = {0};
    const struct payload_filter all = {take_all, NULL};
    uint32_t columns = 0;
    pack(trie, &packed);
    assert_int_equal(payload_read(back, packed.data, packed.size, &all, &columns, NULL), 0);
    assert_int_equal(back->count, 9);
    assert_int_equal(trie_sum(back), 0);
    pack(back, &again);
    assert_int_equal(again.size, packed.size);
    assert_memory_equal(again.data, packed.data, packed.size);
    /* An ordinary trie takes it as it takes anything. */
    assert_int_equal(payload_read(merged, packed.data, packed.size, &all, &columns, NULL), 0);
    assert_int_equal(merged->count, 5);
    /* The other way round there is no order to take. */
    buffer_clear(&again);
    assert_int_equal(trie_sum(merged), 0);
    pack(merged, &again);
    struct pfl_error error;
    assert_int_equal(payload_read(back, again.data, again.size, &all, &columns, &error),
                     -PFL_ERROR_ABSENT);
    buffer_done(&packed);
    buffer_done(&again);
}

static void columns_can_be_chosen(void **state)
{
    struct trie *trie = make_trie(), *back = trie_new();
    struct buffer packed = {0};
    const struct payload_filter some = {take_bytes, NULL};
    uint32_t columns = 0;
    pack(trie, &packed);
    assert_int_equal(payload_read(back, packed.data, packed.size, &some, &columns, NULL), 0);
    assert_int_equal(columns, 1);
    assert_int_equal(back->column_count, 1);
    assert_holds(trie, back, 1, 0, 1);
    trie_free(trie);
    trie_free(back);
    buffer_done(&packed);
}

/* A small picture that says it has so many nodes, and so many bytes of strings. */
static int read_claim(uint64_t nodes, uint64_t text_size)
{
    CLEANUP(trie_cleanup) struct trie *back = trie_new();
    struct buffer plain = {0}, packed = {0};
    const struct payload_filter all = {take_all, NULL};
    const uint64_t numbers[] = {1, 0, nodes, 0, 0, text_size, 1, 0, 0, 0};
    uint32_t columns = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        buffer_varint(&plain, numbers[i]);
    for (int i = 0; i < 4 * 1024 * 1024; i++)
        buffer_char(&plain, '\0');
    assert_int_equal(compress_deflate(&packed, plain.data, plain.size, NULL), 0);
    int r = payload_read(back, packed.data, packed.size, &all, &columns, NULL);
    buffer_done(&plain);
    buffer_done(&packed);
    return r;
}

static void a_small_picture_cannot_ask_for_much(void **state)
{
    assert_int_equal(read_claim(1, 1), 0);
    assert_int_equal(read_claim(1200 * 1024, 1), -PFL_ERROR_LIMIT);
    assert_int_equal(read_claim(1, 80 * 1024 * 1024), -PFL_ERROR_LIMIT);
}

/* Every byte set to every of a few values, and every length: refused or read, never worse. */
static void damaged_data_does_no_harm(void **state)
{
    static const unsigned char values[] = {0, 1, 2, 0x7f, 0x80, 0xff};
    struct trie *trie = make_trie();
    struct buffer packed = {0}, plain = {0};
    const struct payload_filter all = {take_all, NULL};
    size_t refused = 0;
    pack(trie, &packed);
    assert_int_equal(compress_inflate(&plain, packed.data, packed.size, LIMIT_PAYLOAD_BYTES, NULL),
                     0);
    for (size_t i = 0; i < plain.size * 7; i++) {
        struct trie *back = trie_new();
        struct buffer bytes = {0}, again = {0};
        size_t at = i / 7;
        buffer_append(&bytes, plain.data, i % 7 == 6 ? at : plain.size);
        if (i % 7 < 6)
            bytes.data[at] = (char)values[i % 7];
        assert_int_equal(compress_deflate(&again, bytes.data, bytes.size, NULL), 0);
        uint32_t columns = 0;
        int r = payload_read(back, again.data, again.size, &all, &columns, NULL);
        assert_true(r == 0 || r == -PFL_ERROR_FORMAT || r == -PFL_ERROR_LIMIT);
        refused += r < 0;
        assert_true(i % 7 < 6 || r < 0);
        trie_free(back);
        buffer_done(&bytes);
        buffer_done(&again);
    }
    assert_true(refused > plain.size);
    trie_free(trie);
    buffer_done(&packed);
    buffer_done(&plain);
}

RUN_TESTS(TEST(a_trie_comes_back_whole_and_adds_up), TEST(the_order_of_time_comes_back),
          TEST(columns_can_be_chosen), TEST(damaged_data_does_no_harm),
          TEST(a_small_picture_cannot_ask_for_much))
