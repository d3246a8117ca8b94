/* SPDX-License-Identifier: MIT */
/* An ELF file from the inside, for the files that read it: file.c, symbols.c, plt.c,
 * got.c, go_table.c. */
#ifndef PFL_RESOLVE_ELF_DATA_H
#define PFL_RESOLVE_ELF_DATA_H

#include <gelf.h>

#include "base/buffer.h"
#include "resolve/elf/file.h"

struct elf_file {
    Elf *elf;
    int fd;              /* -1: an image */
    char *path;          /* NULL: an image */
    struct buffer image; /* what a compressed file expanded to */
    GElf_Ehdr header;
    Elf_Scn *symtab, *dynsym;
    bool code;            /* it holds the bytes of its code, so it is not debug information alone */
    uint64_t code_offset; /* for a file without: where the code lay in the file it was cut from */
    struct build_id build_id;
    struct elf_file_stat stat;
};

/* True if the file is of the other byte order. */
bool elf_file_swap(const struct elf_file *file);

/* The name of a section; "" where it has none. */
const char *elf_section_name(const struct elf_file *file, const GElf_Shdr *section);

/* The first section of a name; NULL without. */
Elf_Scn *elf_file_section(const struct elf_file *file, const char *name, GElf_Shdr *ret_header);

/* The bytes of a section of a name, as they are in the file; NULL without. */
const uint8_t *elf_file_bytes(const struct elf_file *file, const char *name, size_t *ret_size);

/* Opens Go's table of functions; false without. */
struct go_table;
bool elf_file_go_table(const struct elf_file *file, struct go_table *ret_table);

/* What the loader adds to where it loads a program and puts into the word at an address: a
 * position-independent program's pointers are relocations. 0 if there is none. */
uint64_t elf_file_relocated(const struct elf_file *file, uint64_t address);

/* Adds "NAME@plt" for the entries of the jump tables of the file that was mapped; `named` is the
 * one that has its symbols, which may be another. Returns 0, or -1 without memory. */
int elf_file_plt(const struct elf_file *file, const struct elf_file *named, enum elf_tables tables,
                 struct symbols *symbols);

#endif
