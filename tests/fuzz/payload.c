/* SPDX-License-Identifier: MIT */
/* What an SVG has beside its picture: the input is what is deflated there, so that what libFuzzer
 * changes is the data and not the packing. A trie that was read can be written; and once its names
 * are made safe by that, it reads back the same. */
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
    CLEANUP(buffer_done) struct buffer bytes = {0};
    FUZZ_CHECK(order_make(&order, trie, NULL) == 0);
    FUZZ_CHECK(payload_write(&bytes, trie, &order, false, NULL) == 0);
    FUZZ_CHECK(compress_deflate(to, bytes.data, bytes.size, NULL) == 0);
}

/* What becomes of packed bytes when they are read and written; nothing where they make no sense. */
static struct buffer repack(const struct buffer *packed)
{
    struct buffer again = {0};
    CLEANUP(trie_cleanup) struct trie *trie = read_packed(packed->data, packed->size);
    if (trie)
        write_packed(&again, trie);
    return again;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer packed = {0};
    FUZZ_CHECK(compress_deflate(&packed, data, size, NULL) == 0);
    struct buffer safe = repack(&packed);
    if (safe.size) {
        struct buffer once = repack(&safe), twice = repack(&once);
        FUZZ_CHECK(once.size && once.size == twice.size &&
                   memcmp(once.data, twice.data, once.size) == 0);
        buffer_done(&once);
        buffer_done(&twice);
    }
    buffer_done(&packed);
    buffer_done(&safe);
    return 0;
}
