/* SPDX-License-Identifier: MIT */
/* What must hold of every list of symbols, whatever it was read from. */
#ifndef PFL_TESTS_FUZZ_SYMBOL_LIST_H
#define PFL_TESTS_FUZZ_SYMBOL_LIST_H

#include <string.h>

#include "fuzz.h"
#include "resolve/symbols.h"

static inline void symbol_list_check(struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++) {
        const struct symbol *symbol = &symbols->items[i];
        fuzz_touch(symbols_name(symbols, symbol), strlen(symbols_name(symbols, symbol)));
        FUZZ_CHECK(i == 0 || symbols->items[i - 1].start <= symbol->start);
        const struct symbol *found = symbols_find(symbols, symbol->start);
        FUZZ_CHECK(!found || (found->start <= symbol->start && symbol->start < found->end));
    }
    (void)symbols_find(symbols, 0);
    (void)symbols_find(symbols, UINT64_MAX);
}

#endif
