/* SPDX-License-Identifier: MIT */
/* Names of C++ and Rust. */
#include "resolve/demangle.h"

#include "base/limits.h"
#include "base/mem.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(mem_cleanup) char *name = mem_copy_text((const char *)data, size);
    FUZZ_CHECK(name);
    for (int parameters = 0; parameters < 2; parameters++) {
        struct buffer text = {0};
        buffer_text(&text, "before");
        bool done = demangle(&text, name, parameters);
        FUZZ_CHECK(done ? text.size > 6 : text.size == 6);
        FUZZ_CHECK(text.size <= 6 + LIMIT_NAME_BYTES);
        buffer_done(&text);
    }
    return 0;
}
