/* SPDX-License-Identifier: MIT */
/* Reads the fixed header (struct perf_file_header of tools/perf/util/header.h) and refuses, each
 * with its own line, the kinds of recording that are not read. */
#include "perf/header.h"

#include <string.h>

#include "base/cursor.h"

#define MAGIC_SIZE       8
#define FILE_HEADER_SIZE 104
/* Before perf had features, its header ended where their bitmap begins now. */
#define FILE_HEADER_SIZE_BARE 72

/* attr.size of the first kernel with perf events (PERF_ATTR_SIZE_VER0), and its ids' section. */
#define ATTR_ENTRY_LEAST (64 + 16)
#define ATTR_ENTRY_MOST  (64 * 1024)

static const char magic_file[] = "PERFILE2", magic_swapped[] = "2ELIFREP",
                  magic_first[] = "PERFFILE";

static bool magic_is(const uint8_t *bytes, const char *magic)
{
    return memcmp(bytes, magic, MAGIC_SIZE) == 0;
}

bool header_recognises(const uint8_t *bytes, size_t size)
{
    return size >= MAGIC_SIZE && (magic_is(bytes, magic_file) || magic_is(bytes, magic_swapped) ||
                                  magic_is(bytes, magic_first));
}

bool header_recognises_pipe(const uint8_t *bytes, size_t size)
{
    if (!header_recognises(bytes, size) || magic_is(bytes, magic_first))
        return false;
    struct cursor c = cursor_of(bytes, size, magic_is(bytes, magic_swapped));
    cursor_skip(&c, MAGIC_SIZE);
    return cursor_u64(&c) == HEADER_PIPE_SIZE;
}

static int header_check_kind(const uint8_t *bytes, size_t size, struct pfl_error *err)
{
    if (size == 0)
        return error_set(err, PFL_ERROR_FORMAT, "is empty");
    if (!header_recognises(bytes, size))
        return error_set(err, PFL_ERROR_FORMAT, "not a perf.data file");
    if (magic_is(bytes, magic_first))
        return error_set(err, PFL_ERROR_UNSUPPORTED,
                         "a perf.data file of version 1 (perf before 2.6.35 wrote it): record it "
                         "anew with a newer perf");
    struct cursor c = cursor_of(bytes, size, magic_is(bytes, magic_swapped));
    cursor_skip(&c, MAGIC_SIZE);
    uint64_t header_size = cursor_u64(&c);
    if (!c.failed && header_size == HEADER_PIPE_SIZE)
        return 0;
    if (!c.failed && header_size != FILE_HEADER_SIZE && header_size != FILE_HEADER_SIZE_BARE)
        return error_at(err, PFL_ERROR_FORMAT, MAGIC_SIZE,
                        "damaged: the header claims a size of %llu bytes",
                        (unsigned long long)header_size);
    if (c.failed || size < header_size)
        return error_at(err, PFL_ERROR_FORMAT, size, "damaged: ends inside the header");
    return 0;
}

static struct header_section section_read(struct cursor *c)
{
    struct header_section section;
    section.offset = cursor_u64(c);
    section.size = cursor_u64(c);
    return section;
}

/* A file of a directory tells little without the others. perf stat sets every bit. */
static int header_check_parts(const struct header *header, const struct source *source,
                              struct pfl_error *err)
{
    if (!header_has(header, HEADER_DIR_FORMAT) || header_has(header, HEADER_STAT) ||
        source->part_count)
        return 0;
    return error_set(
        err, PFL_ERROR_UNSUPPORTED,
        "part of a perf.data directory (perf record --threads), without its files data.N: "
        "name the directory that has them");
}

int header_read(struct header *ret_header, struct source *source, struct pfl_error *err)
{
    uint8_t bytes[FILE_HEADER_SIZE] = {0};
    size_t size = 0;
    int r = source->stream ? source_next(source, bytes, HEADER_PIPE_SIZE, &size, err)
                           : source_read(source, 0, bytes, sizeof bytes, &size, err);
    if (r < 0 || (r = header_check_kind(bytes, size, err)) < 0)
        return r;

    struct header header = {.swap = magic_is(bytes, magic_swapped)};
    if (header_recognises_pipe(bytes, size)) {
        *ret_header = (struct header){.swap = header.swap, .pipe = true, .closed = true};
        return 0;
    }
    if (source->stream)
        return error_set(err, PFL_ERROR_FORMAT, "not a recording in the pipe format");
    struct cursor c = cursor_of(bytes, size, header.swap);
    cursor_skip(&c, MAGIC_SIZE);
    uint64_t header_size = cursor_u64(&c);
    header.attr_size = cursor_u64(&c);
    header.attrs = section_read(&c);
    header.data = section_read(&c);
    (void)section_read(&c); /* event types: older than perf 3.10, and not needed */
    for (unsigned i = 0; i < HEADER_FEATURE_WORDS && header_size == FILE_HEADER_SIZE; i++)
        header.features[i] = cursor_u64(&c);
    /* The bitmap is made of longs, whose size nobody tells; every perf of this decade sets the bit
     * of the host's name (tools/perf/util/header.c). */
    bool halves = header.swap && !header_has(&header, HEADER_HOSTNAME);
    for (unsigned i = 0; i < HEADER_FEATURE_WORDS && halves; i++)
        header.features[i] = header.features[i] << 32 | header.features[i] >> 32;

    if (header.attr_size < ATTR_ENTRY_LEAST || header.attr_size > ATTR_ENTRY_MOST)
        return error_at(err, PFL_ERROR_FORMAT, 16,
                        "damaged: the header claims event attributes of %llu bytes",
                        (unsigned long long)header.attr_size);
    if ((r = header_check_parts(&header, source, err)) < 0)
        return r;

    /* A perf that was killed never came back to write the size of the data. */
    header.closed = header.data.size != 0;
    header.cut = header.closed && !header_section_fits(header.data, source->size);
    header.data_end =
        header.closed && !header.cut ? header.data.offset + header.data.size : source->size;
    *ret_header = header;
    return 0;
}
