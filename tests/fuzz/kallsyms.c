/* SPDX-License-Identifier: MIT */
/* The kernel's list of symbols, of this boot and moved from another one; as text and as a file. */
#include "resolve/kallsyms.h"

#include <stdio.h>

#include "symbol_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct kallsyms_reference references[] = {{0}, {"_text", 0xffffffff9a000000}};
    char path[64];
    struct source source = fuzz_source(data, size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", source.fd);
    for (size_t i = 0; i < 2; i++) {
        struct symbols symbols = {0}, few = {0}, sieved = {0};
        struct kallsyms_state state;
        FUZZ_CHECK(kallsyms_read(&symbols, (const char *)data, size, &references[i], &state) == 0);
        symbol_list_check(&symbols);
        symbol_list_want(&few, &symbols);
        FUZZ_CHECK(kallsyms_read(&few, (const char *)data, size, &references[i], &state) == 0);
        symbol_list_same(&few, &symbols);
        symbol_list_want(&sieved, &symbols);
        FUZZ_CHECK(kallsyms_load(&sieved, path, &references[i], i, &state) == 0);
        symbol_list_answers(&sieved, &symbols);
        symbols_done(&symbols);
        symbols_done(&few);
        symbols_done(&sieved);
    }
    return 0;
}
