/* SPDX-License-Identifier: MIT */
#include "resolve/unwind/cfi_expression.h"

#include <dwarf.h>

#include "base/cursor.h"
#include "resolve/leb128.h"

#define DEPTH 32
#define STEPS 512 /* expressions can jump back */

struct evaluation {
    const struct cfi_context *context;
    struct cursor c;
    uint64_t stack[DEPTH];
    size_t depth;
    bool failed;
};

static void push(struct evaluation *e, uint64_t value)
{
    if (e->depth >= DEPTH) {
        e->failed = true;
        return;
    }
    e->stack[e->depth++] = e->context->word == 4 ? (uint32_t)value : value;
}

static uint64_t pop(struct evaluation *e)
{
    if (e->depth == 0) {
        e->failed = true;
        return 0;
    }
    return e->stack[--e->depth];
}

/* The entry `below` the top. */
static uint64_t peek(struct evaluation *e, size_t below)
{
    if (below >= e->depth) {
        e->failed = true;
        return 0;
    }
    return e->stack[e->depth - 1 - below];
}

static void push_register(struct evaluation *e, uint64_t number, int64_t offset)
{
    if (number >= CFI_REGISTERS || !(e->context->known >> number & 1)) {
        e->failed = true;
        return;
    }
    push(e, e->context->registers[number] + (uint64_t)offset);
}

static void dereference(struct evaluation *e, unsigned size)
{
    uint64_t value = 0, address = pop(e);
    bool fits = size == 1 || size == 2 || size == 4 || size == 8;
    if (e->failed || !fits || !e->context->read(e->context->memory, address, size, &value))
        e->failed = true;
    else
        push(e, value);
}

static void jump(struct evaluation *e, int16_t by)
{
    int64_t to = (int64_t)e->c.position + by;
    if (to < 0 || (uint64_t)to > e->c.size)
        e->failed = true;
    else
        e->c.position = (size_t)to;
}

/* Values count as signed where DWARF says so. */
static int64_t as_signed(const struct evaluation *e, uint64_t value)
{
    return e->context->word == 4 ? (int32_t)(uint32_t)value : (int64_t)value;
}

static bool constant(struct evaluation *e, uint8_t op)
{
    struct cursor *c = &e->c;
    switch (op) {
    case DW_OP_addr: push(e, e->context->word == 4 ? cursor_u32(c) : cursor_u64(c)); return true;
    case DW_OP_const1u: push(e, cursor_u8(c)); return true;
    case DW_OP_const1s: push(e, (uint64_t)(int8_t)cursor_u8(c)); return true;
    case DW_OP_const2u: push(e, cursor_u16(c)); return true;
    case DW_OP_const2s: push(e, (uint64_t)(int16_t)cursor_u16(c)); return true;
    case DW_OP_const4u: push(e, cursor_u32(c)); return true;
    case DW_OP_const4s: push(e, (uint64_t)(int32_t)cursor_u32(c)); return true;
    case DW_OP_const8u:
    case DW_OP_const8s: push(e, cursor_u64(c)); return true;
    case DW_OP_constu: push(e, leb128_unsigned(c)); return true;
    case DW_OP_consts: push(e, (uint64_t)leb128_signed(c)); return true;
    default:
        if (op < DW_OP_lit0 || op > DW_OP_lit31)
            return false;
        push(e, op - DW_OP_lit0);
        return true;
    }
}

static bool shuffle(struct evaluation *e, uint8_t op)
{
    uint64_t a, b, c;
    switch (op) {
    case DW_OP_dup: push(e, peek(e, 0)); return true;
    case DW_OP_drop: (void)pop(e); return true;
    case DW_OP_over: push(e, peek(e, 1)); return true;
    case DW_OP_pick: push(e, peek(e, cursor_u8(&e->c))); return true;
    case DW_OP_swap:
        a = pop(e);
        b = pop(e);
        push(e, a);
        push(e, b);
        return true;
    case DW_OP_rot:
        a = pop(e);
        b = pop(e);
        c = pop(e);
        push(e, a);
        push(e, c);
        push(e, b);
        return true;
    default: return false;
    }
}

static bool unary(struct evaluation *e, uint8_t op)
{
    switch (op) {
    case DW_OP_abs: {
        int64_t value = as_signed(e, pop(e));
        push(e, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
        return true;
    }
    case DW_OP_neg: push(e, 0 - pop(e)); return true;
    case DW_OP_not: push(e, ~pop(e)); return true;
    case DW_OP_plus_uconst: push(e, pop(e) + leb128_unsigned(&e->c)); return true;
    case DW_OP_deref: dereference(e, e->context->word); return true;
    case DW_OP_deref_size: dereference(e, cursor_u8(&e->c)); return true;
    default: return false;
    }
}

static uint64_t divide(struct evaluation *e, uint64_t a, uint64_t b)
{
    int64_t x = as_signed(e, a), y = as_signed(e, b);
    if (y == 0)
        e->failed = true;
    if (y == 0 || y == -1) /* the one quotient that does not fit wraps */
        return 0 - (uint64_t)x;
    return (uint64_t)(x / y);
}

static uint64_t shift_right(struct evaluation *e, uint64_t a, uint64_t b)
{
    int64_t x = as_signed(e, a);
    return (uint64_t)(x >> (b < 63 ? b : 63));
}

static bool binary(struct evaluation *e, uint8_t op)
{
    uint64_t b = peek(e, 0), a = peek(e, 1), value;
    int64_t x = as_signed(e, a), y = as_signed(e, b);
    switch (op) {
    case DW_OP_and: value = a & b; break;
    case DW_OP_or: value = a | b; break;
    case DW_OP_xor: value = a ^ b; break;
    case DW_OP_plus: value = a + b; break;
    case DW_OP_minus: value = a - b; break;
    case DW_OP_mul: value = a * b; break;
    case DW_OP_div: value = divide(e, a, b); break;
    case DW_OP_mod:
        e->failed |= b == 0;
        value = b ? a % b : 0;
        break;
    case DW_OP_shl: value = b < 64 ? a << b : 0; break;
    case DW_OP_shr: value = b < 64 ? a >> b : 0; break;
    case DW_OP_shra: value = shift_right(e, a, b); break;
    case DW_OP_eq: value = x == y; break;
    case DW_OP_ne: value = x != y; break;
    case DW_OP_lt: value = x < y; break;
    case DW_OP_le: value = x <= y; break;
    case DW_OP_gt: value = x > y; break;
    case DW_OP_ge: value = x >= y; break;
    default: return false;
    }
    (void)pop(e);
    (void)pop(e);
    push(e, value);
    return true;
}

static void step(struct evaluation *e)
{
    uint8_t op = cursor_u8(&e->c);
    uint64_t number;
    if (op >= DW_OP_breg0 && op <= DW_OP_breg31) {
        push_register(e, op - DW_OP_breg0, leb128_signed(&e->c));
        return;
    }
    switch (op) {
    case DW_OP_nop: return;
    case DW_OP_bregx:
        number = leb128_unsigned(&e->c);
        push_register(e, number, leb128_signed(&e->c));
        return;
    case DW_OP_skip: jump(e, (int16_t)cursor_u16(&e->c)); return;
    case DW_OP_bra: {
        int16_t by = (int16_t)cursor_u16(&e->c);
        if (pop(e))
            jump(e, by);
        return;
    }
    default: break;
    }
    /* binary comes last: it looks at two entries before it knows whether it is meant. */
    if (!constant(e, op) && !shuffle(e, op) && !unary(e, op) && !binary(e, op))
        e->failed = true;
}

bool cfi_evaluate(const struct cfi_context *context, const uint8_t *expression, size_t size,
                  const uint64_t *first, uint64_t *ret_value)
{
    struct evaluation e = {.context = context, .c = cursor_of(expression, size, context->swap)};
    if (first)
        push(&e, *first);
    for (int steps = 0; cursor_left(&e.c); steps++) {
        if (e.failed || e.c.failed || steps >= STEPS)
            return false;
        step(&e);
    }
    uint64_t value = pop(&e);
    if (e.failed || e.c.failed)
        return false;
    *ret_value = value;
    return true;
}
