/* SPDX-License-Identifier: MIT */
#include "resolve/unwind/machine.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

/* In the order of enum perf_event_x86_regs (asm/perf_regs.h): AX BX CX DX SI DI BP SP IP FLAGS CS
 * SS DS ES FS GS R8 ... R15. DWARF's numbers are those of the two psABIs. */
static const int8_t x86_64_registers[] = {
    0, 3, 2, 1, 4, 5, 6, 7, 16, -1, -1, -1, -1, -1, -1, -1, 8, 9, 10, 11, 12, 13, 14, 15,
};
static const int8_t i386_registers[] = {0, 3, 1, 2, 6, 7, 5, 4, 8};

/* X0 ... X29 LR SP PC (enum perf_event_arm_regs of arm64); DWARF has a number for PC as well,
 * which no file uses. */
static const int8_t aarch64_registers[] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
    17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
};

static const struct unwind_machine x86_64 = {
    .elf = EM_X86_64,
    .word = 8,
    .stack = 7,
    .frame = 6,
    .pc = 16,
    .kept = {16, 6, 3, 12, 13, 14, 15},
    .kept_count = 7,
    .link = MACHINE_NO_LINK,
    .address_mask = UINT64_MAX,
    .registers = x86_64_registers,
    .register_count = sizeof x86_64_registers,
};

static const struct unwind_machine i386 = {
    .elf = EM_386,
    .word = 4,
    .stack = 4,
    .frame = 5,
    .pc = 8,
    .kept = {8, 5, 3, 6, 7},
    .kept_count = 5,
    .link = MACHINE_NO_LINK,
    .address_mask = UINT32_MAX,
    .registers = i386_registers,
    .register_count = sizeof i386_registers,
};

/* Pointer authentication and tags use the bits above those of a user address. */
static const struct unwind_machine aarch64 = {
    .elf = EM_AARCH64,
    .word = 8,
    .stack = 31,
    .frame = 29,
    .pc = 32,
    .kept = {30, 29, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28},
    .kept_count = 12,
    .link = 30,
    .address_mask = (UINT64_C(1) << 48) - 1,
    .registers = aarch64_registers,
    .register_count = sizeof aarch64_registers,
};

#define ARM64_PC_BIT (UINT64_C(1) << 32)

static bool is_x86(const char *arch)
{
    return strcmp(arch, "x86_64") == 0 ||
           (arch[0] == 'i' && arch[1] && strcmp(arch + 2, "86") == 0);
}

const struct unwind_machine *unwind_machine(const char *arch, uint64_t abi, uint64_t mask)
{
    bool x86 = arch ? is_x86(arch) : !(mask & ARM64_PC_BIT);
    bool arm = arch ? strcmp(arch, "aarch64") == 0 : !x86;
    if (x86 && abi == 2)
        return &x86_64;
    if (x86 && abi == 1)
        return &i386;
    return arm && abi == 2 ? &aarch64 : NULL;
}
