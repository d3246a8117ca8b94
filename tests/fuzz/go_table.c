/* SPDX-License-Identifier: MIT */
/* Go's table of functions, in this byte order and in the other. */
#include "resolve/elf/go_table.h"

#include "symbol_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (unsigned swap = 0; swap < 2; swap++) {
        struct go_table table;
        struct symbols symbols = {0};
        if (!go_table_open(&table, data, size, swap))
            continue;
        FUZZ_CHECK(go_table_symbols(&table, &symbols) == 0);
        FUZZ_CHECK(symbols.count <= size);
        FUZZ_CHECK(symbols_finish(&symbols) == 0);
        symbol_list_check(&symbols);
        symbols_done(&symbols);
    }
    return 0;
}
