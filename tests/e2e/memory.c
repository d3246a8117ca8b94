/* SPDX-License-Identifier: MIT */
/*
 * A program whose allocations are known. Bytes, in blocks of the C library's allocator:
 *
 *     stack                          allocated            in use at the end
 *     main > leak                    3 x 1000             3 x 1000
 *     main > churn                   50 x 64              none
 *     main > grow                    100 + 200 + ... 800  800     (realloc)
 *     main > zeroed                  7 x 11               7 x 11  (calloc)
 *     main > give (freed by taker)   10 x 500             none
 *     taker (thread)                 1 x 300              1 x 300
 *     main > child (after fork)      40                   40, and its parent's stay its parent's
 *     main (after exec)              77                   77; what was before is gone
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone, noipa))

static void *volatile sink;
static void *given[10];

KEEP void leak(void)
{
    for (int i = 0; i < 3; i++)
        sink = malloc(1000);
    sink = NULL;
}

KEEP void churn(void)
{
    for (int i = 0; i < 50; i++) {
        sink = malloc(64);
        free(sink);
    }
    sink = NULL;
}

KEEP void grow(void)
{
    void *block = NULL;
    for (size_t i = 1; i <= 8; i++) {
        block = realloc(block, i * 100);
        sink = block;
    }
    sink = NULL;
}

KEEP void zeroed(void)
{
    sink = calloc(7, 11);
    sink = NULL;
}

KEEP void give(void)
{
    for (int i = 0; i < 10; i++)
        given[i] = malloc(500);
    sink = NULL;
}

KEEP void *taker(void *unused)
{
    for (int i = 0; i < 10; i++)
        free(given[i]);
    sink = malloc(300);
    sink = NULL;
    return unused;
}

KEEP void child(void *inherited)
{
    free(inherited);
    sink = malloc(40);
    sink = NULL;
}

KEEP void after_exec(void)
{
    sink = malloc(77);
    sink = NULL;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        after_exec();
        return 0;
    }
    leak();
    churn();
    grow();
    zeroed();
    give();
    pthread_t thread;
    if (pthread_create(&thread, NULL, taker, NULL) || pthread_join(thread, NULL))
        return 1;
    void *inherited = malloc(900);
    pid_t forked = fork();
    if (!forked) {
        child(inherited);
        _exit(0);
    }
    waitpid(forked, NULL, 0);
    free(inherited);
    pid_t other = fork();
    if (!other) {
        sink = malloc(55);
        execl("/proc/self/exe", argv[0], "after", (char *)NULL);
        _exit(1);
    }
    waitpid(other, NULL, 0);
    _exit(0); /* what is alive stays so */
}
