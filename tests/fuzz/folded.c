/* SPDX-License-Identifier: MIT */
/* Folded text: what is read and written can be read again, and says the same. */
#include "fuzz.h"

#include <string.h>

#include "base/buffer.h"
#include "tree/folded.h"

static int take(void *context, const void *data, size_t size)
{
    struct buffer *to = context;
    buffer_append(to, data, size);
    return to->failed ? -1 : 0;
}

/* Reads text into a trie of its own, and writes it. */
static struct buffer refold(const uint8_t *data, size_t size)
{
    struct buffer text = {0};
    struct source source = fuzz_source(data, size);
    struct folded_lines lines;
    (void)folded_recognises((const char *)data, size);
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    FUZZ_CHECK(trie);
    if (folded_read(trie, &source, "samples", &lines, NULL) < 0 || trie_sum(trie) < 0 ||
        !trie->column_count)
        return text;
    const struct pfl_sink sink = {.write = take, .context = &text};
    const struct folded_options options = {.suffixes = true};
    FUZZ_CHECK(folded_write(trie, &(uint32_t){0}, 1, &options, &sink, NULL) == 0);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer once = refold(data, size);
    struct buffer twice = refold((const uint8_t *)once.data, once.size);
    FUZZ_CHECK(once.size == twice.size &&
               (!once.size || memcmp(once.data, twice.data, once.size) == 0));
    buffer_done(&once);
    buffer_done(&twice);
    return 0;
}
