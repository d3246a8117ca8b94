/* SPDX-License-Identifier: MIT */
/* busy SECONDS: spends that much CPU time below known functions, one of them static. */
#include <stdlib.h>
#include <time.h>

static volatile unsigned long sink;

__attribute__((noinline)) static void inner_static(unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        sink += i * i;
}

__attribute__((noinline)) void outer_global(unsigned long n);
void outer_global(unsigned long n)
{
    inner_static(n);
    sink++;
}

int main(int count, char **arguments)
{
    double seconds = count > 1 ? atof(arguments[1]) : 0.1;
    clock_t end = clock() + (clock_t)(seconds * CLOCKS_PER_SEC);
    while (clock() < end)
        outer_global(100000);
    return 0;
}
