/* SPDX-License-Identifier: MIT */
/* Symbols of an ELF file, or of an image in memory, at their offsets in the file. */
#ifndef PFL_RESOLVE_ELF_FILE_H
#define PFL_RESOLVE_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "resolve/build_id.h"
#include "resolve/symbols.h"

struct elf_file;

/* Opens a file; NULL (in *ret_file) if there is none or it is not ELF. Returns 0, or -1 without
 * memory. */
int elf_file_open(struct elf_file **ret_file, const char *path);

/* The same for an image, which must outlive the file. */
int elf_file_image(struct elf_file **ret_file, const void *image, size_t size);

void elf_file_free(struct elf_file *file);
MEM_CLEANUP(elf_file_cleanup, struct elf_file, elf_file_free)

/* Its build id; size 0 without. */
struct build_id elf_file_build_id(const struct elf_file *file);

/* True if it has a .symtab, which knows more than the .dynsym that loading needs. */
bool elf_file_has_symtab(const struct elf_file *file);

/* What stat says of the file, times in seconds since 1970; zeros for an image. */
struct elf_file_stat {
    int64_t written, changed; /* content; content, links, owner or mode */
    uint64_t inode;
};
struct elf_file_stat elf_file_stat(const struct elf_file *file);

/* Adds the symbols that perf takes: of .symtab, without one of .dynsym. `runtime` is the file
 * that was mapped, whose segments say where addresses lie; those of a file that holds only debug
 * information are of no use. Returns 0, or -1 without memory; damaged tables give what is
 * readable of them. */
int elf_file_symbols(struct elf_file *file, struct elf_file *runtime, struct symbols *symbols);

#endif
