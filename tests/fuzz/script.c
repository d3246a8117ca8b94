/* SPDX-License-Identifier: MIT */
/* The text of perf script. */
#include "fuzz.h"

#include <string.h>

#include "tree/script_text.h"

static int select_sample(void *context, const struct script_sample *sample, const char **ret_group)
{
    fuzz_touch(sample->event, strlen(sample->event));
    *ret_group = sample->comm;
    return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source source = fuzz_source(data, size);
    const struct script_filter filter = {.select = select_sample};
    uint64_t skipped;
    (void)script_text_recognises((const char *)data, size);
    CLEANUP(trie_cleanup) struct trie *trie = trie_new();
    FUZZ_CHECK(trie);
    if (script_text_read(trie, &source, &filter, &skipped, NULL) == 0)
        FUZZ_CHECK(trie_sum(trie) == 0);
    for (uint32_t i = 0; i < trie->count; i++)
        fuzz_touch(trie_name(trie, i), strlen(trie_name(trie, i)));
    return 0;
}
