/* SPDX-License-Identifier: MIT */
/* Words of an ELF file's global offset table: where each stands, and which function's address the
 * loader writes there, as relocations tell it. */
#ifndef PFL_RESOLVE_ELF_GOT_H
#define PFL_RESOLVE_ELF_GOT_H

#include <stddef.h>
#include <stdint.h>

#include "resolve/elf/file.h"

struct got_entry {
    uint64_t address;
    size_t symbol;    /* number of the dynamic symbol; 0: none, or not known yet */
    uint64_t chooser; /* or the function that chooses, as the program is loaded, one of several */
};

/* Zero-initialise to begin. */
struct got {
    struct got_entry *items;
    size_t count, capacity;
};

void got_done(struct got *got);

/* What adds returns 0, or -1 without memory. */
int got_add(struct got *got, struct got_entry entry);

/* Adds all words that a table of relocations fills in, in its order. */
int got_add_all(struct got *got, const struct elf_file *file, const char *name);

/* Adds the words for which functions are chosen: R_X86_64_IRELATIVE, of which the addend is the
 * chooser's address (System V ABI, AMD64 supplement, "Relocation Types"). */
int got_add_chosen(struct got *got, const struct elf_file *file, const char *name);

void got_sort(struct got *got); /* by address, as what follows wants it */

/* Finds the symbols of the words in a table of relocations. */
void got_name(struct got *got, const struct elf_file *file, const char *name);

/* The word at an address; NULL if there is none. */
const struct got_entry *got_find(const struct got *got, uint64_t address);

#endif
