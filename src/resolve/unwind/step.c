/* SPDX-License-Identifier: MIT */
#include "resolve/unwind/step.h"

#include <string.h>

#include "base/mem.h"
#include "resolve/unwind/cfi_expression.h"

/* How far above the captured bytes the same stack may go on; what is further is another one. */
#define STACK_REACH (UINT64_C(64) << 20)

/* How far a frame pointer may lie above the stack pointer to be believed; libunwind's bound. */
#define GUESS_REACH 0x4000u

static bool memory_read(struct unwind_memory *memory, uint64_t address, unsigned size,
                        uint64_t *ret_value)
{
    uint64_t at = address - memory->start;
    if (address < memory->start || memory->size < size || at > memory->size - size) {
        memory->out_of_reach = address;
        return false;
    }
    if (!gap_read(&memory->gap, at + size)) {
        memory->out_of_reach = address;
        return false;
    }
    uint64_t value = 0;
    if (size == 8) {
        memcpy(&value, memory->bytes + at, 8);
        *ret_value = memory->swap ? __builtin_bswap64(value) : value;
        return true;
    }
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)memory->bytes[at + (memory->swap ? size - 1 - i : i)] << i * 8;
    *ret_value = value;
    return true;
}

static bool context_read(void *memory, uint64_t address, unsigned size, uint64_t *ret_value)
{
    return memory_read(memory, address, size, ret_value);
}

bool unwind_state_init(struct unwind_state *state, const struct unwind_machine *machine,
                       const struct perf_sample *sample, uint64_t mask)
{
    mem_clear(state, sizeof *state);
    state->machine = machine;
    state->exact = true;
    uint32_t word = 0;
    for (uint64_t left = mask; left && word < sample->user_regs.count; left &= left - 1, word++) {
        unsigned number = (unsigned)__builtin_ctzll(left);
        int dwarf = number < machine->register_count ? machine->registers[number] : -1;
        if (dwarf < 0)
            continue;
        uint64_t value = perf_word(&sample->user_regs, word);
        state->registers[dwarf] = machine->word == 4 ? (uint32_t)value : value;
        state->known |= UINT64_C(1) << dwarf;
    }
    state->memory = (struct unwind_memory){
        .bytes = sample->user_stack,
        .start = state->registers[machine->stack],
        .size = sample->user_stack_size,
        .gap = sample->user_stack_gap,
        .swap = sample->user_regs.swap,
        .full = sample->user_stack_size >= sample->user_stack_room,
    };
    gap_meet(&state->memory.gap);
    return state->known >> machine->pc & state->known >> machine->stack & 1;
}

/* Why memory could not be read. */
static enum unwind_end memory_end(const struct unwind_memory *memory)
{
    uint64_t end = memory->start + memory->size;
    bool above = memory->out_of_reach + 8 > end && memory->out_of_reach - end + 8 < STACK_REACH;
    return memory->full && above ? UNWIND_TRUNCATED : UNWIND_LOST;
}

/* Moves to the caller at `pc`; the end of the way if there is none. */
static bool step_to(struct unwind_state *state, uint64_t pc, uint64_t stack, bool exact,
                    enum unwind_end *ret_end)
{
    pc &= state->machine->address_mask;
    if (pc == 0) {
        *ret_end = UNWIND_ROOT;
        return false;
    }
    state->registers[state->machine->pc] = pc;
    state->registers[state->machine->stack] = stack;
    state->exact = exact;
    return true;
}

/* Callers' values are known of the registers that functions keep. */
static uint64_t kept_mask(const struct unwind_machine *machine)
{
    uint64_t mask = UINT64_C(1) << machine->pc | UINT64_C(1) << machine->stack;
    for (size_t i = 0; i < machine->kept_count; i++)
        mask |= UINT64_C(1) << machine->kept[i];
    return mask;
}

/* Below the captured bytes lies what the end of a function has taken from the stack already: the
 * register has its value again, though compilers need not say so. */
static bool has_value_again(const struct unwind_state *state, uint64_t at)
{
    return at < state->memory.start;
}

static bool step_small(struct unwind_state *state, const struct cfi_rule *rule,
                       enum unwind_end *ret_end)
{
    const struct unwind_machine *machine = state->machine;
    uint64_t cfa, values[MACHINE_KEPT];
    *ret_end = UNWIND_LOST;
    if (!(state->known >> rule->cfa_register & 1))
        return false;
    cfa = state->registers[rule->cfa_register] + (uint64_t)(int64_t)rule->cfa_offset;
    if (rule->kind == CFI_RULE_WORD && !memory_read(&state->memory, cfa, machine->word, &cfa)) {
        *ret_end = memory_end(&state->memory);
        return false;
    }
    /* All is read before anything is changed: a value may lie in its own place. */
    unsigned read = 0, count = 0;
    for (unsigned left = rule->saved; left; left &= left - 1, count++) {
        uint64_t at = cfa + (uint64_t)(int64_t)rule->offsets[count];
        if (memory_read(&state->memory, at, machine->word, &values[count]))
            read |= left & -left;
        else if (left & 1) {
            *ret_end = memory_end(&state->memory);
            return false;
        }
    }
    count = 0;
    for (unsigned left = rule->saved; left; left &= left - 1, count++) {
        unsigned number = machine->kept[__builtin_ctz(left)];
        if (read & left & -left)
            state->registers[number] = values[count];
        else if (!has_value_again(state, cfa + (uint64_t)(int64_t)rule->offsets[count]))
            state->known &= ~(UINT64_C(1) << number);
    }
    uint64_t pc = state->registers[machine->kept[0]];
    state->known &= kept_mask(machine);
    return step_to(state, pc, cfa, rule->signal, ret_end);
}

/* The caller's value of a register by a whole row. Returns 1, 0 if it is lost, -1 if it cannot be
 * read. */
static int row_value(struct unwind_state *state, const struct cfi_context *context,
                     const struct cfi_saved *saved, uint64_t cfa, uint64_t *ret_value)
{
    uint64_t at = cfa + (uint64_t)saved->value;
    switch (saved->how) {
    case CFI_AT_EXPRESSION:
    case CFI_IS_EXPRESSION:
        if (!cfi_evaluate(context, saved->expression, saved->size, &cfa, &at))
            return -1;
        if (saved->how == CFI_IS_EXPRESSION) {
            *ret_value = at;
            return 1;
        }
        break;
    case CFI_IS_OFFSET: *ret_value = at; return 1;
    case CFI_IN_REGISTER:
        if (saved->value < 0 || saved->value >= CFI_REGISTERS ||
            !(state->known >> saved->value & 1))
            return 0;
        *ret_value = state->registers[saved->value];
        return 1;
    case CFI_AT_OFFSET: break;
    default: return 0;
    }
    return memory_read(&state->memory, at, state->machine->word, ret_value) ? 1 : -1;
}

static bool step_row(struct unwind_state *state, const struct cfi *cfi, const struct cfi_row *row,
                     enum unwind_end *ret_end)
{
    const struct unwind_machine *machine = state->machine;
    struct unwind_state next = *state;
    struct cfi_context context = {
        .registers = state->registers,
        .known = state->known,
        .word = machine->word,
        .swap = cfi->swap,
        .read = context_read,
        .memory = &state->memory,
    };
    uint64_t cfa = state->registers[row->cfa_register] + (uint64_t)row->cfa.value;
    state->memory.out_of_reach = 0;
    *ret_end = UNWIND_LOST;
    if (row->cfa.how != CFI_IS_EXPRESSION && !(state->known >> row->cfa_register & 1))
        return false;
    if (row->cfa.how == CFI_IS_EXPRESSION &&
        !cfi_evaluate(&context, row->cfa.expression, row->cfa.size, NULL, &cfa)) {
        *ret_end = memory_end(&state->memory);
        return false;
    }
    next.known &= kept_mask(machine);
    next.registers[machine->stack] = cfa;
    for (unsigned i = 0; i < CFI_REGISTERS; i++) {
        const struct cfi_saved *saved = &row->registers[i];
        if (saved->how <= CFI_SAME && !(saved->how == CFI_UNDEFINED))
            continue;
        int r = row_value(state, &context, saved, cfa, &next.registers[i]);
        if (r < 0 && (i == row->return_register || i == machine->stack)) {
            *ret_end = memory_end(&state->memory);
            return false;
        }
        if (r < 0 && saved->how == CFI_AT_OFFSET &&
            has_value_again(state, cfa + (uint64_t)saved->value))
            continue;
        next.known &= ~(UINT64_C(1) << i);
        next.known |= (uint64_t)(r > 0) << i;
    }
    if (!(next.known >> row->return_register & 1))
        return false;
    next.memory = state->memory;
    *state = next;
    /* Who jumps out of a function by a register, as libgcc does to where an exception is caught,
     * goes to an instruction, not to behind a call. */
    bool jumps = machine->link == MACHINE_NO_LINK &&
                 row->registers[row->return_register].how == CFI_IN_REGISTER;
    return step_to(state, next.registers[row->return_register], next.registers[machine->stack],
                   row->signal || jumps, ret_end);
}

/* A signal's trampoline: all registers of who was interrupted lie on the stack. */
static bool step_trampoline(struct unwind_state *state, const struct trampoline_frame *frame,
                            enum unwind_end *ret_end)
{
    const struct unwind_machine *machine = state->machine;
    uint64_t values[CFI_REGISTERS], known = 0, at = state->registers[machine->stack];
    bool read =
        !frame->pointer || memory_read(&state->memory, at + frame->pointer, machine->word, &at);
    at += frame->start;
    for (unsigned i = 0; i < frame->count && read; i++, at += machine->word) {
        int number = frame->registers[i];
        if (number < 0)
            continue;
        read = memory_read(&state->memory, at, machine->word, &values[number]);
        known |= UINT64_C(1) << number;
    }
    if (!read) {
        *ret_end = memory_end(&state->memory);
        return false;
    }
    for (unsigned i = 0; i < CFI_REGISTERS; i++)
        if (known >> i & 1)
            state->registers[i] = values[i];
    state->known = known;
    return step_to(state, values[machine->pc], values[machine->stack], true, ret_end);
}

/* Without CFI: the frame pointer leads to the caller's, and the return address stands beside. */
static bool step_guess(struct unwind_state *state, enum unwind_end *ret_end)
{
    const struct unwind_machine *machine = state->machine;
    uint64_t frame = state->registers[machine->frame], stack = state->registers[machine->stack];
    uint64_t pc, outer;
    *ret_end = UNWIND_LOST;
    if (!(state->known >> machine->frame & 1) || frame < stack || frame - stack > GUESS_REACH) {
        if (frame == 0)
            *ret_end = UNWIND_ROOT;
        return false;
    }
    if (!memory_read(&state->memory, frame, machine->word, &outer) ||
        !memory_read(&state->memory, frame + machine->word, machine->word, &pc)) {
        *ret_end = memory_end(&state->memory);
        return false;
    }
    state->registers[machine->frame] = outer;
    state->known &= kept_mask(machine);
    return step_to(state, pc, frame + 2u * machine->word, false, ret_end);
}

bool unwind_step(struct unwind_state *state, const struct unwind_object *object,
                 const struct cfi_rule *rule, enum unwind_end *ret_end)
{
    switch (rule->kind) {
    case CFI_RULE_ROOT: *ret_end = UNWIND_ROOT; return false;
    case CFI_RULE_OFFSET:
    case CFI_RULE_WORD: return step_small(state, rule, ret_end);
    case CFI_RULE_ROW:
        return step_row(state, object->cfi, &object->rows[rule->cfa_offset], ret_end);
    case CFI_RULE_TRAMPOLINE:
        return step_trampoline(state, trampoline_frame((unsigned)rule->cfa_offset), ret_end);
    default: return step_guess(state, ret_end);
    }
}

bool unwind_entered(struct unwind_state *state, uint64_t *ret_stack, uint64_t *ret_address)
{
    const struct unwind_machine *machine = state->machine;
    uint64_t stack = state->registers[machine->stack], address = 0;
    if (machine->link != MACHINE_NO_LINK) {
        if (!(state->known >> machine->link & 1))
            return false;
        address = state->registers[machine->link];
    } else {
        if (!memory_read(&state->memory, stack, machine->word, &address))
            return false;
        stack += machine->word;
    }
    *ret_stack = stack;
    *ret_address = address & machine->address_mask;
    return *ret_address != 0;
}

void unwind_resume(struct unwind_state *state, uint64_t address)
{
    state->registers[state->machine->pc] = address;
    state->exact = false;
}
