/* SPDX-License-Identifier: MIT */
/*
 * Memory whose pages are faulted in at known places. Page faults, at `main > NAME`:
 *
 *     many     64     each page for the first time
 *     few      10     likewise
 *     again    0      pages that are there
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone, noipa))

static long page;

KEEP void many(volatile char *memory)
{
    for (int i = 0; i < 64; i++)
        memory[i * page] = 1;
}

KEEP void few(volatile char *memory)
{
    for (int i = 64; i < 74; i++)
        memory[i * page] = 1;
}

KEEP void again(volatile char *memory)
{
    for (int i = 0; i < 74; i++)
        memory[i * page] = 2;
}

int main(void)
{
    page = sysconf(_SC_PAGESIZE);
    size_t size = 74 * (size_t)page;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 1;
    madvise(memory, size, MADV_NOHUGEPAGE);
    many(memory);
    few(memory);
    again(memory);
    return 0;
}
