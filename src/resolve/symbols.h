/* SPDX-License-Identifier: MIT */
/* The symbols of one object, sorted by address.
 *
 *     items:  [start end name]  [start end name] ...     start rises, ranges may overlap
 *     reach:  the highest end so far                     how far back an enclosing one may lie
 *     starts: of the items, side by side                 what a look-up searches
 *     names:  m a i n \0 m a l l o c \0 ...              as the object has them
 *
 * Who knows which addresses will be asked for says so first; then the table keeps what has a say in
 * their names alone. For that every source tells its symbols twice:
 *
 *     do
 *         for each symbol: if (symbols_takes(...)) symbols_text(...), symbols_add(...);
 *     while (symbols_again(...));
 *     symbols_finish(...);
 *
 * Which of several symbols at one address wins, and where a symbol without a size ends, follows
 * tools/perf/util/symbol.c of Linux 6.1, so that names equal those of perf, but for a `limit`.
 * Where one lies within another, perf takes whichever its tree of symbols shows it first; here the
 * inner one counts, but labels do not cut the function that they are in. */
#ifndef PFL_RESOLVE_SYMBOLS_H
#define PFL_RESOLVE_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve/wanted.h"

enum symbol_binding { SYMBOL_LOCAL, SYMBOL_GLOBAL, SYMBOL_WEAK };

struct symbol {
    uint64_t start, end; /* the byte behind its last one; `start` while the size is unknown */
    uint64_t limit;  /* without a size it ends there at the latest; 0: wherever the next begins */
    uint64_t reach;  /* filled by symbols_finish: the highest end up to here */
    uint32_t name;   /* where it begins in `names` */
    uint32_t module; /* likewise; 0: none */
    uint32_t order;  /* filled by symbols_add: how many came before */
    uint32_t shown;  /* number of its name as shown, for whoever names; 0: not yet */
    uint8_t binding;
    bool label; /* a mark in assembly code: names what no symbol with a size holds */
};

enum symbols_round {
    SYMBOLS_ALL = 0, /* everything is kept */
    SYMBOLS_NOTE,    /* the first time that a source tells its symbols: none is taken */
    SYMBOLS_TAKE,
    SYMBOLS_FAILED, /* without memory */
};

/* Zero-initialise to begin. */
struct symbols {
    struct symbol *items;
    size_t count, capacity;
    struct sorted starts; /* made by symbols_finish */
    char *names;
    size_t names_size, names_capacity;
    bool mangled;    /* names may be of C++ or Rust: aliases are compared as demangled */
    bool later_wins; /* of ranges that overlap the last one added counts, not the innermost */
    struct wanted wanted;
    enum symbols_round round;
    size_t offered;    /* how many symbols there were */
    uint32_t *modules; /* the kernel's: all that there were, as symbols have them, in `names` */
    size_t module_count, module_capacity;
};

void symbols_done(struct symbols *symbols);

/* Says before anything is added that no other addresses will be looked for. Returns 0, or -1
 * without memory. */
int symbols_want(struct symbols *symbols, const uint64_t *addresses, size_t count);

/* Whether an address will be asked for, from `start` on and before `end`. */
bool symbols_wants(const struct symbols *symbols, uint64_t start, uint64_t end);

/* Whether a symbol is to be added. */
bool symbols_takes(struct symbols *symbols, uint64_t start, uint64_t end);

/* True if the source has to tell its symbols once more. */
bool symbols_again(struct symbols *symbols);

/* Adds a copy of the text; its place goes to *ret_at (never 0). Returns 0, or -1. */
int symbols_text(struct symbols *symbols, const char *text, size_t length, uint32_t *ret_at);

/* The same for the module of the next symbols. */
int symbols_module(struct symbols *symbols, const char *text, size_t length, uint32_t *ret_at);

/* Appends; size 0 means unknown. Returns 0, or -1 without memory or beyond LIMIT_SYMBOLS. */
int symbols_add(struct symbols *symbols, const struct symbol *symbol);

/* Sorts, gives ends to symbols without, and leaves one per start. Returns 0, or -1 without
 * memory. */
int symbols_finish(struct symbols *symbols);

/* The symbol that holds an address; NULL if none does. */
struct symbol *symbols_find(struct symbols *symbols, uint64_t address);

static inline const char *symbols_name(const struct symbols *symbols, const struct symbol *symbol)
{
    return symbols->names + symbol->name;
}

#endif
