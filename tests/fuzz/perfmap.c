/* SPDX-License-Identifier: MIT */
/* /tmp/perf-PID.map. */
#include "resolve/jit/perfmap.h"

#include "symbol_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct symbols symbols = {0};
    FUZZ_CHECK(perfmap_read(&symbols, (const char *)data, size) == 0);
    symbol_list_check(&symbols);
    symbols_done(&symbols);
    return 0;
}
