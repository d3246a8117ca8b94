/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include "perf/reader.h"

#define MANY 3000

/* Records of growing and shrinking sizes, each with its number as body, over several blocks. */
static size_t record_size(uint32_t number)
{
    return 16 + number * 2654435761u % 2500 * 8;
}

static struct source many_records(void)
{
    struct recording recording = {0};
    for (uint32_t i = 0; i < MANY; i++) {
        record_begin(&recording, i, 0);
        put_u64(&recording.data, i);
        while (recording.data.size < recording.record_at + record_size(i))
            put_u64(&recording.data, UINT64_MAX);
        record_end(&recording);
    }
    struct source source = bytes_open(recording.data.data, recording.data.size);
    recording_done(&recording);
    return source;
}

static void check_record(const struct raw_record *raw, uint32_t number)
{
    assert_int_equal(raw->type, number);
    assert_int_equal(raw->size, record_size(number));
    uint64_t body, last;
    memcpy(&body, raw->bytes + 8, 8);
    memcpy(&last, raw->bytes + raw->size - 8, 8);
    assert_true(body == number && (raw->size == 16 || last == UINT64_MAX));
}

static void records_may_straddle_blocks(void **state)
{
    struct source source = many_records();
    struct blocks blocks;
    struct reader reader;
    struct raw_record raw;
    struct block_place place;
    blocks_init(&blocks, 1024 * 1024, false);
    reader_init(&reader, &blocks, &source, 0, source.size);
    uint64_t offset = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(reader_next(&reader, &raw, &place, NULL), 1);
        assert_true(raw.offset == offset);
        check_record(&raw, i);
        offset += raw.size;
    }
    assert_int_equal(reader_next(&reader, &raw, &place, NULL), 0);
    assert_false(reader.cut);
    assert_true(source.size > 8 * 1024 * 1024);
    assert_int_equal(blocks.count, 2); /* two blocks, used in turn */
    reader_done(&reader);
    blocks_done(&blocks);
    source_close(&source);
}

static void held_records_are_viewed_again_even_from_blocks_given_up(void **state)
{
    struct source source = many_records();
    for (uint32_t most = 2; most < 40; most += 10) {
        struct blocks blocks;
        struct reader reader;
        struct raw_record raw;
        static struct block_place places[MANY];
        blocks_init(&blocks, 1024 * 1024, false);
        reader_init(&reader, &blocks, &source, 0, source.size);
        blocks.resident_most = most;
        for (uint32_t i = 0; i < MANY; i++) {
            assert_int_equal(reader_next(&reader, &raw, &places[i], NULL), 1);
            blocks_hold(&blocks, places[i].block);
        }
        assert_true(blocks.count > 20 && blocks.resident <= most);
        for (uint32_t i = 0; i < MANY; i++) {
            uint32_t number = (i % 2) * (MANY / 2) + i / 2; /* two places in turn, as of two CPUs */
            assert_int_equal(blocks_view(&blocks, places[number], &raw, NULL), 1);
            check_record(&raw, number);
            blocks_release(&blocks, places[number].block);
        }
        assert_true(blocks.resident <= most);
        reader_done(&reader);
        blocks_done(&blocks);
    }
    source_close(&source);
}

static void a_size_below_the_header_ends_reading(void **state)
{
    for (uint16_t size = 0; size < 8; size++) {
        struct recording recording = {0};
        record_mark(&recording, 1);
        put_u32(&recording.data, 2);
        put_u16(&recording.data, 0);
        put_u16(&recording.data, size);
        record_mark(&recording, 3);
        struct source source = bytes_open(recording.data.data, recording.data.size);
        struct blocks blocks;
        struct reader reader;
        struct raw_record raw;
        struct block_place place;
        blocks_init(&blocks, 1024 * 1024, false);
        reader_init(&reader, &blocks, &source, 0, source.size);
        assert_int_equal(reader_next(&reader, &raw, &place, NULL), 1);
        for (int i = 0; i < 3; i++)
            assert_int_equal(reader_next(&reader, &raw, &place, NULL), 0);
        assert_true(reader.cut && reader.senseless && reader.position == 8);
        reader_done(&reader);
        blocks_done(&blocks);
        source_close(&source);
        recording_done(&recording);
    }
}

static void what_lies_behind_a_record_is_passed_over(void **state)
{
    struct recording recording = {0};
    record_mark(&recording, 1);
    put_text(&recording.data, "a trace that is no record");
    record_mark(&recording, 2);
    struct source source = bytes_open(recording.data.data, recording.data.size);
    struct blocks blocks;
    struct reader reader;
    struct raw_record raw;
    struct block_place place;
    blocks_init(&blocks, 1024 * 1024, false);
    reader_init(&reader, &blocks, &source, 0, source.size);
    assert_int_equal(reader_next(&reader, &raw, &place, NULL), 1);
    assert_int_equal(reader_skip(&reader, 32, NULL), 0);
    assert_int_equal(reader_next(&reader, &raw, &place, NULL), 1);
    assert_int_equal(raw.type, 2);
    assert_int_equal(reader_skip(&reader, 1, NULL), 0);
    assert_int_equal(reader_next(&reader, &raw, &place, NULL), 0);
    assert_true(reader.cut);
    reader_done(&reader);
    blocks_done(&blocks);
    source_close(&source);
    recording_done(&recording);
}

RUN_TESTS(TEST(records_may_straddle_blocks),
          TEST(held_records_are_viewed_again_even_from_blocks_given_up),
          TEST(a_size_below_the_header_ends_reading),
          TEST(what_lies_behind_a_record_is_passed_over))
