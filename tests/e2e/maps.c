/* SPDX-License-Identifier: MIT */
/*
 * Mappings that are known, in pages, at `main > NAME`:
 *
 *     stack      mapped     in use at the end
 *     whole      3          3
 *     cut        8          6                 munmap of two in the middle
 *     moved      2 + 5      5                 mremap
 *     gone       4          none
 *     refused    none       none              a length of 0
 *     covered    4 + 1      4                 MAP_FIXED over the second of them
 *     broken     3 + 1      2                 brk up, down, and sbrk
 *     shared     7          7                 unmapped by a forked child, not by its parent
 *     inside     any        all                by malloc, with an argument alone
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone, noipa))

static char *volatile sink;
static size_t page;

/* The C library has no frame pointers: its functions' callers are these. */
static inline char *map(void *at, size_t pages, int flags)
{
    return mmap(at, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1,
                0);
}

KEEP void whole(void)
{
    sink = map(NULL, 3, 0);
    sink = NULL;
}

KEEP void cut(void)
{
    char *start = map(NULL, 8, 0);
    sink = start;
    munmap(start + 3 * page, 2 * page);
    sink = NULL;
}

KEEP void moved(void)
{
    sink = map(NULL, 2, 0);
    sink = mremap(sink, 2 * page, 5 * page, MREMAP_MAYMOVE);
    sink = NULL;
}

KEEP void gone(void)
{
    sink = map(NULL, 4, 0);
    munmap(sink, 4 * page);
    sink = NULL;
}

KEEP void refused(void)
{
    sink = map(NULL, 0, 0);
    sink = NULL;
}

KEEP void covered(void)
{
    char *start = map(NULL, 4, 0);
    sink = map(start + page, 1, MAP_FIXED);
    sink = NULL;
}

KEEP void broken(void)
{
    char *start = sbrk(0);
    sink = start;
    if (brk(start + 3 * page) || brk(start + page))
        abort();
    sink = sbrk((intptr_t)page);
    sink = NULL;
}

KEEP char *shared(void)
{
    char *start = map(NULL, 7, 0);
    sink = NULL;
    return start;
}

KEEP void inside(void)
{
    sink = malloc(64 * page);
    sink = NULL;
}

int main(int argc, char **arguments)
{
    page = (size_t)sysconf(_SC_PAGESIZE);
    whole();
    cut();
    moved();
    gone();
    refused();
    covered();
    broken();
    char *start = shared();
    pid_t child = fork();
    if (child == 0) {
        munmap(start, 7 * page);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    if (argc > 1)
        inside();
    _exit(0);
}
