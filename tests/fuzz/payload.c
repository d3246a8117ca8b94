/* SPDX-License-Identifier: MIT */
/* What an SVG has beside its picture: the input is what is deflated there, so that what libFuzzer
 * changes is the data and not the packing. A trie that was read can be written, and reads back
 * the same. */
#include "tree/payload.h"

#include <string.h>

#include "base/compress.h"
#include "fuzz.h"

static bool take(void *context, const char *event, const char *weight)
{
    return true;
}

static const struct payload_filter all = {.select = take};

/* Reads packed bytes into a trie; NULL where they make no sense. */
static struct trie *read_packed(const void *packed, size_t size)
{
    struct trie *trie = trie_new();
    uint32_t columns = 0;
    FUZZ_CHECK(trie);
    if (payload_read(trie, packed, size, &all, &columns, NULL) < 0 || trie_sum(trie) < 0) {
        trie_free(trie);
        return NULL;
    }
    return trie;
}

static void write_packed(struct buffer *to, const struct trie *trie)
{
    CLEANUP(order_done) struct order order = {0};
    FUZZ_CHECK(order_make(&order, trie, NULL) == 0);
    FUZZ_CHECK(payload_write(to, trie, &order, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer packed = {0}, once = {0}, twice = {0};
    FUZZ_CHECK(compress_deflate(&packed, data, size, NULL) == 0);
    CLEANUP(trie_cleanup) struct trie *trie = read_packed(packed.data, packed.size);
    if (trie) {
        write_packed(&once, trie);
        CLEANUP(trie_cleanup) struct trie *again = read_packed(once.data, once.size);
        FUZZ_CHECK(again);
        write_packed(&twice, again);
        FUZZ_CHECK(once.size == twice.size && memcmp(once.data, twice.data, once.size) == 0);
    }
    buffer_done(&packed);
    buffer_done(&once);
    buffer_done(&twice);
    return 0;
}
