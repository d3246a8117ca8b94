/* SPDX-License-Identifier: MIT */
/* Go's table of functions and what it says of inlined ones, in this byte order and in the other.
 * The inline trees are taken from the same bytes. */
#include <string.h>

#include "resolve/elf/go_inline.h"

#include "fuzz.h"

static void functions_check(const struct go_table *table, size_t size)
{
    uint64_t count = go_table_count(table), start, end;
    size_t length;
    FUZZ_CHECK(count <= size);
    for (uint64_t i = 0; i < count; i++) {
        FUZZ_CHECK(!go_table_range(table, i, &start, &end) || start <= end);
        const char *name = go_table_name(table, i, &length);
        FUZZ_CHECK(!name || strlen(name) == length);
    }
}

static void inlines_check(const struct go_table *table, const uint8_t *data, size_t size)
{
    struct go_inlines inlines = {
        .table = *table, .data = data, .size = size, .functions = size / 2, .budget = 1 << 16};
    struct go_frame frames[GO_INLINE_DEPTH];
    if (!go_table_parts(table, &inlines.has_start_line, &inlines.files, &inlines.paths,
                        &inlines.positions))
        return;
    for (unsigned at = 0; at < 256; at += 8) {
        uint32_t count = go_inlines_at(&inlines, table->text + at, frames);
        FUZZ_CHECK(count <= GO_INLINE_DEPTH);
        for (uint32_t i = 0; i < count; i++) {
            FUZZ_CHECK(strlen(frames[i].name) == frames[i].name_length);
            FUZZ_CHECK(!frames[i].file || strlen(frames[i].file) == frames[i].file_length);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (unsigned swap = 0; swap < 2; swap++) {
        struct go_table table;
        if (!go_table_open(&table, data, size, swap))
            continue;
        functions_check(&table, size);
        inlines_check(&table, data, size);
    }
    return 0;
}
