/* SPDX-License-Identifier: MIT */
#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* A file without a name in $TMPDIR. */
static int spool_create(struct pfl_error *err)
{
    const char *folder = getenv("TMPDIR");
    if (!folder || !*folder)
        folder = "/tmp";
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return fd < 0 ? error_errno(err, errno, folder) : fd;
}

/* Copies all that fd gives to an unlinked file and makes that the source. */
static int source_spool(struct source *source, int fd, struct pfl_error *err)
{
    CLEANUP(mem_cleanup) char *block = mem_alloc(SPOOL_BLOCK);
    if (!block)
        return error_memory(err);
    int spool = spool_create(err);
    if (spool < 0)
        return spool;
    uint64_t size = 0;
    ssize_t got;
    while ((got = read_retry(fd, block, SPOOL_BLOCK)) > 0) {
        if (write_all(spool, block, (size_t)got) < 0) {
            got = -1;
            break;
        }
        size += (uint64_t)got;
    }
    if (got < 0) {
        int number = errno;
        close(spool);
        return error_errno(err, number, "reading the input");
    }
    *source = (struct source){.fd = spool, .owns_fd = true, .size = size};
    return 0;
}

int source_open_fd(struct source *source, int fd, struct pfl_error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return error_errno(err, errno, "reading the input");
    if (S_ISDIR(st.st_mode))
        return error_set(err, PFL_ERROR_UNSUPPORTED, "is a directory");
    if (!S_ISREG(st.st_mode))
        return source_spool(source, fd, err);
    *source = (struct source){.fd = fd, .size = (uint64_t)st.st_size, .mtime = st.st_mtime};
    return 0;
}

int source_open(struct source *source, const char *path, struct pfl_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        char text[128];
        return error_set(err, PFL_ERROR_IO, "%s", strerror_r(errno, text, sizeof text));
    }
    struct source opened;
    int r = source_open_fd(&opened, fd, err);
    if (r < 0 || opened.fd != fd)
        close(fd);
    else
        opened.owns_fd = true;
    if (r == 0)
        *source = opened;
    return r;
}

void source_close(struct source *source)
{
    if (source->owns_fd)
        close(source->fd);
    *source = (struct source){.fd = -1};
}

int source_read(const struct source *source, uint64_t offset, void *data, size_t size,
                size_t *ret_size, struct pfl_error *err)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(source->fd, (char *)data + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, errno, "reading the input");
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *ret_size = done;
    return 0;
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
