/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct source fuzz_source(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("input", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0);
    FUZZ_CHECK(pwrite(fd, data, size, 0) == (ssize_t)size && ftruncate(fd, (off_t)size) == 0);
    return (struct source){.fd = fd, .size = size};
}

bool fuzz_split(const uint8_t *data, size_t size, struct fuzz_pair *ret_pair)
{
    enum { HEAD = 3 };
    if (size < HEAD || data[0] != '+')
        return false;
    size_t left = size - HEAD, told = (size_t)(data[1] | data[2] << 8);
    size_t first = told < left ? told : left;
    *ret_pair = (struct fuzz_pair){data + HEAD, data + HEAD + first, first, left - first};
    return true;
}

void fuzz_put(const char *path, const uint8_t *data, size_t size)
{
    int made = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_CHECK(made >= 0 && write(made, data, size) == (ssize_t)size);
    close(made);
}

_Noreturn void fuzz_fail(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

void fuzz_touch(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint8_t all = 0;
    for (size_t i = 0; i < size; i++)
        all ^= at[i];
    __asm__ volatile("" : : "r"(all)); /* so that the reads stay */
}
