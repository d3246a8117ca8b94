/* SPDX-License-Identifier: MIT */
/* Built with -fomit-frame-pointer: a deep recursion that keeps other things in the frame register,
 * so that a chain of frame pointers breaks off or runs into garbage. With an argument it sorts so
 * many times, and is in the C library, which has none either, however it was built itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define KEEP __attribute__((noinline, noclone, noipa))

static volatile uint64_t sink;

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

KEEP uint64_t sort_some(uint64_t seed)
{
    static uint32_t values[4096];
    for (size_t i = 0; i < 4096; i++)
        values[i] = (uint32_t)(seed = seed * 6364136223846793005u + 1) ^ (uint32_t)(seed >> 33);
    qsort(values, 4096, sizeof *values, by_value);
    return values[7];
}

KEEP uint64_t descend(uint64_t a, uint64_t b, uint64_t c, uint64_t d, int depth)
{
    uint64_t mixed = a * 3 + b * 5 + c * 7 + d * 11;
    for (int i = 0; i < 2000; i++)
        mixed = mixed * 31 + (a ^ (uint64_t)i) + (b & mixed) + c * d;
    sink += mixed;
    if (!depth)
        return sort_some(mixed) + a + b + c + d;
    return descend(b, c, d, mixed, depth - 1) + a * b + c * d + mixed;
}

int main(int argc, char **argv)
{
    for (int i = 0; argc > 1 && i < atoi(argv[1]); i++)
        sink += sort_some((uint64_t)i);
    if (argc > 1)
        return 0;
    for (int i = 0; i < 600; i++)
        sink += descend(1, 2, 3, (uint64_t)i, 40);
    return 0;
}
