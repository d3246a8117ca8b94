/* SPDX-License-Identifier: MIT */
#include "resolve/unwind/cfi_rule.h"

#include <dwarf.h>

#include "base/cursor.h"
#include "resolve/leb128.h"

/* "register + N", the beginning of all expressions that can be made small. */
static bool read_breg(struct cursor *c, uint8_t *ret_register, int64_t *ret_offset)
{
    uint8_t op = cursor_u8(c);
    if (op < DW_OP_breg0 || op > DW_OP_breg31)
        return false;
    *ret_register = op - DW_OP_breg0;
    *ret_offset = leb128_signed(c);
    return !c->failed;
}

/* A linker describes an entry of the jump table .plt, which pushes a number on its way, by one
 * row for all of its bytes:
 *
 *     stack N, pc 0, lit15, and, litB, ge, litS, shl, plus
 *     CFA = stack + N + ((pc & 15) >= B) << S */
static bool is_plt(struct cursor *c, const struct unwind_machine *machine, uint64_t address,
                   int64_t *offset)
{
    uint8_t number;
    int64_t zero;
    if (!read_breg(c, &number, &zero) || number != machine->pc || zero != 0 ||
        cursor_u8(c) != DW_OP_lit15 || cursor_u8(c) != DW_OP_and)
        return false;
    uint8_t from = cursor_u8(c) - DW_OP_lit0;
    bool ge = cursor_u8(c) == DW_OP_ge;
    uint8_t shift = cursor_u8(c) - DW_OP_lit0;
    if (from > 31 || !ge || shift > 31 || cursor_u8(c) != DW_OP_shl || cursor_u8(c) != DW_OP_plus ||
        cursor_left(c) || c->failed)
        return false;
    int64_t pushed = (int64_t)((address & 15) >= from) << shift;
    return !__builtin_add_overflow(*offset, pushed, offset);
}

/* The CFA; false if it takes the evaluator. */
static bool rule_cfa(struct cfi_rule *rule, const struct unwind_machine *machine,
                     const struct cfi_row *row, uint64_t address)
{
    int64_t offset = row->cfa.value;
    rule->kind = CFI_RULE_OFFSET;
    rule->cfa_register = row->cfa_register;
    if (row->cfa.how == CFI_IS_EXPRESSION) {
        struct cursor c = cursor_of(row->cfa.expression, row->cfa.size, false);
        if (!read_breg(&c, &rule->cfa_register, &offset))
            return false;
        if (cursor_left(&c) == 1 && cursor_u8(&c) == DW_OP_deref)
            rule->kind = CFI_RULE_WORD;
        else if (!is_plt(&c, machine, address, &offset))
            return false;
    }
    rule->cfa_offset = (int32_t)offset;
    return rule->cfa_offset == offset;
}

bool cfi_rule_make(const struct unwind_machine *machine, const struct cfi_row *row,
                   uint64_t address, struct cfi_rule *ret_rule)
{
    struct cfi_rule rule = {.signal = row->signal};
    if (row->registers[row->return_register].how == CFI_UNDEFINED) {
        *ret_rule = (struct cfi_rule){.kind = CFI_RULE_ROOT};
        return true;
    }
    if (!rule_cfa(&rule, machine, row, address) || row->return_register != machine->kept[0])
        return false;
    /* The caller's stack pointer is the CFA unless something else is said. */
    if (row->registers[machine->stack].how > CFI_SAME)
        return false;
    size_t saved = 0;
    for (size_t i = 0; i < machine->kept_count; i++) {
        const struct cfi_saved *from = &row->registers[machine->kept[i]];
        if (from->how <= CFI_SAME)
            continue;
        if (from->how != CFI_AT_OFFSET || from->value != (int16_t)from->value)
            return false;
        rule.saved |= (uint16_t)(1u << i);
        rule.offsets[saved++] = (int16_t)from->value;
    }
    if (!(rule.saved & 1)) {
        if (machine->link == MACHINE_NO_LINK)
            return false;
        rule.kept_link = true;
    }
    *ret_rule = rule;
    return true;
}
