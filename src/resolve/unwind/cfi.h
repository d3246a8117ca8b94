/* SPDX-License-Identifier: MIT */
/* Call frame information of one ELF file: how, at a program counter, a frame's caller is found.
 *
 *     .eh_frame:   CIE ◀─ FDE [start, end) program     .eh_frame_hdr: sorted (start → FDE)
 *     .debug_frame: the same, coded a little differently
 *
 * The programs are run here and not by libdw, because these bytes come from whoever made the
 * recording: nothing is read outside the sections, nothing is allocated for a row, and a finished
 * cfi may be asked by several threads. Formats: DWARF 5, 6.4 and 7.24; Linux Standard Base,
 * "Exception Frames". */
#ifndef PFL_RESOLVE_UNWIND_CFI_H
#define PFL_RESOLVE_UNWIND_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "resolve/elf/file.h"

/* Registers by their DWARF numbers; those behind it (vectors, flags) lead to no caller. */
#define CFI_REGISTERS 34

enum cfi_how {
    CFI_UNSAID = 0,    /* by the machine's convention */
    CFI_UNDEFINED,     /* lost; of the return address: there is no caller */
    CFI_SAME,          /* as it is */
    CFI_AT_OFFSET,     /* saved at CFA + value */
    CFI_IS_OFFSET,     /* is CFA + value */
    CFI_IN_REGISTER,   /* is in register `value` */
    CFI_AT_EXPRESSION, /* saved where the expression says */
    CFI_IS_EXPRESSION, /* is what the expression says */
};

/* Where the caller's value of a register is. An expression's bytes lie in the section. */
struct cfi_saved {
    enum cfi_how how;
    uint32_t size; /* of the expression */
    int64_t value;
    const uint8_t *expression;
};

/* All that CFI says of one program counter. */
struct cfi_row {
    uint8_t cfa_register; /* CFA = register + cfa.value if cfa.how is CFI_IS_OFFSET */
    uint8_t return_register;
    bool signal;          /* the "caller" was interrupted: its pc is exact */
    struct cfi_saved cfa; /* CFI_IS_OFFSET or CFI_IS_EXPRESSION */
    struct cfi_saved registers[CFI_REGISTERS];
};

/* A range of code and its FDE. */
struct cfi_range {
    uint64_t start, end;
    uint64_t fde; /* offset in the section */
};

/* One of the two sections. */
struct cfi_section {
    const uint8_t *bytes;
    size_t size;
    uint64_t address;     /* where .eh_frame lies, for addresses relative to itself */
    bool eh;              /* .eh_frame */
    bool swap, wide;      /* the file's byte order differs; addresses have 64 bits */
    const uint8_t *table; /* of .eh_frame_hdr: pairs of 32-bit numbers, relative to it */
    size_t table_count;
    uint64_t table_address;
    struct cfi_range *ranges; /* without a table: made by reading all, sorted by start */
    size_t range_count, range_capacity;
};

struct cfi_segment {
    uint64_t offset, size, address;
};

struct cfi {
    unsigned machine; /* e_machine */
    bool swap, wide;
    struct elf_file *mapped, *debug; /* what the bytes belong to */
    struct cfi_section sections[3];  /* .eh_frame, .debug_frame, .debug_frame of `debug` */
    size_t section_count;
    struct cfi_segment *segments; /* PT_LOAD */
    size_t segment_count;
};

/* Takes both files over, also if it fails; `debug` may be NULL. A file without CFI gives one that
 * finds nothing. Returns 0, or -1 without memory. */
int cfi_new(struct cfi **ret_cfi, struct elf_file *mapped, struct elf_file *debug);
void cfi_free(struct cfi *cfi);
MEM_CLEANUP(cfi_cleanup, struct cfi, cfi_free)

/* The address that the file gives to what lies at a file offset; false if nothing does. */
bool cfi_address(const struct cfi *cfi, uint64_t offset, uint64_t *ret_address);

/* What is said of an address: true, or false if nothing is. */
bool cfi_find(const struct cfi *cfi, uint64_t address, struct cfi_row *ret_row);

/* For cfi_row.c: runs the programs of the FDE at `fde` for an address; and the range of an FDE
 * alone. False if it does not hold the address or is damaged. */
bool cfi_section_row(const struct cfi_section *section, uint64_t fde, uint64_t address,
                     struct cfi_row *ret_row);

/* Reads the entry at *offset and moves behind it. Returns 1 for an FDE with its range, 0 for
 * anything else, -1 at the end. */
int cfi_section_next(const struct cfi_section *section, uint64_t *offset,
                     struct cfi_range *ret_range);

#endif
