/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "resolve/unwind/cfi_expression.h"
#include "resolve/resolver.h"
#include "resolve/unwind/step.h"
#include "session_fake.h"

/* A function at 0x1000 that pushes rbp, as .eh_frame has it: CFA = rsp + 8, then rsp + 16 with rbp
 * at CFA - 16, then rbp + 16. */
static const uint8_t frames[] = {
    20,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    'z',
    'R',
    0,
    1,
    0x78,
    16,
    1,
    DW_EH_PE_udata4,
    DW_CFA_def_cfa,
    7,
    8,
    DW_CFA_offset | 16,
    1,
    DW_CFA_nop,
    DW_CFA_nop,
    28,
    0,
    0,
    0,
    28,
    0,
    0,
    0,
    0x00,
    0x10,
    0,
    0,
    0x20,
    0,
    0,
    0,
    0,
    DW_CFA_advance_loc | 1,
    DW_CFA_def_cfa_offset,
    16,
    DW_CFA_offset | 6,
    2,
    DW_CFA_advance_loc | 3,
    DW_CFA_def_cfa_register,
    6,
    DW_CFA_advance_loc | 10,
    DW_CFA_def_cfa,
    7,
    8,
    DW_CFA_restore | 6,
    DW_CFA_nop,
    DW_CFA_nop,
};

static struct cfi_section section_of(const uint8_t *bytes, size_t size)
{
    return (struct cfi_section){.bytes = bytes, .size = size, .eh = true, .wide = true};
}

static void a_row_is_what_the_program_says_up_to_the_address(void **unused)
{
    (void)unused;
    struct cfi_section section = section_of(frames, sizeof frames);
    struct cfi_range range;
    struct cfi_row row;
    uint64_t offset = 0;
    assert_int_equal(cfi_section_next(&section, &offset, &range), 0);
    assert_int_equal(cfi_section_next(&section, &offset, &range), 1);
    assert_int_equal(range.start, 0x1000);
    assert_int_equal(range.end, 0x1020);
    assert_true(cfi_section_row(&section, range.fde, 0x1000, &row));
    assert_int_equal(row.cfa_register, 7);
    assert_int_equal(row.cfa.value, 8);
    assert_int_equal(row.registers[6].how, CFI_UNSAID);
    assert_true(cfi_section_row(&section, range.fde, 0x1001, &row));
    assert_int_equal(row.cfa.value, 16);
    assert_int_equal(row.registers[6].value, -16);
    assert_true(cfi_section_row(&section, range.fde, 0x1005, &row));
    assert_int_equal(row.cfa_register, 6);
    assert_true(cfi_section_row(&section, range.fde, 0x101f, &row));
    assert_int_equal(row.cfa_register, 7);
    assert_int_equal(row.registers[6].how, CFI_UNSAID);
    assert_false(cfi_section_row(&section, range.fde, 0x1020, &row));
    assert_int_equal(cfi_section_next(&section, &offset, &range), -1);
}

/* The offset that turns the sign of 2^60 times a factor of -8 is no number of 64 bits. */
static void an_offset_beyond_all_bounds_wraps(void **unused)
{
    static const uint8_t program[] = {DW_CFA_GNU_negative_offset_extended,
                                      6,
                                      0x80,
                                      0x80,
                                      0x80,
                                      0x80,
                                      0x80,
                                      0x80,
                                      0x80,
                                      0x80,
                                      0x10,
                                      DW_CFA_nop};
    enum { FDE = 24, PROGRAM = FDE + 17 };
    uint8_t bytes[sizeof frames];
    struct cfi_row row;
    (void)unused;
    memcpy(bytes, frames, sizeof bytes);
    memset(bytes + PROGRAM, DW_CFA_nop, sizeof bytes - PROGRAM);
    memcpy(bytes + PROGRAM, program, sizeof program);
    struct cfi_section section = section_of(bytes, sizeof bytes);
    assert_true(cfi_section_row(&section, FDE, 0x1000, &row));
    assert_int_equal(row.registers[6].how, CFI_AT_OFFSET);
    assert_true(row.registers[6].value == INT64_MIN);
}

static void a_section_cut_anywhere_is_read_to_its_end_and_no_further(void **unused)
{
    (void)unused;
    for (size_t size = 1; size < sizeof frames; size++) {
        uint8_t *cut = mem_alloc(size);
        memcpy(cut, frames, size);
        struct cfi_section section = section_of(cut, size);
        struct cfi_range range;
        struct cfi_row row;
        uint64_t offset = 0;
        while (cfi_section_next(&section, &offset, &range) >= 0)
            ;
        (void)cfi_section_row(&section, 24, 0x1008, &row);
        mem_free(cut);
    }
}

/* The arch that a recording tells may be any text. */
static void a_machine_is_known_by_its_whole_name(void **unused)
{
    static const struct {
        const char *arch;
        bool known;
    } told[] = {{"x86_64", true}, {"i386", true}, {"i686", true}, {"i", false},
                {"", false},      {"i3", false},  {"i86", false}, {"i3860", false}};
    (void)unused;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        char *copy = mem_copy_text(told[i].arch, strlen(told[i].arch));
        assert_int_equal(unwind_machine(copy, 1, 0) != NULL, told[i].known);
        mem_free(copy);
    }
}

static void a_jump_table_s_expression_is_a_plain_rule_for_each_address(void **unused)
{
    (void)unused;
    static const uint8_t plt[] = {DW_OP_breg7, 8,         DW_OP_breg16, 0,
                                  DW_OP_lit15, DW_OP_and, DW_OP_lit11,  DW_OP_ge,
                                  DW_OP_lit3,  DW_OP_shl, DW_OP_plus};
    struct cfi_row row = {.return_register = 16};
    row.cfa = (struct cfi_saved){.how = CFI_IS_EXPRESSION, .size = sizeof plt, .expression = plt};
    row.registers[16] = (struct cfi_saved){.how = CFI_AT_OFFSET, .value = -8};
    const struct unwind_machine *machine = unwind_machine("x86_64", 2, 0);
    struct cfi_rule rule;
    assert_true(cfi_rule_make(machine, &row, 0x102a, &rule));
    assert_int_equal(rule.kind, CFI_RULE_OFFSET);
    assert_int_equal(rule.cfa_offset, 8);
    assert_true(cfi_rule_make(machine, &row, 0x102b, &rule));
    assert_int_equal(rule.cfa_offset, 16);
    row.registers[16].how = CFI_UNDEFINED;
    assert_true(cfi_rule_make(machine, &row, 0x102b, &rule));
    assert_int_equal(rule.kind, CFI_RULE_ROOT);
}

static void a_jump_table_beyond_all_bounds_is_no_plain_rule(void **unused)
{
    (void)unused;
    /* stack + INT64_MAX */
    static const uint8_t plt[] = {DW_OP_breg7, 0xff,         0xff,       0xff,        0xff,
                                  0xff,        0xff,         0xff,       0xff,        0xff,
                                  0x00,        DW_OP_breg16, 0,          DW_OP_lit15, DW_OP_and,
                                  DW_OP_lit11, DW_OP_ge,     DW_OP_lit3, DW_OP_shl,   DW_OP_plus};
    struct cfi_row row = {.return_register = 16};
    row.cfa = (struct cfi_saved){.how = CFI_IS_EXPRESSION, .size = sizeof plt, .expression = plt};
    row.registers[16] = (struct cfi_saved){.how = CFI_AT_OFFSET, .value = -8};
    struct cfi_rule rule;
    assert_false(cfi_rule_make(unwind_machine("x86_64", 2, 0), &row, 0x102b, &rule));
}

static bool no_memory(void *memory, uint64_t address, unsigned size, uint64_t *ret_value)
{
    (void)memory;
    *ret_value = address + size;
    return address < 0x1000;
}

static bool evaluate(const uint8_t *expression, size_t size, uint64_t *ret_value)
{
    static const uint64_t registers[CFI_REGISTERS] = {[7] = 0x100, [8] = 0x2000};
    struct cfi_context context = {
        .registers = registers, .known = 1u << 7 | 1u << 8, .word = 8, .read = no_memory};
    return cfi_evaluate(&context, expression, size, NULL, ret_value);
}

#define EVALUATE(value, ...)                                                                       \
    evaluate((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), value)

static void an_expression_is_bounded_in_every_way(void **unused)
{
    (void)unused;
    uint64_t value = 0;
    assert_true(EVALUATE(&value, DW_OP_breg7, 0x20, DW_OP_deref));
    assert_int_equal(value, 0x128);
    assert_true(
        EVALUATE(&value, DW_OP_lit5, DW_OP_lit3, DW_OP_minus, DW_OP_const1s, 0xfe, DW_OP_mul));
    assert_int_equal((int64_t)value, -4);
    assert_true(EVALUATE(&value, DW_OP_lit1, DW_OP_bra, 1, 0, DW_OP_lit30, DW_OP_lit7));
    assert_int_equal(value, 7);
    assert_false(EVALUATE(&value, DW_OP_breg8, 0, DW_OP_deref)); /* not captured */
    assert_false(EVALUATE(&value, DW_OP_breg6, 0));              /* not known */
    assert_false(EVALUATE(&value, DW_OP_skip, 0xfd, 0xff));      /* for ever */
    assert_false(EVALUATE(&value, DW_OP_skip, 0, 0x80));         /* before the beginning */
    assert_false(EVALUATE(&value, DW_OP_lit1, DW_OP_dup, DW_OP_skip, 0xfc, 0xff)); /* too deep */
    assert_false(EVALUATE(&value, DW_OP_plus));                                    /* of nothing */
    assert_false(EVALUATE(&value, DW_OP_lit1, DW_OP_lit0, DW_OP_div));
    assert_false(EVALUATE(&value, DW_OP_lit1, DW_OP_lit0, DW_OP_mod));
    assert_false(EVALUATE(&value, DW_OP_const8u, 1, 2)); /* cut */
    assert_false(EVALUATE(&value, DW_OP_call2, 0, 0));
}

static void signatures_of_return_addresses_are_taken_off(void **unused)
{
    (void)unused;
    const struct unwind_machine *machine = unwind_machine("aarch64", 2, 0x1ffffffff);
    uint64_t words[33] = {[30] = 0xa53f000000401234u, [31] = 0x7000, [32] = 0x400100};
    uint64_t stack[2] = {0x7100, 0x123400000040abcdu};
    struct perf_sample sample = {.user_abi = 2,
                                 .user_regs = {(const uint8_t *)words, 33, false},
                                 .user_stack = (const uint8_t *)stack,
                                 .user_stack_size = 16,
                                 .user_stack_room = 16};
    struct unwind_state state;
    enum unwind_end end = UNWIND_ROOT;
    struct unwind_object object = {0};
    struct cfi_rule leaf = {.kind = CFI_RULE_OFFSET, .cfa_register = 31, .kept_link = true};
    struct cfi_rule framed = {.kind = CFI_RULE_OFFSET, .cfa_register = 31, .cfa_offset = 16};
    framed.saved = 3; /* lr at CFA - 8, fp at CFA - 16 */
    framed.offsets[0] = -8;
    framed.offsets[1] = -16;
    assert_true(unwind_state_init(&state, machine, &sample, 0x1ffffffff));
    assert_true(unwind_step(&state, &object, &leaf, &end));
    assert_int_equal(state.registers[32], 0x401234);
    assert_true(unwind_step(&state, &object, &framed, &end));
    assert_int_equal(state.registers[32], 0x40abcd);
    assert_int_equal(state.registers[29], 0x7100);
    assert_false(unwind_step(&state, &object, &framed, &end));
    assert_int_equal(end, UNWIND_TRUNCATED);
}

/* This very program, sampled in the middle of its own call */
#ifdef __x86_64__

struct capture {
    uint64_t words[24]; /* in perf's order */
    uint8_t *stack;
    size_t size;
};

/* Sanitizers must not mind that the stack of others is read. */
__attribute__((noinline, no_sanitize("address"))) static void take(struct capture *capture)
{
    uint64_t *w = capture->words;
    __asm__ volatile("lea 1f(%%rip), %%rax\n\tmov %%rax, 8*8(%0)\n\tmov %%rsp, 7*8(%0)\n\t"
                     "mov %%rbp, 6*8(%0)\n\tmov %%rbx, 1*8(%0)\n\tmov %%r12, 20*8(%0)\n\t"
                     "mov %%r13, 21*8(%0)\n\tmov %%r14, 22*8(%0)\n\tmov %%r15, 23*8(%0)\n1:"
                     :
                     : "c"(w)
                     : "rax", "memory");
    const volatile uint8_t *from = (const volatile uint8_t *)(uintptr_t)w[7];
    for (size_t i = 0; i < capture->size; i++)
        capture->stack[i] = from[i];
}

static volatile int count;

__attribute__((noinline)) static void inner(struct capture *capture)
{
    take(capture);
    count++;
}

__attribute__((noinline)) static void outer(struct capture *capture)
{
    inner(capture);
    count++;
}

struct fixture {
    struct stacks *stacks;
    struct resolver *resolver;
    struct perf_session session;
    struct capture capture;
};

/* Tells the maps of this process; those of code alone where `mask` is all that is left of
 * addresses. */
static void tell_maps(struct resolver *resolver, uint64_t mask)
{
    char line[512], path[300], bits[8];
    unsigned long long start, end, offset;
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        path[0] = '\0';
        if (sscanf(line, "%llx-%llx %7s %llx %*s %*s %299s", &start, &end, bits, &offset, path) < 4)
            continue;
        if (bits[2] != 'x' && mask != UINT64_MAX)
            continue;
        struct perf_record record = {.type = PERF_RECORD_MMAP2, .misc = PERF_CPUMODE_USER};
        record.pid = record.tid = 2000000010; /* no process has that number */
        record.mmap = (struct perf_mmap){.start = start & mask, .size = end - start};
        record.mmap.file_offset = offset;
        record.mmap.protection = bits[2] == 'x' ? PROT_READ | PROT_EXEC : PROT_READ;
        record.mmap.path = path;
        record.mmap.path_length = strlen(path);
        assert_int_equal(resolver_record(resolver, &record, NULL), 0);
    }
    fclose(maps);
}

static void begin(struct fixture *f, size_t size)
{
    *f = (struct fixture){.capture = {.size = size}};
    struct resolve_options options = {.buildid_dir = "/nonexistent", .kallsyms = "/nonexistent"};
    f->stacks = stacks_new();
    assert_int_equal(resolver_new(&f->resolver, f->stacks, &options, NULL), 0);
    session_here(&f->session);
    f->session.event.sample_regs_user = 0xff0fff;
    f->session.event.exclude_callchain_user = true;
    assert_int_equal(resolver_begin(f->resolver, &f->session, 0, NULL), 0);
    tell_maps(f->resolver, UINT64_MAX);
    f->capture.stack = mem_alloc(size);
    outer(&f->capture);
}

static void end(struct fixture *f)
{
    mem_free(f->capture.stack);
    resolver_free(f->resolver);
    stacks_free(f->stacks);
}

/* The sample of a capture; its registers go to `words`. */
static struct perf_record sample_of(const struct fixture *f, uint64_t words[20])
{
    /* FLAGS to GS, which no unwinding needs, were not recorded as such but lie in between. */
    size_t count_words = 0;
    for (unsigned i = 0; i < 24; i++)
        if (UINT64_C(0xff0fff) >> i & 1)
            words[count_words++] = f->capture.words[i];
    struct perf_record record = {.type = PERF_RECORD_SAMPLE, .misc = PERF_CPUMODE_USER};
    record.pid = record.tid = 2000000010; /* no process has that number */
    record.sample.fields = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_REGS_USER |
                           PERF_SAMPLE_STACK_USER | PERF_SAMPLE_CALLCHAIN;
    record.sample.user_abi = 2;
    record.sample.user_regs = (struct perf_words){(const uint8_t *)words, 20, false};
    record.sample.user_stack = f->capture.stack;
    record.sample.user_stack_size = record.sample.user_stack_room = f->capture.size;
    return record;
}

static struct resolved_stack unwind_as(struct fixture *f, uint64_t abi)
{
    uint64_t words[20];
    struct perf_record record = sample_of(f, words);
    struct resolved_stack stack = {0};
    record.sample.user_abi = abi;
    assert_int_equal(resolver_stack(f->resolver, &record, &stack, NULL), 0);
    return stack;
}

static struct resolved_stack unwind(struct fixture *f)
{
    return unwind_as(f, 2);
}

static const char *name_at(struct fixture *f, uint32_t part, uint32_t i)
{
    const struct resolved_frame *frames_of = NULL;
    struct stacks_part places = stacks_part_at(f->stacks, part);
    assert_true(i < places.count);
    int named = resolver_name(f->resolver, places.places[i], &frames_of, NULL);
    assert_true(named >= 1);
    return frames_of[named - 1].name;
}

static void this_program_s_own_stack_is_unwound(void **unused)
{
    (void)unused;
    struct fixture f;
    begin(&f, 1024);
    struct resolved_stack stack = unwind(&f);
    assert_true(stack.unwound);
    assert_false(stack.broken);
    assert_string_equal(name_at(&f, stack.user_part, 0), "take");
    assert_string_equal(name_at(&f, stack.user_part, 1), "inner");
    assert_string_equal(name_at(&f, stack.user_part, 2), "outer");
    assert_string_equal(name_at(&f, stack.user_part, 3), "begin");
    end(&f);
}

static void a_stack_that_was_cut_is_told_and_has_no_guessed_callers(void **unused)
{
    (void)unused;
    struct fixture f;
    begin(&f, 8);
    struct resolved_stack stack = unwind(&f);
    assert_true(stack.truncated);
    assert_false(stack.broken);
    assert_in_range(stacks_part_at(f.stacks, stack.user_part).count, 1, 2);
    end(&f);
}

static void a_program_s_cfi_says_nothing_of_narrow_registers_and_is_not_forgotten(void **unused)
{
    (void)unused;
    struct fixture f;
    begin(&f, 1024);
    tell_maps(f.resolver, UINT32_MAX);
    struct resolved_stack narrow = unwind_as(&f, 1), wide = unwind_as(&f, 2);
    assert_string_equal(name_at(&f, narrow.user_part, 0), "take");
    assert_false(wide.guessed);
    assert_string_equal(name_at(&f, wide.user_part, 0), "take");
    assert_string_equal(name_at(&f, wide.user_part, 1), "inner");
    end(&f);
}

/* Stacks that differ: each was left at another byte, and of each another word was overwritten. */
#define SEVERAL 60u

struct several {
    struct fixture f;
    struct perf_record records[SEVERAL];
    const struct perf_record *list[SEVERAL];
    uint64_t words[SEVERAL][20];
    uint8_t *stacks[SEVERAL];
};

static void begin_several(struct several *s)
{
    begin(&s->f, 1024);
    for (unsigned i = 0; i < SEVERAL; i++) {
        s->records[i] = sample_of(&s->f, s->words[i]);
        s->words[i][8] += 3 * i;
        s->stacks[i] = mem_alloc(s->f.capture.size);
        memcpy(s->stacks[i], s->f.capture.stack, s->f.capture.size);
        memset(s->stacks[i] + 16 * i, 0, 8);
        s->records[i].sample.user_stack = s->stacks[i];
        s->list[i] = &s->records[i];
    }
}

static void end_several(struct several *s)
{
    for (unsigned i = 0; i < SEVERAL; i++)
        mem_free(s->stacks[i]);
    end(&s->f);
}

/* Asks for all stacks; every seventh is not asked for. */
static void ask(struct several *s, struct resolved_stack *found)
{
    for (unsigned i = 0; i < SEVERAL; i++)
        if (i % 7 != 6)
            assert_int_equal(resolver_stack(s->f.resolver, &s->records[i], &found[i], NULL), 0);
}

static void several_threads_find_the_same_stacks(void **unused)
{
    (void)unused;
    struct resolved_stack alone[SEVERAL] = {{0}}, together[SEVERAL] = {{0}};
    struct several *both = mem_zalloc(2, sizeof *both), *one = &both[0], *other = &both[1];
    begin_several(one);
    begin_several(other);
    for (unsigned i = 0; i < SEVERAL; i++) { /* which was not captured by the same call */
        memcpy(other->words[i], one->words[i], sizeof one->words[i]);
        memcpy(other->stacks[i], one->stacks[i], one->f.capture.size);
    }
    ask(one, alone);
    /* The first opens the files, which others do not. */
    assert_int_equal(resolver_stack(other->f.resolver, other->list[0], &together[0], NULL), 0);
    for (unsigned round = 0; round < 3; round++) {
        assert_int_equal(resolver_unwind(other->f.resolver, other->list, SEVERAL, 4, NULL), 0);
        ask(other, together);
        for (unsigned i = 0; i < SEVERAL; i++)
            assert_memory_equal(&alone[i], &together[i], sizeof *alone);
    }
    uint32_t places = stacks_place_count(one->f.stacks);
    assert_int_equal(stacks_place_count(other->f.stacks), places);
    for (uint32_t i = 0; i < places; i++) {
        struct stacks_place a = stacks_place_at(one->f.stacks, i),
                            b = stacks_place_at(other->f.stacks, i);
        assert_true(a.object == b.object && a.offset == b.offset);
    }
    end_several(one);
    end_several(other);
    mem_free(both);
}

static void what_was_ordered_before_is_not_taken_for_other_samples(void **unused)
{
    (void)unused;
    struct several *s = mem_zalloc(1, sizeof *s);
    begin_several(s);
    struct resolved_stack whole = unwind(&s->f), stack = {0};
    assert_int_equal(resolver_unwind(s->f.resolver, s->list, SEVERAL, 3, NULL), 0);
    assert_int_equal(resolver_unwind(s->f.resolver, NULL, 0, 3, NULL), 0);
    s->records[0].sample.user_stack = s->f.capture.stack;
    assert_int_equal(resolver_stack(s->f.resolver, &s->records[0], &stack, NULL), 0);
    assert_int_equal(stack.user_part, whole.user_part);
    end_several(s);
    mem_free(s);
}

static void only_what_changes_a_stack_is_turned_at(void **unused)
{
    (void)unused;
    struct fixture f;
    begin(&f, 64);
    struct perf_record record = {.type = PERF_RECORD_MMAP2, .misc = PERF_CPUMODE_USER};
    record.pid = record.tid = 2000000010;
    record.mmap = (struct perf_mmap){.start = 0x1000, .size = 0x1000, .path = "//anon"};
    assert_false(resolver_turns(f.resolver, &record));
    record.mmap.protection = PROT_READ | PROT_EXEC;
    assert_true(resolver_turns(f.resolver, &record));
    record.mmap.protection = PROT_READ;
    record.mmap.start = f.capture.words[8] & ~UINT64_C(0xfff);
    assert_true(resolver_turns(f.resolver, &record));
    record.type = PERF_RECORD_FORK;
    assert_true(resolver_turns(f.resolver, &record));
    record.type = PERF_RECORD_LOST;
    assert_false(resolver_turns(f.resolver, &record));
    end(&f);
}

static void wild_registers_and_stacks_do_no_harm(void **unused)
{
    (void)unused;
    struct fixture f;
    begin(&f, 2048);
    struct capture good = f.capture;
    uint8_t *kept = mem_alloc(good.size);
    memcpy(kept, good.stack, good.size);
    srand(7);
    for (int round = 0; round < 3000; round++) {
        memcpy(f.capture.words, good.words, sizeof good.words);
        memcpy(f.capture.stack, kept, good.size);
        for (int i = 0; i < 6; i++) {
            uint64_t wild = (uint64_t)rand() << 33 ^ (uint64_t)rand();
            uint64_t near = good.words[7] + (uint64_t)(rand() % 4096) - 1024;
            if (rand() % 3 == 0)
                f.capture.words[rand() % 24] = rand() % 2 ? wild : near;
            else
                memcpy(f.capture.stack + rand() % (good.size - 8), rand() % 2 ? &wild : &near, 8);
        }
        (void)unwind(&f);
    }
    mem_free(kept);
    end(&f);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_what_the_program_says_up_to_the_address),
        cmocka_unit_test(an_offset_beyond_all_bounds_wraps),
        cmocka_unit_test(a_section_cut_anywhere_is_read_to_its_end_and_no_further),
        cmocka_unit_test(a_machine_is_known_by_its_whole_name),
        cmocka_unit_test(a_jump_table_s_expression_is_a_plain_rule_for_each_address),
        cmocka_unit_test(a_jump_table_beyond_all_bounds_is_no_plain_rule),
        cmocka_unit_test(an_expression_is_bounded_in_every_way),
        cmocka_unit_test(signatures_of_return_addresses_are_taken_off),
#ifdef __x86_64__
        cmocka_unit_test(this_program_s_own_stack_is_unwound),
        cmocka_unit_test(a_stack_that_was_cut_is_told_and_has_no_guessed_callers),
        cmocka_unit_test(a_program_s_cfi_says_nothing_of_narrow_registers_and_is_not_forgotten),
        cmocka_unit_test(several_threads_find_the_same_stacks),
        cmocka_unit_test(what_was_ordered_before_is_not_taken_for_other_samples),
        cmocka_unit_test(only_what_changes_a_stack_is_turned_at),
        cmocka_unit_test(wild_registers_and_stacks_do_no_harm),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
