/* SPDX-License-Identifier: MIT */
/* The bare loop: reads a recording once, block by block, and hashes the call chain of each sample;
 * nothing is ordered, resolved, counted by stack or written. What a reader of such a file can
 * hardly be faster than.
 *
 *     bench-floor RECORDING     prints samples, words of their chains, and the sum of the hashes
 *
 * Only for what tests/bench/bench.py records on this machine: native byte order, one file, not
 * compressed, all events with the layout of the first. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include "base/hash.h"

#define BLOCK (1 << 20)

/* The beginning of the file: struct perf_file_header of perf's tools/perf/util/header.h. */
struct file_header {
    char magic[8];
    uint64_t size, attr_size;
    uint64_t attrs_offset, attrs_size;
    uint64_t data_offset, data_size;
};

/* Bytes of the fixed fields in front of the chain, or -1 where it has no fixed place. */
static int chain_offset(uint64_t type)
{
    const uint64_t words = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
                           PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | PERF_SAMPLE_ID |
                           PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD;
    if (!(type & PERF_SAMPLE_CALLCHAIN) || type & PERF_SAMPLE_READ)
        return -1;
    return 8 + 8 * __builtin_popcountll(type & words);
}

struct sums {
    uint64_t samples, words, hash;
};

static void hash_chain(struct sums *sums, const char *record, size_t size, size_t at)
{
    uint64_t count, word, hash = 0;
    if (at + 8 > size)
        return;
    memcpy(&count, record + at, 8);
    if (count > (size - at - 8) / 8)
        return;
    for (uint64_t i = 0; i < count; i++) {
        memcpy(&word, record + at + 8 + i * 8, 8);
        hash = hash_mix(hash ^ word, 0xe7037ed1a0b428dbu);
    }
    sums->samples++;
    sums->words += count;
    sums->hash += hash;
}

/* Hashes the whole records of a block; gives what is left over. */
static size_t block_run(struct sums *sums, const char *block, size_t size, size_t chain_at)
{
    size_t at = 0;
    while (size - at >= sizeof(struct perf_event_header)) {
        struct perf_event_header header;
        memcpy(&header, block + at, sizeof header);
        if (header.size < sizeof header || header.size > size - at)
            break;
        if (header.type == PERF_RECORD_SAMPLE)
            hash_chain(sums, block + at, header.size, chain_at);
        at += header.size;
    }
    return size - at;
}

static int run(int fd, const struct file_header *header, size_t chain_at)
{
    static char block[BLOCK + (1 << 16)];
    struct sums sums = {0};
    size_t kept = 0;
    uint64_t at = header->data_offset, end = at + header->data_size;
    while (at < end) {
        size_t want = end - at < BLOCK ? (size_t)(end - at) : BLOCK;
        ssize_t got = pread(fd, block + kept, want, (off_t)at);
        if (got <= 0)
            return 1;
        at += (uint64_t)got;
        size_t size = kept + (size_t)got;
        kept = block_run(&sums, block, size, chain_at);
        if (kept >= 1 << 16)
            return 1;
        memmove(block, block + size - kept, kept);
    }
    printf("%llu %llu %llx\n", (unsigned long long)sums.samples, (unsigned long long)sums.words,
           (unsigned long long)sums.hash);
    return 0;
}

int main(int argc, char **argv)
{
    struct file_header header;
    struct perf_event_attr attr = {0};
    int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    if (fd < 0 || pread(fd, &header, sizeof header, 0) != sizeof header ||
        memcmp(header.magic, "PERFILE2", 8) != 0 ||
        pread(fd, &attr, PERF_ATTR_SIZE_VER0, (off_t)header.attrs_offset) != PERF_ATTR_SIZE_VER0) {
        fprintf(stderr, "usage: bench-floor RECORDING\n");
        return 2;
    }
    int chain_at = chain_offset(attr.sample_type);
    if (chain_at < 0) {
        fprintf(stderr, "bench-floor: the samples have no call chain at a fixed place\n");
        return 2;
    }
    return run(fd, &header, (size_t)chain_at);
}
