/* SPDX-License-Identifier: MIT */
/* Decodes samples: the fields that sample_type names, in the order of perf_output_sample (kernel,
 * kernel/events/core.c), which is not quite the one that linux/perf_event.h shows. */
#include <string.h>

#include "perf/decode.h"

#define READ_TOTAL_TIME_ENABLED (1u << 0)
#define READ_TOTAL_TIME_RUNNING (1u << 1)
#define READ_ID                 (1u << 2)
#define READ_GROUP              (1u << 3)

#define BRANCH_HW_INDEX (UINT64_C(1) << 17)
#define BRANCH_COUNTERS (UINT64_C(1) << 19)

#define WORD 8u

struct perf_words decode_words(struct cursor *c, uint64_t count, uint32_t each)
{
    struct perf_words found = {.swap = c->swap};
    if (count > cursor_left(c) / (WORD * each)) {
        c->failed = true;
        return found;
    }
    found.count = (uint32_t)count * each;
    found.bytes = cursor_bytes(c, (size_t)found.count * WORD);
    return found;
}

static const uint8_t *sample_bytes(struct cursor *c, uint64_t size)
{
    if (size > cursor_left(c)) {
        c->failed = true;
        return NULL;
    }
    return cursor_bytes(c, (size_t)size);
}

static void sample_counters(struct cursor *c, uint64_t format, struct sample_counters *counters)
{
    uint32_t times = !!(format & READ_TOTAL_TIME_ENABLED) + !!(format & READ_TOTAL_TIME_RUNNING);
    uint32_t each = 1 + !!(format & READ_ID) + !!(format & PERF_READ_LOST);
    uint64_t count = 1;
    counters->id_at = 1;
    if (format & READ_GROUP) {
        count = cursor_u64(c);
        cursor_skip(c, (size_t)times * WORD);
    } else {
        each += times;
        counters->id_at += times;
    }
    counters->words = decode_words(c, count, each);
    counters->stride = format & READ_ID ? each : 0;
}

static void sample_branches(struct cursor *c, const struct perf_event *event,
                            struct perf_sample *sample)
{
    uint64_t count = cursor_u64(c);
    if (event->branch_sample_type & BRANCH_HW_INDEX)
        cursor_skip(c, WORD);
    sample->branches = decode_words(c, count, 3);
    if (event->branch_sample_type & BRANCH_COUNTERS)
        (void)decode_words(c, count, 1);
}

/* Registers follow only where the thread had any. */
static struct perf_words sample_registers(struct cursor *c, uint64_t mask, uint64_t *ret_abi)
{
    *ret_abi = cursor_u64(c);
    return decode_words(c, *ret_abi ? (unsigned)__builtin_popcountll(mask) : 0, 1);
}

static void sample_stack(struct cursor *c, struct perf_sample *sample)
{
    uint64_t size = cursor_u64(c);
    if (!size)
        return;
    sample->user_stack = sample_bytes(c, size);
    uint64_t valid = cursor_u64(c);
    sample->user_stack_size = valid < size ? valid : size;
    sample->user_stack_room = size;
}

/* The next words of what is known to be there. */
static inline uint64_t next_u64(const uint8_t **at, bool swap)
{
    uint64_t value;
    memcpy(&value, *at, sizeof value);
    *at += sizeof value;
    return swap ? __builtin_bswap64(value) : value;
}

static inline uint32_t next_u32(const uint8_t **at, bool swap)
{
    uint32_t value;
    memcpy(&value, *at, sizeof value);
    *at += sizeof value;
    return swap ? __builtin_bswap32(value) : value;
}

static inline void front_decode(uint64_t type, const uint8_t *at, bool swap,
                                struct perf_record *record)
{
    struct perf_sample *sample = &record->sample;
    if (type & PERF_SAMPLE_IDENTIFIER)
        at += WORD;
    if (type & PERF_SAMPLE_IP)
        sample->ip = next_u64(&at, swap);
    if (type & PERF_SAMPLE_TID) {
        record->pid = next_u32(&at, swap);
        record->tid = next_u32(&at, swap);
    }
    if (type & PERF_SAMPLE_TIME) {
        record->time = next_u64(&at, swap);
        record->has_time = true;
    }
    if (type & PERF_SAMPLE_ADDR)
        at += WORD;
    if (type & PERF_SAMPLE_ID)
        at += WORD;
    if (type & PERF_SAMPLE_STREAM_ID)
        at += WORD;
    if (type & PERF_SAMPLE_CPU) {
        record->cpu = next_u32(&at, swap);
        record->has_cpu = true;
        at += WORD / 2;
    }
    if (type & PERF_SAMPLE_PERIOD)
        sample->period = next_u64(&at, swap);
}

/* IDENTIFIER to PERIOD: what nearly every sample has, a word each. Asked once whether all are
 * there, and in code of its own for the usual byte order, it takes half of the instructions. */
static void sample_decode_front(const struct perf_event *event, struct cursor *c,
                                struct perf_record *record)
{
    uint64_t type = event->sample_type;
    const uint8_t *at = cursor_bytes(c, event->front_size);
    record->sample.period = event->frequency || !event->sample_period ? 1 : event->sample_period;
    if (at && c->swap)
        front_decode(type, at, true, record);
    else if (at)
        front_decode(type, at, false, record);
}

/* CALLCHAIN and RAW. */
static inline void sample_decode_middle(uint64_t type, struct cursor *c, struct perf_sample *sample)
{
    if (type & PERF_SAMPLE_CALLCHAIN)
        sample->callchain = decode_words(c, cursor_u64(c), 1);
    if (type & PERF_SAMPLE_RAW) {
        sample->raw_size = cursor_u32(c);
        sample->raw = sample_bytes(c, sample->raw_size);
    }
}

/* BRANCH_STACK to STACK_USER. */
static void sample_decode_stacks(const struct perf_event *event, struct cursor *c,
                                 struct perf_sample *sample)
{
    uint64_t type = event->sample_type;
    if (type & PERF_SAMPLE_BRANCH_STACK)
        sample_branches(c, event, sample);
    if (type & PERF_SAMPLE_REGS_USER)
        sample->user_regs = sample_registers(c, event->sample_regs_user, &sample->user_abi);
    if (type & PERF_SAMPLE_STACK_USER)
        sample_stack(c, sample);
}

/* WEIGHT to AUX, of which only the cgroup is of use: the rest must be there. */
static void sample_decode_back(const struct perf_event *event, struct cursor *c,
                               struct perf_sample *sample)
{
    const uint64_t weight = PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT; /* one or the other */
    const uint64_t before = PERF_SAMPLE_DATA_SRC | PERF_SAMPLE_TRANSACTION;
    const uint64_t behind = PERF_SAMPLE_DATA_PAGE_SIZE | PERF_SAMPLE_CODE_PAGE_SIZE;
    uint64_t type = event->sample_type, abi;
    if (type & weight)
        cursor_skip(c, WORD);
    cursor_skip(c, WORD * (unsigned)__builtin_popcountll(type & before));
    if (type & PERF_SAMPLE_REGS_INTR)
        (void)sample_registers(c, event->sample_regs_intr, &abi);
    if (type & PERF_SAMPLE_PHYS_ADDR)
        cursor_skip(c, WORD);
    if (type & PERF_SAMPLE_CGROUP)
        sample->cgroup = cursor_u64(c);
    cursor_skip(c, WORD * (unsigned)__builtin_popcountll(type & behind));
    if (type & PERF_SAMPLE_AUX)
        (void)sample_bytes(c, cursor_u64(c));
}

bool sample_decode(const struct perf_event *event, struct cursor *c, struct perf_record *record,
                   struct sample_counters *ret_counters)
{
    const uint64_t stacks =
        PERF_SAMPLE_BRANCH_STACK | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
    const uint64_t back = PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT | PERF_SAMPLE_DATA_SRC |
                          PERF_SAMPLE_TRANSACTION | PERF_SAMPLE_REGS_INTR | PERF_SAMPLE_PHYS_ADDR |
                          PERF_SAMPLE_CGROUP | PERF_SAMPLE_DATA_PAGE_SIZE |
                          PERF_SAMPLE_CODE_PAGE_SIZE | PERF_SAMPLE_AUX;
    uint64_t type = event->sample_type;
    record->sample.fields = type;
    sample_decode_front(event, c, record);
    if (type & PERF_SAMPLE_READ)
        sample_counters(c, event->read_format, ret_counters);
    sample_decode_middle(type, c, &record->sample);
    if (type & stacks)
        sample_decode_stacks(event, c, &record->sample);
    if (type & back)
        sample_decode_back(event, c, &record->sample);
    return !c->failed;
}
