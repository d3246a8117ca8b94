/* SPDX-License-Identifier: MIT */
/* Reads one recording again and again in one process, each time with another trouble.
 *
 *     endure cut PLACES FILE     cut at so many places, 0: at every byte. Whole samples before the
 *                                cut are found, all of them and no more, with a warning; where
 *                                there are none, an error of one line
 *     endure killed PLACES FILE  the same, as if perf had not come back to write the size
 *     endure shrink PLACES FILE  becomes so short when its first record is given: a warning or an
 *                                error
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

#include "base/buffer.h"
#include "base/compress.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "perflame/perflame.h"

#define PERF_RECORD_SAMPLE      9
#define PERF_RECORD_COMPRESSED  81
#define PERF_RECORD_COMPRESSED2 83

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

/* Whole samples up to and with the record that ends at `end`. */
struct step {
    size_t end;
    uint64_t samples;
};

/* A file, and what must be found in each of its beginnings. */
struct beginnings {
    struct file file;
    size_t data_at, data_end;
    bool killed;
    struct step *steps;
    size_t count, capacity;
    /* What is compressed: one stream, whose records straddle its pieces. */
    struct inflater *inflater;
    struct buffer inflated;
    size_t counted; /* bytes of it */
};

/* Counts the whole samples of a run of records; *at ends behind the last whole record. */
static uint64_t count_samples(const uint8_t *bytes, size_t size, bool swap, size_t *at)
{
    struct cursor c = cursor_of(bytes, size, swap);
    cursor_skip(&c, *at);
    uint64_t count = 0;
    while (cursor_left(&c) >= 8) {
        uint32_t type = cursor_u32(&c);
        cursor_skip(&c, 2);
        uint16_t length = cursor_u16(&c);
        if (length < 8 || length - 8u > cursor_left(&c))
            break;
        cursor_skip(&c, length - 8u);
        count += type == PERF_RECORD_SAMPLE;
        *at = c.position;
    }
    return count;
}

/* The whole samples that a compressed record completes. */
static uint64_t inflate_samples(struct beginnings *all, struct cursor c, uint32_t type)
{
    static uint8_t room[65536];
    uint64_t told = type == PERF_RECORD_COMPRESSED2 ? cursor_u64(&c) : cursor_left(&c);
    size_t size = told < cursor_left(&c) ? (size_t)told : cursor_left(&c), got;
    const uint8_t *piece = cursor_bytes(&c, size);
    if (!all->inflater && inflater_new(&all->inflater, COMPRESS_ZSTD, NULL) < 0)
        exit(1);
    do {
        if (inflater_run(all->inflater, &piece, &size, false, room, sizeof room, &got, NULL) < 0)
            exit(1);
        buffer_append(&all->inflated, room, got);
    } while (got == sizeof room);
    return count_samples((const uint8_t *)all->inflated.data, all->inflated.size, c.swap,
                         &all->counted);
}

static void beginnings_find(struct beginnings *all, const char *path, bool killed)
{
    *all = (struct beginnings){.file = file_read(path), .killed = killed};
    bool swap = memcmp(all->file.bytes, "2ELIFREP", 8) == 0;
    struct cursor c = cursor_of(all->file.bytes, all->file.size, swap);
    all->data_at = file_data_offset(&all->file);
    cursor_skip(&c, 48);
    all->data_end = all->data_at == 16 ? all->file.size : all->data_at + (size_t)cursor_u64(&c);
    if (killed) { /* perf writes features last */
        memset(all->file.bytes + 48, 0, 8);
        all->file.size = all->data_end;
    }
    c = cursor_of(all->file.bytes, all->data_end, swap);
    cursor_skip(&c, all->data_at);
    uint64_t samples = 0;
    for (;;) {
        size_t at = c.position;
        uint32_t type = cursor_u32(&c);
        cursor_skip(&c, 2);
        uint16_t size = cursor_u16(&c);
        struct cursor body = cursor_of(cursor_bytes(&c, size - 8u), size - 8u, swap);
        if (c.failed || size < 8)
            return;
        if (type == PERF_RECORD_COMPRESSED || type == PERF_RECORD_COMPRESSED2)
            samples += inflate_samples(all, body, type);
        samples += type == PERF_RECORD_SAMPLE;
        if (mem_grow(&all->steps, &all->capacity, all->count + 1, sizeof *all->steps) < 0)
            exit(1);
        all->steps[all->count++] = (struct step){.end = at + size, .samples = samples};
    }
}

static void beginnings_done(struct beginnings *all)
{
    free(all->file.bytes);
    mem_free(all->steps);
    inflater_free(all->inflater);
    buffer_done(&all->inflated);
}

static uint64_t beginnings_samples(const struct beginnings *all, size_t size)
{
    size_t low = 0, high = all->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all->steps[middle].end <= size)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? all->steps[low - 1].samples : 0;
}

static int ignore(void *context, const void *data, size_t size)
{
    return 0;
}

/* A file that is cut while it is read. */
struct shrinking {
    int fd;
    size_t size;
};

static void shrink(void *context, uint64_t done, uint64_t all)
{
    const struct shrinking *shrinking = context;
    if (ftruncate(shrinking->fd, (off_t)shrinking->size) < 0)
        exit(1);
}

/* Reads and folds; `shrinking` may be NULL; *ret_samples are those read, *ret_warned says whether
 * there was a warning. */
static int endure(int fd, const char *path, struct shrinking *shrinking, uint64_t *ret_samples,
                  bool *ret_warned, struct pfl_error *error)
{
    struct pfl_profile *profile = NULL;
    const struct pfl_profile_options options = {.size = sizeof options,
                                                .symfs = "/dev/null",
                                                .kallsyms = "/dev/null",
                                                .progress = shrinking ? shrink : NULL,
                                                .progress_context = shrinking};
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

/* Of processor time. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int fail(size_t place, const char *what, int r, uint64_t samples, uint64_t expected,
                const char *message)
{
    printf("cut at %zu: %s: code %d, %" PRIu64 " samples, %" PRIu64 " expected: %s\n", place, what,
           r, samples, expected, message);
    return 1;
}

/* One cut: 0, or 1. */
static int cut_once(const struct beginnings *all, size_t size, double *slowest)
{
    int fd = memfd_create("cut", MFD_CLOEXEC);
    if (fd < 0 || write(fd, all->file.bytes, size) != (ssize_t)size)
        return fail(size, "memfd", -1, 0, 0, "");
    uint64_t samples = 0, expected = beginnings_samples(all, size);
    bool warned;
    struct pfl_error error = {0};
    double begin = now();
    int r = endure(fd, NULL, NULL, &samples, &warned, &error);
    double took = now() - begin;
    close(fd);
    *slowest = took > *slowest ? took : *slowest;
    if (r < 0 && (expected || !*error.message || strchr(error.message, '\n')))
        return fail(size, "not read", r, samples, expected, error.message);
    if (r == 0 && (samples != expected || samples == 0))
        return fail(size, "wrong count", r, samples, expected, "");
    /* A pipe may well end between two records. */
    if (r == 0 && !warned && (all->killed || size < all->data_end) && all->data_at != 16)
        return fail(size, "no warning", r, samples, expected, "");
    return 0;
}

static int cut(size_t places, const char *path, bool killed)
{
    struct beginnings all;
    beginnings_find(&all, path, killed);
    size_t step = places ? all.file.size / places + 1 : 1, done = 0;
    double begin = now(), slowest = 0;
    int r = 0;
    for (size_t size = 0; size < all.file.size && r == 0; size += step, done++)
        r = cut_once(&all, size, &slowest);
    if (r == 0)
        printf("%zu cuts, up to %" PRIu64 " samples, %.3f ms each, %.3f at most\n", done,
               beginnings_samples(&all, all.file.size), (now() - begin) * 1000 / (double)done,
               slowest * 1000);
    beginnings_done(&all);
    return r;
}

static int shrink_once(const struct file *file, size_t size)
{
    int fd = memfd_create("shrinking", MFD_CLOEXEC);
    if (fd < 0 || write(fd, file->bytes, file->size) != (ssize_t)file->size)
        return fail(size, "memfd", -1, 0, 0, "");
    uint64_t samples = 0;
    bool warned;
    struct pfl_error error = {0};
    int r = endure(fd, NULL, &(struct shrinking){fd, size}, &samples, &warned, &error);
    close(fd);
    if (r < 0 ? !*error.message || strchr(error.message, '\n') : !warned || samples == 0)
        return fail(size, "not told", r, samples, samples, error.message);
    return 0;
}

static int shrink_everywhere(size_t places, const char *path)
{
    struct file file = file_read(path);
    size_t done = 0;
    int r = 0;
    for (size_t size = 0; size < file.size && r == 0; size += file.size / places + 1, done++)
        r = shrink_once(&file, size);
    printf("%zu times shorter\n", done);
    free(file.bytes);
    return r;
}

static int fail_allocations(const char *path)
{
    for (long n = 0; n < 1000000; n++) {
        uint64_t samples = 0;
        bool warned;
        struct pfl_error error = {0};
        mem_fail_after(n);
        int r = endure(-1, path, NULL, &samples, &warned, &error);
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
        return cut(strtoul(argv[2], NULL, 10), argv[3], false);
    if (argc == 4 && strcmp(argv[1], "killed") == 0)
        return cut(strtoul(argv[2], NULL, 10), argv[3], true);
    if (argc == 4 && strcmp(argv[1], "shrink") == 0)
        return shrink_everywhere(strtoul(argv[2], NULL, 10), argv[3]);
    if (argc == 3 && strcmp(argv[1], "fail") == 0)
        return fail_allocations(argv[2]);
    return 2;
}
