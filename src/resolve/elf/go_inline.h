/* SPDX-License-Identifier: MIT */
/* Go's own record of what was inlined where, which the runtime needs for its tracebacks and strip
 * therefore leaves. Of a function:
 *
 *     pcdata 2 (InlTreeIndex)     pc 0..12: -1   12..30: 1   30..44: 0   44..90: -1
 *     funcdata 3 (InlTree)        0: inner called at pc 28     1: next called at pc 14
 *
 *     pc 20 ─▶ next, called at pc 14 ─▶ ... ─▶ -1: the function itself
 *
 * The layouts of Go 1.18 and 1.20 (and later) are those of runtime/symtab.go. */
#ifndef PFL_RESOLVE_ELF_GO_INLINE_H
#define PFL_RESOLVE_ELF_GO_INLINE_H

#include "resolve/elf/go_table.h"

struct elf_file;

struct go_inlines {
    struct go_table table;
    const uint8_t *data; /* the section that holds the inline trees */
    size_t size;
    uint64_t functions;               /* where in it funcdata counts from */
    uint64_t files, paths, positions; /* where parts of the table begin */
    bool has_start_line;              /* Go 1.20 and later */
    uint64_t budget;                  /* bytes that may still be read */
};

/* A function at an address. Texts belong to the table. */
struct go_frame {
    const char *name, *file; /* file: NULL if unknown */
    size_t name_length, file_length;
    uint32_t line; /* where control is: of the address, or of the call further in; 0: unknown */
};

/* How deep calls may be inlined in each other. */
#define GO_INLINE_DEPTH 64

/* Finds what a Go program recorded; false if it is none, or of a version that is not known. Lives
 * as long as the file. */
bool go_inlines_open(struct go_inlines *ret_inlines, const struct elf_file *file);

/* The functions at an address, innermost first, the function that they are in last; their count,
 * 0 if the address is in no function or the tables are damaged. */
uint32_t go_inlines_at(struct go_inlines *inlines, uint64_t address,
                       struct go_frame frames[GO_INLINE_DEPTH]);

#endif
