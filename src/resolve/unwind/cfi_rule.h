/* SPDX-License-Identifier: MIT */
/* A row of CFI made small, so that a frame costs a look-up and a few reads of the stack:
 *
 *     CFA = register + offset                 nearly every row
 *     CFA = word at (register + offset)       functions that align their stack; signal frames
 *     any other row                           kept whole, for the evaluator
 *
 * and, per register that callers may want back, its offset from the CFA. The two expressions of
 * linkers' jump tables depend on the address alone, so for one address they are the first kind. */
#ifndef PFL_RESOLVE_UNWIND_CFI_RULE_H
#define PFL_RESOLVE_UNWIND_CFI_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve/unwind/cfi.h"
#include "resolve/unwind/machine.h"

enum cfi_rule_kind {
    CFI_RULE_FREE = 0, /* an empty slot of a table */
    CFI_RULE_NONE,     /* no CFI, or none that can be followed */
    CFI_RULE_ROOT,     /* nobody called */
    CFI_RULE_OFFSET,
    CFI_RULE_WORD,
    CFI_RULE_ROW,
    CFI_RULE_TRAMPOLINE, /* of a signal: the kernel keeps the registers */
    CFI_RULE_BEFORE,     /* none, and such a trampoline begins behind it */
};

/* Without padding: equal rules have equal bytes. */
struct cfi_rule {
    uint8_t kind, cfa_register;
    bool signal;
    bool kept_link;     /* the return address is in a register that was not saved */
    int32_t cfa_offset; /* CFI_RULE_ROW: number of the row; CFI_RULE_TRAMPOLINE: its form */
    uint16_t saved;     /* bits: which of the machine's kept registers are saved */
    int16_t offsets[MACHINE_KEPT]; /* from the CFA, one for each bit */
};

_Static_assert(sizeof(struct cfi_rule) ==
                   4 + sizeof(int32_t) + sizeof(uint16_t) * (1 + MACHINE_KEPT),
               "rules are compared by their bytes");

/* Makes the rule of an address from its row. Returns false if the row must be kept whole: then the
 * caller gives it a number. */
bool cfi_rule_make(const struct unwind_machine *machine, const struct cfi_row *row,
                   uint64_t address, struct cfi_rule *ret_rule);

#endif
