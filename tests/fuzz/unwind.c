/* SPDX-License-Identifier: MIT */
/* Unwinding with hostile registers, stack bytes and call frame information:
 *
 *     [choice][size of the stack: 2 bytes][registers: 34 words][stack][CFI section or ELF file]
 *
 * Each part lies in a block of its own size, so that a sanitizer sees every byte too much. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "resolve/unwind/step.h"

#define WORDS     34u
#define ROWS_MOST 256u

static void *copy(const uint8_t *bytes, size_t size)
{
    void *block = malloc(size ? size : 1);
    FUZZ_CHECK(block);
    if (size)
        memcpy(block, bytes, size);
    return block;
}

/* Steps up from every row of the section, and on by the same rule. */
static void walk(const struct unwind_machine *machine, const struct perf_sample *sample,
                 uint64_t mask, const struct cfi_row *row, uint64_t address, struct cfi *cfi)
{
    struct cfi_row rows[1] = {*row};
    struct unwind_object object = {.cfi = cfi, .rows = rows, .row_count = 1};
    struct cfi_rule rule, guess = {.kind = CFI_RULE_NONE};
    struct unwind_state state;
    if (!cfi_rule_make(machine, row, address, &rule))
        rule = (struct cfi_rule){.kind = CFI_RULE_ROW, .signal = row->signal};
    FUZZ_CHECK(rule.kind != CFI_RULE_FREE);
    for (int guessed = 0; guessed < 2; guessed++) {
        enum unwind_end end = UNWIND_ROOT;
        if (!unwind_state_init(&state, machine, sample, mask))
            return;
        for (int steps = 0; steps < 32; steps++)
            if (!unwind_step(&state, &object, guessed ? &guess : &rule, &end))
                break;
        FUZZ_CHECK(end <= UNWIND_LOST);
        FUZZ_CHECK(state.memory.size <= sample->user_stack_size);
    }
}

static void section(const struct unwind_machine *machine, const struct perf_sample *sample,
                    uint64_t mask, struct cfi_section *section, struct cfi *cfi)
{
    struct cfi_range range;
    struct cfi_row row;
    uint64_t offset = 0;
    unsigned rows = 0;
    int r;
    while ((r = cfi_section_next(section, &offset, &range)) >= 0 && rows < ROWS_MOST) {
        if (r == 0)
            continue;
        FUZZ_CHECK(range.start < range.end && range.fde < section->size);
        const uint64_t at[] = {range.start, range.start + (range.end - range.start) / 2,
                               range.end - 1};
        for (unsigned i = 0; i < 3; i++, rows++)
            if (cfi_section_row(section, range.fde, at[i], &row))
                walk(machine, sample, mask, &row, at[i], cfi);
    }
}

/* The CFI of a file, asked at offsets all over it. */
static void whole_file(const struct unwind_machine *machine, const struct perf_sample *sample,
                       uint64_t mask, const uint8_t *bytes, size_t size)
{
    struct elf_file *file;
    struct cfi *cfi;
    struct cfi_row row;
    uint64_t address;
    FUZZ_CHECK(elf_file_image(&file, bytes, size) == 0);
    if (!file)
        return;
    FUZZ_CHECK(cfi_new(&cfi, file, NULL) == 0);
    for (size_t i = 0; i < ROWS_MOST; i++)
        if (cfi_address(cfi, size * i / ROWS_MOST, &address) && cfi_find(cfi, address, &row))
            walk(machine, sample, mask, &row, address, cfi);
    cfi_free(cfi);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *arch;
        uint64_t abi, mask;
    } machines[] = {{"x86_64", 2, 0xff0fff}, {"x86_64", 1, 0xff0fff}, {"aarch64", 2, 0x1ffffffff}};
    if (size < 3 + WORDS * 8)
        return 0;
    unsigned choice = data[0] & 3;
    const unsigned which = choice < 3 ? choice : 0;
    size_t stack_size = (size_t)(data[1] | data[2] << 8), left = size - 3 - WORDS * 8;
    if (stack_size > left)
        stack_size = left;
    uint8_t *registers = copy(data + 3, WORDS * 8);
    uint8_t *stack = copy(data + 3 + WORDS * 8, stack_size);
    uint8_t *bytes = copy(data + 3 + WORDS * 8 + stack_size, left - stack_size);
    struct perf_sample sample = {
        .user_abi = machines[which].abi,
        .user_regs = {registers, WORDS, data[0] >> 4 & 1},
        .user_stack = stack,
        .user_stack_size = stack_size,
        .user_stack_room = stack_size + (data[0] >> 5 & 1),
    };
    const struct unwind_machine *machine =
        unwind_machine(machines[which].arch, sample.user_abi, machines[which].mask);
    struct cfi cfi = {.swap = data[0] >> 2 & 1};
    struct cfi_section frames = {
        .bytes = bytes,
        .size = left - stack_size,
        .address = 0x2000,
        .eh = !(data[0] >> 3 & 1),
        .swap = cfi.swap,
        .wide = machines[which].abi == 2,
    };
    if (machine && frames.size && data[0] >> 6 & 1)
        whole_file(machine, &sample, machines[which].mask, bytes, frames.size);
    else if (machine && frames.size)
        section(machine, &sample, machines[which].mask, &frames, &cfi);
    free(registers);
    free(stack);
    free(bytes);
    return 0;
}
