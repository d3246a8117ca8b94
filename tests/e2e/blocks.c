/* SPDX-License-Identifier: MIT */
/*
 * What allocators do that is easily counted wrong. Bytes in blocks of the C library's allocator,
 * at `main > NAME` (or thread > NAME):
 *
 *     stack          allocated             in use at the end
 *     dropped        4 x 1024              4 x 1024
 *     emptied        500 + 0               none               realloc(p, 0) frees
 *     nothing        0, twice              0, twice           malloc(0), realloc(NULL, 0)
 *     refused        none                  none               what fails
 *     kept           600                   600                realloc that fails leaves the block
 *     shrunk         900 + 90              90                 realloc in place
 *     array          6 x 7 + 60 x 7        60 x 7             reallocarray
 *     aligned        256 + 512             256                aligned_alloc, memalign; one freed
 *     placed         768                   none: unknown      posix_memalign
 *     swapped        2 x 2 x 110           2 x 110            threads realloc each other's
 *     passed         16 x 70               4 x 70             freed by another thread, but for 4
 *     spawned        33                    33                 around vfork, posix_spawn and exec
 *     doubled        44 in both            44 in both         allocated on both sides of a fork
 *     inherited      1000                  1000               freed by the child, not by its parent
 *     moved          2000 in the child     2000               realloc by the child of its parent's
 *
 * "heap" as argument leaves out all processes but the first.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone, noipa))

static void *volatile sink;
static void *volatile swaps[2];
static void *handed[16];
static pthread_barrier_t both;

KEEP void dropped(void)
{
    for (int i = 0; i < 4; i++)
        sink = malloc(1024);
    sink = NULL;
}

KEEP void emptied(void)
{
    sink = malloc(500);
    sink = realloc(sink, 0);
}

KEEP void nothing(void)
{
    sink = malloc(0);
    sink = realloc(NULL, 0);
    sink = NULL;
}

KEEP void refused(void)
{
    volatile size_t most = PTRDIFF_MAX - 4096;
    sink = malloc(most);
    sink = calloc(most, 16);
    sink = reallocarray(NULL, most, 16);
    sink = NULL;
}

KEEP void kept(void)
{
    volatile size_t most = PTRDIFF_MAX - 4096;
    void *block = malloc(600);
    sink = block;
    sink = realloc(block, most);
    sink = NULL;
}

KEEP void shrunk(void)
{
    sink = malloc(900);
    sink = realloc(sink, 90);
    sink = NULL;
}

KEEP void array(void)
{
    sink = reallocarray(NULL, 6, 7);
    sink = reallocarray(sink, 60, 7);
    sink = NULL;
}

KEEP void aligned(void)
{
    sink = memalign(64, 512);
    free(sink);
    sink = aligned_alloc(64, 256);
    sink = NULL;
}

KEEP void placed(void)
{
    void *block = NULL;
    sink = posix_memalign(&block, 64, 768) ? NULL : block;
    sink = NULL;
}

KEEP void swapped(int mine)
{
    swaps[mine] = malloc(110);
    pthread_barrier_wait(&both);
    swaps[!mine] = realloc(swaps[!mine], 110);
    pthread_barrier_wait(&both);
    sink = NULL;
}

KEEP void *swapper(void *unused)
{
    swapped(1);
    return unused;
}

KEEP void passed(void)
{
    for (int i = 0; i < 16; i++)
        handed[i] = malloc(70);
    sink = NULL;
}

KEEP void *receiver(void *unused)
{
    for (int i = 0; i < 12; i++)
        free(handed[i]);
    return unused;
}

KEEP void spawned(void)
{
    static char *const arguments[] = {"/bin/true", NULL}, *const none[] = {NULL};
    pid_t child;
    sink = malloc(33);
    if (vfork() == 0) {
        execve(arguments[0], arguments, none);
        _exit(1);
    }
    if (posix_spawn(&child, arguments[0], NULL, NULL, arguments, none) == 0)
        waitpid(child, NULL, 0);
    sink = NULL;
}

KEEP void doubled(void)
{
    sink = malloc(44);
    sink = NULL;
}

KEEP void *inherited(void)
{
    void *block = malloc(1000);
    sink = NULL;
    return block;
}

KEEP void moved(void *block)
{
    sink = realloc(block, 2000);
    sink = NULL;
}

KEEP void processes(void)
{
    void *first = inherited(), *second = malloc(10);
    spawned();
    pid_t child = fork();
    doubled();
    if (child == 0) {
        free(first);
        moved(second);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    free(second);
}

int main(int argc, char **argv)
{
    dropped();
    emptied();
    nothing();
    refused();
    kept();
    shrunk();
    array();
    aligned();
    placed();
    passed();
    pthread_t thread;
    pthread_barrier_init(&both, NULL, 2);
    if (pthread_create(&thread, NULL, swapper, NULL))
        return 1;
    swapped(0);
    pthread_join(thread, NULL);
    if (pthread_create(&thread, NULL, receiver, NULL))
        return 1;
    pthread_join(thread, NULL);
    if (argc == 1)
        processes();
    return argc > 2 && argv[1] == NULL;
}
