/* SPDX-License-Identifier: MIT */
/*
 * More calls than a small buffer holds, between allocations that are known. Bytes in blocks of the
 * C library's allocator, at `main > NAME`:
 *
 *     kept       5 x 1000      alive from before the flood to the end
 *     churn      N x 64        each freed at once
 *     ended      5 x 700       freed in the middle of the flood
 *     late       3 x 2000      alive, from after the flood
 *
 * flood N [wait]: N blocks. Behind what is kept it rests, and before the flood and before what is
 * late, so that the smallest buffer holds each of them; with `wait` it writes a byte at the last
 * two, and goes on when it reads one.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone, noipa))

static void *volatile sink;
static void *blocks[5];

KEEP void kept(void)
{
    for (int i = 0; i < 5; i++)
        sink = malloc(1000);
    sink = NULL;
}

KEEP void ended(void)
{
    for (int i = 0; i < 5; i++)
        blocks[i] = malloc(700);
    sink = NULL;
}

KEEP void churn(long count)
{
    for (long i = 0; i < count; i++) {
        sink = malloc(64);
        free(sink);
    }
    sink = NULL;
}

KEEP void late(void)
{
    for (int i = 0; i < 3; i++)
        sink = malloc(2000);
    sink = NULL;
}

static void rest(int waits)
{
    const struct timespec third = {.tv_nsec = 300000000};
    char byte;
    if (!waits)
        nanosleep(&third, NULL); /* so that perf can empty the buffer */
    else if (write(STDOUT_FILENO, ".", 1) != 1 || read(STDIN_FILENO, &byte, 1) != 1)
        _exit(1);
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 1000;
    int waits = argc > 2;
    kept();
    rest(0);
    ended();
    rest(waits);
    churn(count / 2);
    for (int i = 0; i < 5; i++)
        free(blocks[i]);
    churn(count / 2);
    rest(waits);
    late();
    _exit(0);
}
