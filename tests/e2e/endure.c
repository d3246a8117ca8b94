/* SPDX-License-Identifier: MIT */
/* Reads one recording again and again in one process, each time with another trouble.
 *
 *     endure cut PLACES FILE     cut at so many places, 0: at every byte. Whole samples before the
 *                                cut are found, all of them, with a warning; without one, an error
 *     endure fail FILE           with the nth allocation failing, n = 0, 1, 2, ... until success
 *
 * Prints what it saw in one line; status 1 says what went wrong. Sanitizers say the rest. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "perflame/perflame.h"

#define PERF_RECORD_SAMPLE 9

struct file {
    uint8_t *bytes;
    size_t size;
};

static struct file file_read(const char *path)
{
    struct file file = {0};
    FILE *in = fopen(path, "rb");
    if (!in) {
        perror(path);
        exit(1);
    }
    fseek(in, 0, SEEK_END);
    file.size = (size_t)ftell(in);
    rewind(in);
    file.bytes = malloc(file.size + 1);
    if (!file.bytes || fread(file.bytes, 1, file.size, in) != file.size)
        exit(1);
    fclose(in);
    return file;
}

/* Where the records of a plain recording of this machine's byte order begin. */
static size_t file_data_offset(const struct file *file)
{
    struct cursor c = cursor_of(file->bytes, file->size, memcmp(file->bytes, "2ELIFREP", 8) == 0);
    cursor_skip(&c, 8);
    if (cursor_u64(&c) == 16)
        return 16;
    cursor_skip(&c, 24);
    return (size_t)cursor_u64(&c);
}

/* How many whole samples stand before `end`; UINT64_MAX if some are compressed. */
static uint64_t file_samples(const struct file *file, size_t end)
{
    struct cursor c = cursor_of(file->bytes, end, memcmp(file->bytes, "2ELIFREP", 8) == 0);
    cursor_skip(&c, file_data_offset(file));
    uint64_t count = 0;
    while (cursor_left(&c) >= 8) {
        uint32_t type = cursor_u32(&c);
        cursor_skip(&c, 2);
        uint16_t size = cursor_u16(&c);
        if (type == 81 || type == 83)
            return UINT64_MAX;
        if (size < 8 || size > cursor_left(&c) + 8)
            break;
        cursor_skip(&c, size - 8u);
        count += type == PERF_RECORD_SAMPLE;
    }
    return count;
}

static int ignore(void *context, const void *data, size_t size)
{
    return 0;
}

/* Reads and folds; *ret_samples are those read, *ret_warned says whether there was a warning. */
static int endure(int fd, const char *path, uint64_t *ret_samples, bool *ret_warned,
                  struct pfl_error *error)
{
    struct pfl_profile *profile = NULL;
    const struct pfl_profile_options options = {
        .size = sizeof options, .symfs = "/nonexistent", .kallsyms = "/dev/null"};
    int r = pfl_profile_new(&profile, &options, error);
    if (r == 0)
        r = fd < 0 ? pfl_profile_add_file(profile, path, error)
                   : pfl_profile_add_fd(profile, fd, "cut", error);
    if (r == 0)
        r = pfl_profile_finish(profile, error);
    if (r == 0)
        r = pfl_fold_write(profile, NULL, 0, NULL, &(struct pfl_sink){.write = ignore}, error);
    if (r == 0)
        r = pfl_info_write(profile, PFL_INFO_JSON, &(struct pfl_sink){.write = ignore}, error);
    uint64_t lost;
    struct pfl_notice notice;
    *ret_warned = false;
    if (r == 0) {
        pfl_profile_losses(profile, ret_samples, &lost);
        for (uint32_t i = 0; pfl_profile_notice(profile, i, &notice) == 0; i++)
            *ret_warned |= notice.warning && (notice.kind == PFL_NOTICE_TRUNCATED_FILE ||
                                              notice.kind == PFL_NOTICE_NOT_CLOSED);
    }
    pfl_profile_free(profile);
    return r;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int fail(size_t place, const char *what, int r, uint64_t samples, uint64_t expected,
                const char *message)
{
    printf("cut at %zu: %s: code %d, %" PRIu64 " samples, %" PRIu64 " expected: %s\n", place, what,
           r, samples, expected, message);
    return 1;
}

/* One cut: 0 and what was read, or 1. */
static int cut_once(const struct file *file, size_t size, size_t data_end, uint64_t *seen)
{
    int fd = memfd_create("cut", MFD_CLOEXEC);
    if (fd < 0 || write(fd, file->bytes, size) != (ssize_t)size)
        return fail(size, "memfd", -1, 0, 0, "");
    uint64_t samples = 0, expected = file_samples(file, size < data_end ? size : data_end);
    bool warned;
    struct pfl_error error = {0};
    double begin = now();
    int r = endure(fd, NULL, &samples, &warned, &error);
    double took = now() - begin;
    close(fd);
    if (took > 1)
        return fail(size, "slow", r, samples, expected, error.message);
    if (expected == UINT64_MAX) /* compressed: never fewer than before */
        expected = r == 0 && samples >= *seen ? samples : *seen;
    if (r < 0 && (expected || !*error.message || strchr(error.message, '\n')))
        return fail(size, "not read", r, samples, expected, error.message);
    if (r == 0 && (samples != expected || samples == 0))
        return fail(size, "wrong count", r, samples, expected, "");
    *seen = samples;
    /* A pipe may well end between two records. */
    if (r == 0 && !warned && size < data_end && file_data_offset(file) != 16)
        return fail(size, "no warning", r, samples, expected, "");
    return 0;
}

static int cut(size_t places, const char *path)
{
    struct file file = file_read(path);
    size_t step = places ? file.size / places + 1 : 1, done = 0;
    struct cursor c = cursor_of(file.bytes, file.size, memcmp(file.bytes, "2ELIFREP", 8) == 0);
    cursor_skip(&c, 40);
    size_t offset = file_data_offset(&file);
    c.position = 48;
    size_t data_end = offset == 16 ? file.size : offset + (size_t)cursor_u64(&c);
    uint64_t seen = 0;
    double begin = now();
    for (size_t size = 0; size < file.size; size += step, done++)
        if (cut_once(&file, size, data_end, &seen))
            return 1;
    printf("%zu cuts, up to %" PRIu64 " samples, %.3f ms each\n", done, seen,
           (now() - begin) * 1000 / (double)done);
    free(file.bytes);
    return 0;
}

static int fail_allocations(const char *path)
{
    for (long n = 0; n < 1000000; n++) {
        uint64_t samples = 0;
        bool warned;
        struct pfl_error error = {0};
        mem_fail_after(n);
        int r = endure(-1, path, &samples, &warned, &error);
        mem_fail_after(-1);
        if (r == 0) {
            printf("%ld allocations, %" PRIu64 " samples\n", n, samples);
            return 0;
        }
        if (r != -PFL_ERROR_MEMORY || error.code != PFL_ERROR_MEMORY) {
            printf("allocation %ld: code %d: %s\n", n, r, error.message);
            return 1;
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "cut") == 0)
        return cut(strtoul(argv[2], NULL, 10), argv[3]);
    if (argc == 3 && strcmp(argv[1], "fail") == 0)
        return fail_allocations(argv[2]);
    return 2;
}
