/* SPDX-License-Identifier: MIT */
/* The kernel's list of symbols, of this boot and moved from another one. */
#include "resolve/kallsyms.h"

#include "symbol_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct kallsyms_reference references[] = {{0}, {"_text", 0xffffffff9a000000}};
    for (size_t i = 0; i < 2; i++) {
        struct symbols symbols = {0}, few = {0};
        bool hidden;
        FUZZ_CHECK(kallsyms_read(&symbols, (const char *)data, size, &references[i], &hidden) == 0);
        symbol_list_check(&symbols);
        symbol_list_want(&few, &symbols);
        FUZZ_CHECK(kallsyms_read(&few, (const char *)data, size, &references[i], &hidden) == 0);
        symbol_list_same(&few, &symbols);
        symbols_done(&symbols);
        symbols_done(&few);
    }
    return 0;
}
