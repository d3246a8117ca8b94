/* SPDX-License-Identifier: MIT */
/* A symbol table and the names that belong to it, of which a window at a time is in memory:
 *
 *     section:  [      read before      |    window    |      not read yet      ]
 *                                       at             at + have
 *
 * Of a large program both are megabytes, and a symbol is looked at for a few nanoseconds. To read
 * them whole takes longer than the walk: the kernel zeroes each page of memory that it gives. So
 * symbols are to be asked for in their order, and names by rising offset. An image in memory is one
 * window. */
#ifndef PFL_RESOLVE_ELF_TABLE_H
#define PFL_RESOLVE_ELF_TABLE_H

#include <string.h>

#include "resolve/elf/data.h"

struct elf_window {
    int fd;                /* borrowed; -1: an image */
    uint64_t offset, size; /* of the section */
    const uint8_t *bytes;  /* what is there of it */
    uint64_t at;
    size_t have;
    uint8_t *block; /* the memory behind `bytes`, if it is ours */
    size_t room;
};

/* Zero-initialise to begin. */
struct elf_table {
    struct elf_window symbols, names;
    size_t count;
    size_t entry; /* bytes of a symbol */
    bool native;  /* symbols are laid out as ours */
    bool swap;
};

/* Opens a table. `anyhow`: names are asked for in no order. Without a table that can be read it is
 * empty. Returns 0, or -1 without memory. */
int elf_table_open(struct elf_table *table, const struct elf_file *file, Elf_Scn *section,
                   bool anyhow);
void elf_table_done(struct elf_table *table);

/* The symbol of a number, once its place is sought; false if it cannot be read. */
bool elf_table_seek(struct elf_table *table, size_t number, GElf_Sym *ret_symbol);

/* The symbol of a number; false if it cannot be read. Mostly it stands in the window. */
static inline bool elf_table_symbol(struct elf_table *table, size_t number, GElf_Sym *ret_symbol)
{
    const struct elf_window *window = &table->symbols;
    uint64_t at = (uint64_t)number * sizeof *ret_symbol - window->at;
    if (!table->native || number >= table->count || at + sizeof *ret_symbol > window->have ||
        at > window->have)
        return elf_table_seek(table, number, ret_symbol);
    memcpy(ret_symbol, window->bytes + at, sizeof *ret_symbol);
    return true;
}

/* The name at an offset, valid until the next is asked for; what is too long is cut. NULL, of
 * length 0, if none ends inside the section. */
const char *elf_table_name(struct elf_table *table, uint64_t at, size_t *ret_length);

#endif
