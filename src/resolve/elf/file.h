/* SPDX-License-Identifier: MIT */
/* An ELF file, or an image in memory: which it is, and its symbols at their offsets in the file. */
#ifndef PFL_RESOLVE_ELF_FILE_H
#define PFL_RESOLVE_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "resolve/elf/build_id.h"
#include "resolve/symbols.h"

struct elf_file;

/* Of more PT_LOAD segments the rest are passed over: linkers make a handful, and every symbol is
 * looked for among them. */
#define ELF_SEGMENTS 256

/* Opens a file, which may be compressed as kernel modules are (gzip, xz, zstd); NULL (in
 * *ret_file) if there is none or it is not ELF. Returns 0, or -1 without memory. */
int elf_file_open(struct elf_file **ret_file, const char *path);

/* The same for an image, which must outlive the file. */
int elf_file_image(struct elf_file **ret_file, const void *image, size_t size);

void elf_file_free(struct elf_file *file);
MEM_CLEANUP(elf_file_cleanup, struct elf_file, elf_file_free)

/* The path that it was opened by; NULL for an image. */
const char *elf_file_path(const struct elf_file *file);

/* e_machine. */
unsigned elf_file_machine(const struct elf_file *file);

/* A part of a file. */
struct elf_range {
    uint64_t offset, size;
};

/* The number `nth` of the ranges that are mapped as code; false if there are not so many. */
bool elf_file_code(const struct elf_file *file, unsigned nth, struct elf_range *ret_range);

/* Reads bytes of the file; gives how many there were. */
size_t elf_file_read(const struct elf_file *file, uint64_t offset, void *bytes, size_t size);

/* Gives the descriptor back: what was not read by now cannot be read any more. */
void elf_file_detach(struct elf_file *file);

/* Its build id; size 0 without. */
struct build_id elf_file_build_id(const struct elf_file *file);

/* True if it has a .symtab, which knows more than the .dynsym that loading needs. */
bool elf_file_has_symtab(const struct elf_file *file);

/* True if it has debug information, which tells of inlined functions and lines. */
bool elf_file_has_dwarf(const struct elf_file *file);

/* True if it holds code; false for what was cut off as debug information. */
bool elf_file_has_code(const struct elf_file *file);

/* Says of a file without code at which (page of the) file offset the code was mapped: its own
 * program headers may have lost that. */
void elf_file_set_code_offset(struct elf_file *file, uint64_t offset);

/* .gnu_debuglink: the base name of the file to which the debug information went, and the
 * checksum (CRC-32) of that file. NULL without; lives as long as the file. */
const char *elf_file_debuglink(const struct elf_file *file, uint32_t *ret_checksum);

/* What stat says of the file, times in seconds since 1970; zeros for an image. */
struct elf_file_stat {
    int64_t written, changed; /* content; content, links, owner or mode */
    uint64_t inode;
    uint32_t major, minor;
};
struct elf_file_stat elf_file_stat(const struct elf_file *file);

enum elf_tables { ELF_ALL_TABLES, ELF_PERFS_TABLES };

/* Adds the symbols that perf takes: of .symtab, without one of .dynsym; of ELF_ALL_TABLES, where
 * there is no .symtab, also those of .gnu_debugdata and of Go's own table, which perf 6.1 does not
 * know. `runtime` is
 * the file that was mapped, whose segments say where addresses lie. *ret_rich says whether there
 * was more than a .dynsym. Returns 0, or -1 without memory; damaged tables give what is readable
 * of them. */
int elf_file_symbols(struct elf_file *file, struct elf_file *runtime, enum elf_tables tables,
                     struct symbols *symbols, bool *ret_rich);

/* The symbols of a kernel's image at their addresses, moved by `moved`; user addresses are left
 * out. */
int elf_file_addresses(struct elf_file *file, uint64_t moved, struct symbols *symbols);

/* The value of a symbol of .symtab; false without. */
bool elf_file_symbol_value(const struct elf_file *file, const char *name, uint64_t *ret_value);

/* The symbols of a kernel module's code, from where the kernel loads it. */
int elf_file_module(struct elf_file *file, struct symbols *symbols);

#endif
