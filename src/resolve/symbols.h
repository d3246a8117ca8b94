/* SPDX-License-Identifier: MIT */
/* The symbols of one object, sorted by address.
 *
 *     items:  [start end name]  [start end name] ...     start rises, ranges may overlap
 *     reach:  the highest end so far                     how far back an enclosing one may lie
 *     names:  m a i n \0 m a l l o c \0 ...              as the object has them
 *
 * Which of several symbols at one address wins, and where a symbol without a size ends, follows
 * tools/perf/util/symbol.c of Linux 6.1, so that names equal those of perf. */
#ifndef PFL_RESOLVE_SYMBOLS_H
#define PFL_RESOLVE_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum symbol_binding { SYMBOL_LOCAL, SYMBOL_GLOBAL, SYMBOL_WEAK };

struct symbol {
    uint64_t start, end; /* the byte behind its last one; `start` while the size is unknown */
    uint64_t reach;      /* filled by symbols_finish: the highest end up to here */
    uint32_t name;       /* where it begins in `names` */
    uint32_t module;     /* likewise; 0: none */
    uint32_t order;      /* filled by symbols_add: how many came before */
    uint32_t shown;      /* number of its name as shown, for whoever names; 0: not yet */
    uint8_t binding;
};

/* Zero-initialise to begin. */
struct symbols {
    struct symbol *items;
    size_t count, capacity;
    char *names;
    size_t names_size, names_capacity;
    bool mangled;    /* names may be of C++ or Rust: aliases are compared as demangled */
    bool later_wins; /* of ranges that overlap the last one added counts, not the innermost */
};

void symbols_done(struct symbols *symbols);

/* Adds a copy of the text; its place goes to *ret_at (never 0). Returns 0, or -1. */
int symbols_text(struct symbols *symbols, const char *text, size_t length, uint32_t *ret_at);

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
