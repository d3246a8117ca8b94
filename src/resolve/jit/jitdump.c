/* SPDX-License-Identifier: MIT */
#include "resolve/jit/jitdump.h"

#include "base/cursor.h"
#include "base/hash.h"
#include "base/index.h"
#include "base/limits.h"
#include "base/mem.h"

#define MAGIC      0x4a695444u
#define ARCH_CLOCK 1u /* of the flags */

#define HEADER_SIZE 40
#define PREFIX_SIZE 16 /* of a record: id, size, time */

/* What is read of a record: its numbers and its name; its code is not. */
#define RECORD_READ 8192

enum jit_record { JIT_CODE_LOAD = 0, JIT_CODE_MOVE = 1, JIT_CODE_CLOSE = 3 };

void jitdump_done(struct jitdump *dump)
{
    mem_free(dump->steps);
    *dump = (struct jitdump){0};
}

/* The reading in progress. */
struct reading {
    struct jitdump *dump;
    struct symbols *symbols;
    struct index by_number; /* steps that loaded code, by the code's number */
    uint64_t *numbers;      /* by step */
    size_t numbers_capacity;
    uint64_t end; /* offset of the next piece */
};

static void reading_done(struct reading *reading)
{
    index_done(&reading->by_number);
    mem_free(reading->numbers);
}

static int reading_step(struct reading *reading, struct jitdump_step step, uint64_t number)
{
    struct jitdump *dump = reading->dump;
    if (dump->count >= LIMIT_JIT_STEPS)
        return 0;
    if (mem_grow(&dump->steps, &dump->capacity, dump->count + 1, sizeof step) < 0 ||
        mem_grow(&reading->numbers, &reading->numbers_capacity, dump->count + 1,
                 sizeof *reading->numbers) < 0)
        return -1;
    reading->numbers[dump->count] = number;
    dump->steps[dump->count++] = step;
    return 0;
}

/* The step that loaded the code of a number; NULL without. */
static const struct jitdump_step *reading_find(const struct reading *reading, uint64_t number)
{
    struct index_probe probe = index_probe(&reading->by_number, hash_pair(number, 0));
    for (uint32_t at; (at = index_next(&probe)) != INDEX_NONE;)
        if (reading->numbers[at] == number)
            return &reading->dump->steps[at];
    return NULL;
}

static int reading_load(struct reading *reading, struct cursor *c, uint64_t time)
{
    struct jitdump_step step = {.time = time, .offset = reading->end};
    size_t length = 0;
    cursor_skip(c, 8); /* pid, tid */
    cursor_skip(c, 8); /* vma */
    step.address = cursor_u64(c);
    step.size = cursor_u64(c);
    uint64_t number = cursor_u64(c);
    const char *name = cursor_text(c, &length);
    uint64_t end;
    if (c->failed || !name || length == 0 || step.size == 0 ||
        step.address > UINT64_MAX - step.size ||
        __builtin_add_overflow(step.offset, step.size, &end))
        return 0;
    struct symbol symbol = {.start = step.offset, .end = end, .binding = SYMBOL_GLOBAL};
    size_t at = reading->dump->count;
    if (reading_step(reading, step, number) < 0)
        return -1;
    if (reading->dump->count == at)
        return 0;
    reading->end = end;
    if (index_add(&reading->by_number, hash_pair(number, 0), (uint32_t)at) < 0 ||
        symbols_text(reading->symbols, name, length, &symbol.name) < 0)
        return -1;
    return symbols_add(reading->symbols, &symbol);
}

static int reading_move(struct reading *reading, struct cursor *c, uint64_t time)
{
    cursor_skip(c, 8 + 8 + 8); /* pid, tid; vma; old address */
    struct jitdump_step step = {.time = time};
    step.address = cursor_u64(c);
    step.size = cursor_u64(c);
    uint64_t number = cursor_u64(c);
    const struct jitdump_step *loaded = c->failed ? NULL : reading_find(reading, number);
    if (!loaded || step.address > UINT64_MAX - loaded->size)
        return 0;
    step.size = loaded->size;
    step.offset = loaded->offset;
    return reading_step(reading, step, number);
}

/* Reads the record at `at`. Returns its size, 0 at the end, or -1. */
static int64_t reading_record(struct reading *reading, const struct source *source, uint64_t at,
                              uint8_t *block, bool swap)
{
    size_t got = 0;
    if (source_read(source, at, block, RECORD_READ, &got, NULL) < 0)
        return 0;
    struct cursor c = cursor_of(block, got, swap);
    uint32_t id = cursor_u32(&c), size = cursor_u32(&c);
    uint64_t time = cursor_u64(&c);
    if (c.failed || size < PREFIX_SIZE || id == JIT_CODE_CLOSE)
        return 0;
    c.size = size < got ? size : got;
    int r = 0;
    if (id == JIT_CODE_LOAD)
        r = reading_load(reading, &c, time);
    else if (id == JIT_CODE_MOVE)
        r = reading_move(reading, &c, time);
    return r < 0 ? -1 : (int64_t)size;
}

int jitdump_read(struct jitdump *dump, struct symbols *symbols, const struct source *source)
{
    CLEANUP(reading_done) struct reading reading = {.dump = dump, .symbols = symbols};
    CLEANUP(mem_cleanup) uint8_t *block = mem_alloc(RECORD_READ);
    if (!block)
        return -1;
    size_t got = 0;
    if (source_read(source, 0, block, HEADER_SIZE, &got, NULL) < 0)
        return 0;
    struct cursor c = cursor_of(block, got, false);
    uint32_t magic = cursor_u32(&c);
    c.swap = magic == __builtin_bswap32(MAGIC);
    uint32_t version = cursor_u32(&c), header = cursor_u32(&c);
    cursor_skip(&c, 12 + 8); /* machine, padding, pid; time */
    dump->other_clock = cursor_u64(&c) & ARCH_CLOCK;
    if (c.failed || (magic != MAGIC && !c.swap) || version != 1 || header < HEADER_SIZE)
        return 0;
    int64_t size;
    for (uint64_t at = header; (size = reading_record(&reading, source, at, block, c.swap)) != 0;
         at += (uint64_t)size)
        if (size < 0)
            return -1;
    return symbols_finish(symbols);
}
