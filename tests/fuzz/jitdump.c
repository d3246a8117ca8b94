/* SPDX-License-Identifier: MIT */
/* A jitdump file: code that is loaded, moved and overwritten. */
#include "resolve/jit/jitdump.h"

#include "symbol_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jitdump dump = {0};
    struct symbols symbols = {0};
    struct source source = fuzz_source(data, size); /* as it stands, though it begin like a gzip */
    FUZZ_CHECK(jitdump_read(&dump, &symbols, &source) == 0);
    FUZZ_CHECK(dump.count <= size / 16);
    for (size_t i = 0; i < dump.count; i++)
        FUZZ_CHECK(dump.steps[i].size && dump.steps[i].address + dump.steps[i].size);
    symbol_list_check(&symbols);
    jitdump_done(&dump);
    symbols_done(&symbols);
    return 0;
}
