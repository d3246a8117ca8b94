/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include <zstd.h>

#include "base/mem.h"
#include "perf/strand.h"

#define MANY 60 /* none is a type that means something to a strand */

static void put_record(struct buffer *to, uint32_t type)
{
    put_u32(to, type);
    put_u16(to, 0);
    put_u16(to, 16);
    put_u64(to, type * UINT64_C(3));
}

/* Records numbered from 1 as one stream of zstd, flushed after every `chunk` bytes, in COMPRESSED
 * (or padded COMPRESSED2) records with a mark of a round behind each. */
static void put_compressed(struct buffer *to, const void *bytes, size_t size, size_t chunk,
                           bool second)
{
    ZSTD_CStream *zstd = ZSTD_createCStream();
    assert_non_null(zstd);
    ZSTD_initCStream(zstd, 1);
    for (size_t at = 0; at < size; at += chunk) {
        uint8_t packed[4096];
        ZSTD_outBuffer out = {packed, sizeof packed, 0};
        ZSTD_inBuffer in = {(const uint8_t *)bytes + at, size - at < chunk ? size - at : chunk, 0};
        ZSTD_compressStream(zstd, &out, &in);
        assert_true(ZSTD_flushStream(zstd, &out) == 0 && in.pos == in.size);
        size_t padding = second ? -out.pos & 7 : 0;
        put_u32(to, second ? USER_COMPRESSED2 : USER_COMPRESSED);
        put_u16(to, 0);
        put_u16(to, (uint16_t)(8 + (second ? 8 : 0) + out.pos + padding));
        if (second)
            put_u64(to, out.pos);
        buffer_append(to, packed, out.pos);
        buffer_append(to, "\xff\xff\xff\xff\xff\xff\xff", padding);
        put_u32(to, USER_FINISHED_ROUND);
        put_u16(to, 0);
        put_u16(to, 8);
    }
    ZSTD_freeCStream(zstd);
}

struct opened {
    struct source source;
    struct blocks blocks;
    struct strand strand;
};

static void open_strand(struct opened *opened, struct buffer *bytes)
{
    *opened = (struct opened){.source = bytes_open(bytes->data, bytes->size)};
    blocks_init(&opened->blocks, 128 * 1024, false);
    reader_init(&opened->strand.outer, &opened->blocks, &opened->source, 0, opened->source.size);
    buffer_done(bytes);
}

static void close_strand(struct opened *opened)
{
    strand_done(&opened->strand);
    blocks_done(&opened->blocks);
    source_close(&opened->source);
}

/* Reads to the end: how many numbered records came, in order, and how many marks. */
static uint32_t read_all(struct strand *strand, uint32_t *ret_marks)
{
    struct raw_record raw;
    struct block_place place;
    uint32_t count = 0;
    int r;
    *ret_marks = 0;
    while ((r = strand_next(strand, &raw, &place, NULL)) > 0) {
        uint64_t body;
        if (raw.type == USER_FINISHED_ROUND) {
            assert_ptr_equal(strand_reader(strand), &strand->outer);
            ++*ret_marks;
            continue;
        }
        memcpy(&body, raw.bytes + 8, sizeof body);
        assert_int_equal(raw.type, ++count);
        assert_int_equal(body, count * UINT64_C(3));
        assert_ptr_equal(strand_reader(strand),
                         strand->has_inner ? &strand->inner : &strand->outer);
    }
    assert_int_equal(r, 0);
    assert_true(strand->ended);
    assert_int_equal(strand_next(strand, &raw, &place, NULL), 0); /* and again */
    return count;
}

static void what_is_not_compressed_passes(void **state)
{
    struct buffer bytes = {0};
    struct opened opened;
    uint32_t marks;
    for (uint32_t i = 1; i <= MANY; i++)
        put_record(&bytes, i);
    open_strand(&opened, &bytes);
    assert_true(read_all(&opened.strand, &marks) == MANY && marks == 0);
    assert_false(opened.strand.has_inner || opened.strand.outer.cut);
    close_strand(&opened);
}

static void records_straddle_pieces(void **state)
{
    for (size_t chunk = 1; chunk < 100; chunk += 7)
        for (int second = 0; second < 2; second++) {
            struct buffer records = {0}, bytes = {0};
            struct opened opened;
            uint32_t marks;
            for (uint32_t i = 1; i <= MANY; i++)
                put_record(&records, i);
            put_compressed(&bytes, records.data, records.size, chunk, second);
            open_strand(&opened, &bytes);
            assert_int_equal(read_all(&opened.strand, &marks), MANY);
            assert_int_equal(marks, (records.size + chunk - 1) / chunk);
            assert_false(opened.strand.outer.cut || opened.strand.outer.senseless);
            close_strand(&opened);
            buffer_done(&records);
        }
}

static void half_a_record_inside_is_a_cut(void **state)
{
    struct buffer records = {0}, bytes = {0};
    struct opened opened;
    uint32_t marks;
    for (uint32_t i = 1; i <= MANY; i++)
        put_record(&records, i);
    put_compressed(&bytes, records.data, records.size - 5, 100, false);
    open_strand(&opened, &bytes);
    assert_int_equal(read_all(&opened.strand, &marks), MANY - 1);
    assert_true(opened.strand.outer.cut && !opened.strand.outer.senseless);
    close_strand(&opened);
    buffer_done(&records);
}

static void damage_inside_ends_it(void **state)
{
    struct buffer records = {0}, bytes = {0};
    struct opened opened;
    uint32_t marks;
    for (uint32_t i = 1; i <= 3; i++)
        put_record(&records, i);
    put_compressed(&bytes, records.data, records.size, records.size, false);
    put_u32(&bytes, USER_COMPRESSED);
    put_u16(&bytes, 0);
    put_u16(&bytes, 24);
    put_u64(&bytes, UINT64_MAX);
    put_u64(&bytes, UINT64_MAX);
    put_record(&bytes, 4); /* never read: what lies between is not known */
    open_strand(&opened, &bytes);
    assert_int_equal(read_all(&opened.strand, &marks), 3);
    assert_true(marks == 1 && opened.strand.outer.cut && opened.strand.outer.senseless);
    close_strand(&opened);
    buffer_done(&records);
}

static void without_memory_it_says_so(void **state)
{
    struct buffer records = {0}, bytes = {0};
    struct opened opened;
    struct raw_record raw;
    struct block_place place;
    int r = -PFL_ERROR_MEMORY;
    put_record(&records, 1);
    put_compressed(&bytes, records.data, records.size, records.size, false);
    for (long n = 0; r == -PFL_ERROR_MEMORY; n++) {
        struct buffer copy = {0};
        buffer_append(&copy, bytes.data, bytes.size);
        open_strand(&opened, &copy);
        mem_fail_after(n);
        r = strand_next(&opened.strand, &raw, &place, NULL);
        mem_fail_after(-1);
        assert_true(n > 1 || r < 0);
        close_strand(&opened);
    }
    assert_int_equal(r, 1);
    buffer_done(&bytes);
    buffer_done(&records);
}

RUN_TESTS(TEST(what_is_not_compressed_passes), TEST(records_straddle_pieces),
          TEST(half_a_record_inside_is_a_cut), TEST(damage_inside_ends_it),
          TEST(without_memory_it_says_so))
