/* SPDX-License-Identifier: MIT */
/* What unwinding must know of a machine: which registers lead to callers, and under which numbers
 * perf and DWARF know them. */
#ifndef PFL_RESOLVE_UNWIND_MACHINE_H
#define PFL_RESOLVE_UNWIND_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Registers that callers may want back, the return address among them. */
#define MACHINE_KEPT 13

/* The return address lies on the stack. */
#define MACHINE_NO_LINK 0xff

struct unwind_machine {
    unsigned elf;             /* e_machine of its files */
    uint8_t word;             /* bytes of an address */
    uint8_t stack, frame, pc; /* DWARF numbers; pc is one that no file uses where it has none */
    uint8_t kept_count;
    uint8_t kept[MACHINE_KEPT]; /* DWARF numbers */
    uint8_t link;          /* register that holds the return address at first, or MACHINE_NO_LINK */
    uint64_t address_mask; /* bits of code addresses; the others may be a signature */
    const int8_t *registers; /* by perf's number: DWARF's, or -1 */
    uint8_t register_count;
};

/* The machine of a sample: `arch` is uname's, NULL if unknown; `abi` as recorded (1: 32 bits,
 * 2: 64 bits); `mask` tells which registers were recorded. NULL for those that nobody unwinds. */
const struct unwind_machine *unwind_machine(const char *arch, uint64_t abi, uint64_t mask);

#endif
