/* SPDX-License-Identifier: MIT */
/* Names of all languages. */
#include "resolve/demangle.h"

#include "base/limits.h"
#include "base/mem.h"
#include "fuzz.h"

static bool demangle_as(struct buffer *to, const char *name, bool parameters, int language)
{
    switch (language) {
    case 0: return demangle(to, name, parameters);
    case 1: return demangle_ocaml(to, name);
    case 2: return demangle_d(to, name, parameters);
    default: return demangle_java(to, name, parameters);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(mem_cleanup) char *name = mem_copy_text((const char *)data, size);
    FUZZ_CHECK(name);
    for (int parameters = 0; parameters < 2; parameters++) {
        for (int language = 0; language < 4; language++) {
            struct buffer text = {0};
            buffer_text(&text, "before");
            bool done = demangle_as(&text, name, parameters, language);
            FUZZ_CHECK(done ? text.size > 6 : text.size == 6);
            FUZZ_CHECK(text.size <= 6 + LIMIT_NAME_BYTES);
            buffer_done(&text);
        }
    }
    return 0;
}
