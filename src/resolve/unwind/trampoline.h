/* SPDX-License-Identifier: MIT */
/* What a signal handler returns to: a few instructions that ask the kernel for the interrupted
 * registers back. Where no CFI describes them (musl, Go, programs of their own) they are known by
 * their bytes, which debuggers rely on too, so that the kernel keeps them; and the registers lie on
 * the stack where the kernel put them.
 *
 *     trampoline:  mov $__NR_rt_sigreturn, %eax; syscall
 *     stack:       [sp ... struct rt_sigframe ... registers ...]
 */
#ifndef PFL_RESOLVE_UNWIND_TRAMPOLINE_H
#define PFL_RESOLVE_UNWIND_TRAMPOLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "resolve/elf/file.h"
#include "resolve/unwind/machine.h"

#define TRAMPOLINES 8 /* a program has one or two */

/* Those of a file, by their offsets in it. */
struct trampolines {
    bool sought;
    unsigned count;
    struct trampoline {
        uint64_t offset;
        uint8_t form;
    } items[TRAMPOLINES];
};

/* Looks through the code of a file, if that was not done yet. A file that cannot be read any more,
 * or is another by now, has none. Returns 0, or -1 without memory. */
int trampolines_seek(struct trampolines *trampolines, const struct elf_file *file);

/* True if one begins at an offset. */
bool trampolines_begin(const struct trampolines *trampolines, uint64_t offset);

/* The one that a thread stands in at an offset: at an instruction, or behind the last one while the
 * kernel does what was asked. NULL without. */
const struct trampoline *trampolines_at(const struct trampolines *trampolines, uint64_t offset);

/* Where a form's registers are. */
struct trampoline_frame {
    uint8_t pointer; /* the address of the context is the word at sp + pointer; 0: it is sp */
    uint16_t start;  /* from the context to the registers */
    uint8_t count;
    const int8_t *registers; /* in the order of the words from there on: DWARF's numbers, or -1 */
};
const struct trampoline_frame *trampoline_frame(unsigned form);

#endif
