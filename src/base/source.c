/* SPDX-License-Identifier: MIT */
#include "base/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/compress.h"
#include "base/limits.h"
#include "base/mem.h"

#define SPOOL_BLOCK (256 * 1024)

static ssize_t read_retry(int fd, void *data, size_t size)
{
    ssize_t got;
    do {
        got = read(fd, data, size);
    } while (got < 0 && errno == EINTR);
    return got;
}

static int write_all(int fd, const char *data, size_t size)
{
    while (size) {
        ssize_t put = write(fd, data, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        data += put;
        size -= (size_t)put;
    }
    return 0;
}

/* What is read in order: raw bytes, through a decompressor or not. */
struct source_stream {
    int fd;
    bool owns_fd;
    struct inflater *inflater; /* NULL: not compressed */
    uint8_t *raw;              /* read from fd: [raw_at, raw_size) is still to be used */
    size_t raw_at, raw_size;
    uint8_t *head; /* given by source_peek, and still to be given by source_next */
    size_t head_at, head_size;
    uint64_t taken, given; /* bytes read, and bytes given */
    bool ended;            /* fd has no more */
};

static void stream_free(struct source_stream *stream)
{
    if (!stream)
        return;
    if (stream->owns_fd)
        close(stream->fd);
    inflater_free(stream->inflater);
    mem_free(stream->raw);
    mem_free(stream->head);
    mem_free(stream);
}
MEM_CLEANUP(stream_cleanup, struct source_stream, stream_free)

/* Reads once from fd into the emptied raw block, or behind what is there. */
static int stream_fill(struct source_stream *stream, struct pfl_error *err)
{
    if (stream->raw_at == stream->raw_size)
        stream->raw_at = stream->raw_size = 0;
    if (stream->ended || stream->raw_size == SPOOL_BLOCK)
        return 0;
    ssize_t got =
        read_retry(stream->fd, stream->raw + stream->raw_size, SPOOL_BLOCK - stream->raw_size);
    if (got < 0)
        return error_errno(err, errno, "reading the input");
    stream->ended = got == 0;
    stream->raw_size += (size_t)got;
    stream->taken += (uint64_t)got;
    return 0;
}

static int source_begin_stream(struct source *source, int fd, struct pfl_error *err)
{
    CLEANUP(stream_cleanup) struct source_stream *stream = mem_zalloc(1, sizeof *stream);
    if (!stream || !(stream->raw = mem_alloc(SPOOL_BLOCK)))
        return error_memory(err);
    stream->fd = fd;
    int r = 0;
    while (r == 0 && !stream->ended && stream->raw_size < COMPRESS_MAGIC)
        r = stream_fill(stream, err);
    enum compress_kind kind = compress_kind_of(stream->raw, stream->raw_size);
    if (r == 0 && kind)
        r = inflater_new(&stream->inflater, kind, err);
    if (r < 0)
        return r;
    *source = (struct source){.fd = -1, .compression = kind ? compress_name(kind) : NULL};
    source->stream = MEM_TAKE(stream);
    return 0;
}

int source_begin_fd(struct source *source, int fd, struct pfl_error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return error_errno(err, errno, "reading the input");
    if (S_ISDIR(st.st_mode))
        return error_set(err, PFL_ERROR_UNSUPPORTED, "is a directory");
    if (!S_ISREG(st.st_mode))
        return source_begin_stream(source, fd, err);
    uint8_t magic[COMPRESS_MAGIC];
    ssize_t got = pread(fd, magic, sizeof magic, 0);
    if (got > 0 && compress_kind_of(magic, (size_t)got)) {
        int r = lseek(fd, 0, SEEK_SET) < 0 ? error_errno(err, errno, "reading the input")
                                           : source_begin_stream(source, fd, err);
        if (r == 0)
            source->mtime = st.st_mtime;
        return r;
    }
    *source = (struct source){.fd = fd, .size = (uint64_t)st.st_size, .mtime = st.st_mtime};
    return 0;
}

/* Opens a file, and sees to it that it is closed. */
static int source_begin_file(struct source *source, const char *path, struct pfl_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        char text[128];
        return error_set(err, PFL_ERROR_IO, "%s", strerror_r(errno, text, sizeof text));
    }
    int r = source_begin_fd(source, fd, err);
    if (r < 0)
        close(fd);
    else if (source->stream)
        source->stream->owns_fd = true;
    else
        source->owns_fd = true;
    return r;
}

/* The text "FOLDER/NAME", to be freed; NULL without memory. */
static char *path_join(const char *folder, const char *name)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", folder, name);
    char *text = path.failed ? NULL : mem_copy_text(path.data, path.size);
    buffer_done(&path);
    return text;
}

/* To open anything else may wait forever: for whoever writes into a FIFO, for a device. */
static bool is_plain_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int source_add_part(struct source *source, size_t *capacity, const char *folder,
                           const char *name, struct pfl_error *err)
{
    CLEANUP(mem_cleanup) char *path = path_join(folder, name);
    if (!path || mem_grow(&source->parts, capacity, (size_t)source->part_count + 1,
                          sizeof *source->parts) < 0)
        return error_memory(err);
    if (source->part_count >= LIMIT_PARTS)
        return error_set(err, PFL_ERROR_LIMIT, "more than %d files in the folder", LIMIT_PARTS);
    struct source *part = &source->parts[source->part_count];
    int r = is_plain_file(path) ? source_begin_file(part, path, err) : 1;
    if (r < 0)
        return r;
    source->part_count += r == 0;
    return r || part->stream ? error_set(err, PFL_ERROR_UNSUPPORTED, "%s is no plain file", name)
                             : 0;
}

static int part_compare(const struct dirent **a, const struct dirent **b)
{
    return strverscmp((*a)->d_name, (*b)->d_name);
}

/* The files beside the main one, in the order of their numbers. */
static int source_add_parts(struct source *source, const char *folder, const char *main,
                            struct pfl_error *err)
{
    struct dirent **names = NULL;
    size_t capacity = 0, length = strlen(main);
    int count = scandir(folder, &names, NULL, part_compare);
    int r = count < 0 ? error_errno(err, errno, folder) : 0;
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        if (r == 0 && strncmp(name, main, length) == 0 && name[length] == '.' &&
            name[length + 1 + strspn(name + length + 1, "0123456789")] == '\0')
            r = source_add_part(source, &capacity, folder, name, err);
        free(names[i]);
    }
    free(names);
    return r;
}

static int source_begin_folder(struct source *source, const char *folder, const char *main,
                               struct pfl_error *err)
{
    CLEANUP(mem_cleanup) char *path = path_join(folder, main);
    if (!path)
        return error_memory(err);
    if (!is_plain_file(path))
        return error_set(err, PFL_ERROR_UNSUPPORTED, "is a directory without a file '%s'", main);
    struct source opened = {.fd = -1};
    int r = source_begin_file(&opened, path, err);
    if (r == 0 && (r = source_add_parts(&opened, folder, main, err)) < 0)
        source_close(&opened);
    if (r == 0)
        *source = opened;
    return r;
}

int source_begin(struct source *source, const char *path, const char *main, struct pfl_error *err)
{
    struct stat st;
    if (main && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return source_begin_folder(source, path, main, err);
    return source_begin_file(source, path, err);
}

/* The next bytes, decompressed; *ret_size is 0 at the end alone. */
static int stream_inflate(struct source *source, uint8_t *data, size_t size, size_t *ret_size,
                          struct pfl_error *err)
{
    struct source_stream *stream = source->stream;
    *ret_size = 0;
    while (*ret_size == 0 && !source->cut) {
        int r = stream->raw_at == stream->raw_size ? stream_fill(stream, err) : 0;
        if (r < 0)
            return r;
        const uint8_t *raw = stream->raw + stream->raw_at;
        size_t left = stream->raw_size - stream->raw_at;
        bool last = stream->ended && left == 0;
        r = inflater_run(stream->inflater, &raw, &left, last, data, size, ret_size, err);
        stream->raw_at = stream->raw_size - left;
        stream->given += *ret_size;
        /* What was given before the damage is good. */
        if (r == -PFL_ERROR_FORMAT && stream->given)
            source->cut = true;
        else if (r < 0)
            return r;
        if (last)
            break;
    }
    if (stream->given > LIMIT_INFLATED_BYTES &&
        stream->given - LIMIT_INFLATED_BYTES > stream->taken * LIMIT_INFLATED_RECORDING)
        return error_set(err, PFL_ERROR_LIMIT, "decompresses to more than %d times its size",
                         LIMIT_INFLATED_RECORDING);
    return 0;
}

/* The next bytes as they come; *ret_size is 0 at the end alone. */
static int stream_give(struct source *source, uint8_t *data, size_t size, size_t *ret_size,
                       struct pfl_error *err)
{
    struct source_stream *stream = source->stream;
    if (stream->inflater)
        return stream_inflate(source, data, size, ret_size, err);
    if (stream->raw_at < stream->raw_size) {
        size_t left = stream->raw_size - stream->raw_at;
        *ret_size = left < size ? left : size;
        memcpy(data, stream->raw + stream->raw_at, *ret_size);
        stream->raw_at += *ret_size;
        return 0;
    }
    ssize_t got = stream->ended ? 0 : read_retry(stream->fd, data, size);
    if (got < 0)
        return error_errno(err, errno, "reading the input");
    stream->ended = got == 0;
    *ret_size = (size_t)got;
    return 0;
}

static int stream_read(struct source *source, uint8_t *data, size_t size, size_t *ret_size,
                       struct pfl_error *err)
{
    size_t done = 0, got = 1;
    while (done < size && got) {
        int r = stream_give(source, data + done, size - done, &got, err);
        if (r < 0)
            return r;
        done += got;
    }
    *ret_size = done;
    return 0;
}

int source_peek(struct source *source, void *data, size_t size, size_t *ret_size,
                struct pfl_error *err)
{
    struct source_stream *stream = source->stream;
    if (!stream)
        return source_read(source, 0, data, size, ret_size, err);
    if (!stream->head) {
        if (!(stream->head = mem_alloc(size)))
            return error_memory(err);
        int r = stream_read(source, stream->head, size, &stream->head_size, err);
        if (r < 0)
            return r;
    }
    *ret_size = stream->head_size;
    memcpy(data, stream->head, stream->head_size);
    return 0;
}

int source_next(struct source *source, void *data, size_t size, size_t *ret_size,
                struct pfl_error *err)
{
    struct source_stream *stream = source->stream;
    size_t left = stream->head_size - stream->head_at;
    size_t first = left < size ? left : size;
    if (first)
        memcpy(data, stream->head + stream->head_at, first);
    stream->head_at += first;
    int r = stream_read(source, (uint8_t *)data + first, size - first, ret_size, err);
    *ret_size += first;
    return r;
}

int source_spool(struct source *source, struct pfl_error *err)
{
    const char *folder = getenv("TMPDIR");
    if (!folder || !*folder)
        folder = "/tmp";
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, errno, folder);
    *source = (struct source){.fd = fd, .owns_fd = true};
    return 0;
}

int source_append(struct source *spool, const void *data, size_t size, struct pfl_error *err)
{
    if (write_all(spool->fd, data, size) < 0)
        return error_errno(err, errno, "keeping the input in a file");
    spool->size += size;
    return 0;
}

int source_settle(struct source *source, struct pfl_error *err)
{
    if (!source->stream)
        return 0;
    CLEANUP(mem_cleanup) char *block = mem_alloc(SPOOL_BLOCK);
    if (!block)
        return error_memory(err);
    struct source spool;
    int r = source_spool(&spool, err);
    if (r < 0)
        return r;
    size_t got = SPOOL_BLOCK;
    while (r == 0 && got == SPOOL_BLOCK) {
        r = source_next(source, block, SPOOL_BLOCK, &got, err);
        if (r == 0)
            r = source_append(&spool, block, got, err);
    }
    if (r < 0) {
        source_close(&spool);
        return r;
    }
    stream_free(MEM_TAKE(source->stream));
    source->fd = spool.fd;
    source->owns_fd = true;
    source->size = spool.size;
    return 0;
}

int source_open_fd(struct source *source, int fd, struct pfl_error *err)
{
    struct source opened = {.fd = -1};
    int r = source_begin_fd(&opened, fd, err);
    if (r == 0 && (r = source_settle(&opened, err)) < 0)
        source_close(&opened);
    if (r == 0)
        *source = opened;
    return r;
}

int source_open(struct source *source, const char *path, struct pfl_error *err)
{
    struct source opened = {.fd = -1};
    int r = source_begin(&opened, path, NULL, err);
    if (r == 0 && (r = source_settle(&opened, err)) < 0)
        source_close(&opened);
    if (r == 0)
        *source = opened;
    return r;
}

void source_close(struct source *source)
{
    if (source->owns_fd)
        close(source->fd);
    stream_free(source->stream);
    for (uint32_t i = 0; i < source->part_count; i++)
        source_close(&source->parts[i]);
    mem_free(source->parts);
    *source = (struct source){.fd = -1};
}

static bool file_has_shrunk(const struct source *file)
{
    struct stat st;
    return !file->stream && fstat(file->fd, &st) == 0 && (uint64_t)st.st_size < file->size;
}

bool source_has_shrunk(const struct source *source)
{
    bool shrunk = file_has_shrunk(source);
    for (uint32_t i = 0; i < source->part_count && !shrunk; i++)
        shrunk = file_has_shrunk(&source->parts[i]);
    return shrunk;
}

int source_pread(int fd, uint64_t offset, void *data, size_t size, size_t *ret_size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(fd, (char *)data + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *ret_size = done;
    return 0;
}

int source_read(const struct source *source, uint64_t offset, void *data, size_t size,
                size_t *ret_size, struct pfl_error *err)
{
    return source_pread(source->fd, offset, data, size, ret_size) < 0
               ? error_errno(err, errno, "reading the input")
               : 0;
}

void source_expect(const struct source *source, uint64_t offset, uint64_t size)
{
    /* Where nothing comes of it, reading takes longer. */
    (void)posix_fadvise(source->fd, (off_t)offset, (off_t)size, POSIX_FADV_WILLNEED);
}

int source_read_text(const char *path, char **ret_text, size_t *ret_size, struct pfl_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, errno, path);
    struct stat st;
    size_t size = 0, capacity = 0;
    CLEANUP(mem_cleanup) char *text = NULL;
    size_t expected = fstat(fd, &st) == 0 && st.st_size > 0 ? (size_t)st.st_size : 0;
    int r = 0;
    for (;;) {
        if (mem_grow(&text, &capacity, (size < expected ? expected : size + 65536) + 1, 1) < 0) {
            r = error_memory(err);
            break;
        }
        ssize_t got = read_retry(fd, text + size, capacity - size - 1);
        if (got < 0)
            r = error_errno(err, errno, path);
        else if ((size += (size_t)got) > LIMIT_TEXT_FILE_BYTES)
            r = error_set(err, PFL_ERROR_LIMIT, "%s: too large", path);
        if (got <= 0 || r < 0)
            break;
    }
    close(fd);
    if (r < 0)
        return r;
    text[size] = '\0';
    *ret_text = MEM_TAKE(text);
    *ret_size = size;
    return 0;
}

int source_read_text_if_any(const char *path, char **ret_text, size_t *ret_size)
{
    struct pfl_error error;
    struct stat st;
    *ret_text = NULL;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    int r = source_read_text(path, ret_text, ret_size, &error);
    return r < 0 && error.code == PFL_ERROR_MEMORY ? -1 : 0;
}
