/* SPDX-License-Identifier: MIT */
/* The text of an SVG as an input: marks, chunks of base64, what is deflated in them. */
#include "tree/picture_text.h"

#include <string.h>

#include "base/limits.h"
#include "fuzz.h"

/* Columns are chosen by what they are called. */
static bool choose(void *context, const char *event, const char *weight)
{
    fuzz_touch(event, strlen(event));
    return *weight != 'b';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct payload_filter filter = {.select = choose};
    struct source source = fuzz_source(data, size);
    uint32_t columns = 0;
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    FUZZ_CHECK(trie);
    if (size)
        (void)picture_text_recognises((const char *)data, size);
    if (picture_text_read(trie, &source, &filter, &columns, NULL) == 0)
        FUZZ_CHECK(columns <= LIMIT_COLUMNS && trie->column_count <= columns &&
                   trie_sum(trie) == 0);
    return 0;
}
