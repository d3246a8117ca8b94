/* SPDX-License-Identifier: MIT */
#include "recording.h"

#define REGS_MASK UINT64_C(0x8001)

/* Fields in the order in which the kernel writes them. */
static const uint64_t kernel_order[] = {PERF_SAMPLE_IDENTIFIER,
                                        PERF_SAMPLE_IP,
                                        PERF_SAMPLE_TID,
                                        PERF_SAMPLE_TIME,
                                        PERF_SAMPLE_ADDR,
                                        PERF_SAMPLE_ID,
                                        PERF_SAMPLE_STREAM_ID,
                                        PERF_SAMPLE_CPU,
                                        PERF_SAMPLE_PERIOD,
                                        PERF_SAMPLE_READ,
                                        PERF_SAMPLE_CALLCHAIN,
                                        PERF_SAMPLE_RAW,
                                        PERF_SAMPLE_BRANCH_STACK,
                                        PERF_SAMPLE_REGS_USER,
                                        PERF_SAMPLE_STACK_USER,
                                        PERF_SAMPLE_WEIGHT,
                                        PERF_SAMPLE_DATA_SRC,
                                        PERF_SAMPLE_TRANSACTION,
                                        PERF_SAMPLE_REGS_INTR,
                                        PERF_SAMPLE_PHYS_ADDR,
                                        PERF_SAMPLE_CGROUP,
                                        PERF_SAMPLE_DATA_PAGE_SIZE,
                                        PERF_SAMPLE_CODE_PAGE_SIZE,
                                        PERF_SAMPLE_AUX};
#define FIELDS (sizeof kernel_order / sizeof kernel_order[0])

static void put_words(struct buffer *to, unsigned count, uint64_t first)
{
    for (unsigned i = 0; i < count; i++)
        put_u64(to, first + i);
}

/* One field as the kernel writes it; plain ones hold 100 plus their place in the order. */
static void put_field(struct buffer *to, size_t field)
{
    switch (kernel_order[field]) {
    case PERF_SAMPLE_TID:
        put_u32(to, 11);
        put_u32(to, 12);
        break;
    case PERF_SAMPLE_CPU:
        put_u32(to, 3);
        put_u32(to, 0);
        break;
    case PERF_SAMPLE_CALLCHAIN:
        put_u64(to, 3);
        put_words(to, 3, 0x1000);
        break;
    case PERF_SAMPLE_RAW:
        put_u32(to, 12);
        buffer_append(to, "rawrawrawraw", 12);
        break;
    case PERF_SAMPLE_BRANCH_STACK:
        put_u64(to, 2);
        put_u64(to, 77); /* hw_idx */
        put_words(to, 6, 0x2000);
        break;
    case PERF_SAMPLE_REGS_USER:
    case PERF_SAMPLE_REGS_INTR:
        put_u64(to, 2);
        put_words(to, 2, 0x3000);
        break;
    case PERF_SAMPLE_STACK_USER:
        put_u64(to, 16);
        put_words(to, 2, 0x4000);
        put_u64(to, 8);
        break;
    case PERF_SAMPLE_AUX:
        put_u64(to, 8);
        put_u64(to, 0);
        break;
    default: put_u64(to, 100 + field);
    }
}

static struct recording_event event_of(uint64_t sample_type)
{
    return (struct recording_event){.sample_type = sample_type,
                                    .branch_sample_type = 1 << 17,
                                    .regs_user = REGS_MASK,
                                    .regs_intr = REGS_MASK,
                                    .sample_period = 4000};
}

static void check_front(const struct perf_record *record, uint64_t type)
{
    const struct perf_sample *sample = &record->sample;
    assert_true(sample->fields == type);
    assert_true(sample->ip == (type & PERF_SAMPLE_IP ? 101 : 0));
    assert_true(record->pid == (type & PERF_SAMPLE_TID ? 11 : UINT32_MAX));
    assert_true(record->tid == (type & PERF_SAMPLE_TID ? 12 : UINT32_MAX));
    assert_true(record->has_time == !!(type & PERF_SAMPLE_TIME));
    assert_true(record->time == (type & PERF_SAMPLE_TIME ? 103 : 0));
    assert_true(record->has_cpu == !!(type & PERF_SAMPLE_CPU));
    assert_true(record->cpu == (type & PERF_SAMPLE_CPU ? 3 : 0));
    assert_true(sample->period == (type & PERF_SAMPLE_PERIOD ? 108 : 4000));
}

static void check_back(const struct perf_record *record, uint64_t type)
{
    const struct perf_sample *sample = &record->sample;
    assert_true(sample->callchain.count == (type & PERF_SAMPLE_CALLCHAIN ? 3 : 0));
    if (sample->callchain.count)
        assert_true(perf_word(&sample->callchain, 2) == 0x1002);
    assert_true(sample->raw_size == (type & PERF_SAMPLE_RAW ? 12 : 0));
    if (sample->raw_size)
        assert_memory_equal(sample->raw, "rawrawrawraw", 12);
    assert_true(sample->branches.count == (type & PERF_SAMPLE_BRANCH_STACK ? 6 : 0));
    if (sample->branches.count)
        assert_true(perf_word(&sample->branches, 0) == 0x2000);
    assert_true(sample->user_regs.count == (type & PERF_SAMPLE_REGS_USER ? 2 : 0));
    if (sample->user_regs.count)
        assert_true(sample->user_abi == 2 && perf_word(&sample->user_regs, 1) == 0x3001);
    assert_true(sample->user_stack_size == (type & PERF_SAMPLE_STACK_USER ? 8 : 0));
    if (sample->user_stack_size)
        assert_memory_equal(sample->user_stack, "\0\x40\0\0\0\0\0\0", 8);
    assert_true(sample->cgroup == (type & PERF_SAMPLE_CGROUP ? 120 : 0));
}

/* A sample of this type is read, and every shorter one is damaged. */
static void check_type(uint64_t type)
{
    struct buffer body = {0};
    for (size_t i = 0; i < FIELDS; i++)
        if (type & kernel_order[i])
            put_field(&body, i);
    for (size_t size = 0; size <= body.size; size++) {
        struct recording recording = {0};
        recording_event(&recording, event_of(type));
        record_begin(&recording, PERF_RECORD_SAMPLE, PERF_CPUMODE_KERNEL);
        buffer_append(&recording.data, body.data, size);
        record_end(&recording);
        struct source source = recording_open(&recording, RECORDING_WHOLE);
        struct perf_session *session = session_of(&source);
        struct perf_record record;
        int r = perf_session_next(session, &record, NULL);
        assert_int_equal(r, size == body.size);
        if (r > 0) {
            assert_int_equal(perf_record_cpumode(&record), PERF_CPUMODE_KERNEL);
            check_front(&record, type);
            check_back(&record, type);
        }
        assert_int_equal(perf_session_next(session, &record, NULL), 0);
        assert_true(perf_session_losses(session)->damaged == (size != body.size));
        perf_session_free(session);
        source_close(&source);
        recording_done(&recording);
    }
    buffer_done(&body);
}

static void every_field_is_read_alone(void **state)
{
    for (size_t i = 0; i < FIELDS; i++)
        check_type(kernel_order[i]);
}

static void all_fields_are_read_together(void **state)
{
    uint64_t type = 0;
    for (size_t i = 0; i < FIELDS; i++)
        type |= kernel_order[i];
    check_type(type);
}

static void each_pair_of_fields_keeps_its_order(void **state)
{
    for (size_t i = 0; i < FIELDS; i++)
        check_type(kernel_order[i] | kernel_order[(i * 7 + 5) % FIELDS]);
}

/* One sample of the event, whose body is `body`; true if it was read. */
static bool reads(struct recording_event event, const struct buffer *body,
                  struct perf_record *ret_record)
{
    struct recording recording = {0};
    recording_event(&recording, event);
    record_begin(&recording, PERF_RECORD_SAMPLE, 0);
    buffer_append(&recording.data, body->data, body->size);
    record_end(&recording);
    struct source source = recording_open(&recording, RECORDING_WHOLE);
    struct perf_session *session = session_of(&source);
    int r = perf_session_next(session, ret_record, NULL);
    assert_true(r >= 0);
    perf_session_free(session);
    source_close(&source);
    recording_done(&recording);
    return r > 0;
}

static void every_read_format_is_passed_over(void **state)
{
    for (uint64_t format = 0; format < 32; format++) {
        struct recording_event event = {.sample_type = PERF_SAMPLE_READ | PERF_SAMPLE_CGROUP,
                                        .read_format = format};
        unsigned times = (format & 1) + (format >> 1 & 1);
        unsigned each = 1 + (format >> 2 & 1) + (format >> 4 & 1);
        unsigned members = format & 8 ? 3 : 1;
        struct buffer body = {0};
        if (format & 8)
            put_u64(&body, members);
        put_words(&body, times + each * members, 500);
        put_u64(&body, 0xfeed);
        struct perf_record record;
        assert_true(reads(event, &body, &record));
        assert_true(record.sample.cgroup == 0xfeed);
        buffer_done(&body);
    }
}

static void absurd_counts_are_damage(void **state)
{
    const uint64_t types[] = {PERF_SAMPLE_CALLCHAIN, PERF_SAMPLE_BRANCH_STACK,
                              PERF_SAMPLE_STACK_USER, PERF_SAMPLE_AUX, PERF_SAMPLE_READ};
    const uint64_t counts[] = {2, 1ull << 60, 1ull << 61, UINT64_MAX, UINT64_MAX / 24 + 1};
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            struct buffer body = {0};
            put_u64(&body, counts[i]);
            put_u64(&body, 0);
            struct perf_record record;
            struct recording_event event = {.sample_type = types[t], .read_format = 8 | 4};
            bool fits = types[t] == PERF_SAMPLE_AUX && counts[i] == 2;
            assert_true(reads(event, &body, &record) == fits);
            buffer_done(&body);
        }
    }
    struct buffer body = {0};
    put_u32(&body, UINT32_MAX);
    put_u32(&body, 0);
    struct perf_record record;
    assert_false(reads((struct recording_event){.sample_type = PERF_SAMPLE_RAW}, &body, &record));
    buffer_done(&body);
}

static void threads_without_registers_have_no_stack_either(void **state)
{
    struct buffer body = {0};
    put_u64(&body, 0); /* abi: none, so no registers */
    put_u64(&body, 0); /* no stack, so no dyn_size */
    put_u64(&body, 9);
    struct perf_record record;
    assert_true(reads(event_of(PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER | PERF_SAMPLE_CGROUP),
                      &body, &record));
    assert_true(record.sample.user_regs.count == 0 && record.sample.user_stack_size == 0);
    assert_true(record.sample.cgroup == 9);
    buffer_done(&body);
}

static void more_valid_stack_than_captured_is_not_believed(void **state)
{
    struct buffer body = {0};
    put_u64(&body, 8);
    put_u64(&body, 1);
    put_u64(&body, 1 << 20);
    struct perf_record record;
    assert_true(reads(event_of(PERF_SAMPLE_STACK_USER), &body, &record));
    assert_true(record.sample.user_stack_size == 8);
    buffer_done(&body);
}

static void a_weight_struct_has_a_weight_s_room(void **state)
{
    struct buffer body = {0};
    put_u32(&body, 40);
    put_u32(&body, 0x00050006);
    put_u64(&body, 9);
    struct perf_record record;
    assert_true(reads(event_of(PERF_SAMPLE_WEIGHT_STRUCT | PERF_SAMPLE_CGROUP), &body, &record));
    assert_true(record.sample.cgroup == 9);
    buffer_done(&body);
}

static void a_sample_without_period_weighs_that_of_its_event(void **state)
{
    struct buffer body = {0};
    struct perf_record record;
    struct recording_event event = {.sample_period = 250000};
    assert_true(reads(event, &body, &record));
    assert_true(record.sample.period == 250000);
    event.flags = FLAG_FREQUENCY;
    assert_true(reads(event, &body, &record));
    assert_true(record.sample.period == 1);
    event = (struct recording_event){0};
    assert_true(reads(event, &body, &record));
    assert_true(record.sample.period == 1);
    buffer_done(&body);
}

RUN_TESTS(TEST(every_field_is_read_alone), TEST(all_fields_are_read_together),
          TEST(each_pair_of_fields_keeps_its_order), TEST(every_read_format_is_passed_over),
          TEST(absurd_counts_are_damage), TEST(threads_without_registers_have_no_stack_either),
          TEST(more_valid_stack_than_captured_is_not_believed),
          TEST(a_weight_struct_has_a_weight_s_room),
          TEST(a_sample_without_period_weighs_that_of_its_event))
