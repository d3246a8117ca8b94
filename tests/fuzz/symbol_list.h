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

/* Says that `few` will be asked for some of the addresses that `all` knows. */
static inline void symbol_list_want(struct symbols *few, const struct symbols *all)
{
    uint64_t wants[2 * 16];
    size_t count = 0, step = all->count / 16 + 1;
    for (size_t i = 0; i < all->count; i += step) {
        wants[count++] = all->items[i].start;
        wants[count++] = all->items[i].end - 1;
    }
    FUZZ_CHECK(symbols_want(few, wants, count) == 0);
}

/* What is kept of a table answers as all of it does, where look-ups need not give up. */
static inline void symbol_list_answers(struct symbols *few, struct symbols *all)
{
    if (all->offered > 200)
        return;
    for (size_t i = 0; i < few->wanted.sorted.count; i++) {
        struct symbol *a = symbols_find(all, few->wanted.sorted.addresses[i]);
        struct symbol *b = symbols_find(few, few->wanted.sorted.addresses[i]);
        FUZZ_CHECK(!a == !b);
        FUZZ_CHECK(!a || strcmp(symbols_name(all, a), symbols_name(few, b)) == 0);
        FUZZ_CHECK(!a || strcmp(all->names + a->module, few->names + b->module) == 0);
    }
}

/* The same, of a table that was read whole each time. */
static inline void symbol_list_same(struct symbols *few, struct symbols *all)
{
    FUZZ_CHECK(few->offered == all->offered);
    symbol_list_answers(few, all);
}

#endif
