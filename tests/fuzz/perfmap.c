/* SPDX-License-Identifier: MIT */
/* /tmp/perf-PID.map. */
#include "resolve/jit/perfmap.h"

#include "symbol_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct symbols symbols = {0}, few = {0};
    const struct perfmap map = {(char *)(uintptr_t)data, size};
    FUZZ_CHECK(perfmap_read(&symbols, &map, 1) == 0);
    symbol_list_check(&symbols);
    symbol_list_want(&few, &symbols);
    FUZZ_CHECK(perfmap_read(&few, &map, 1) == 0);
    symbol_list_same(&few, &symbols);
    symbols_done(&symbols);
    symbols_done(&few);
    return 0;
}
