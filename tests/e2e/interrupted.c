/* SPDX-License-Identifier: MIT */
/* Threads that are sampled in awkward places: in signal handlers (on the stack they interrupt and
 * on one of their own), in system calls, in code that aligns its stack, waiting for a mutex, behind
 * a call that never returns. Argument: for how many seconds of CPU time. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile long sink;
static volatile int over;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void __attribute__((noinline)) spin(long times)
{
    for (long i = 0; i < times; i++)
        sink += i;
}

static void __attribute__((noinline)) handle(int number)
{
    spin(20000 + number);
    sink++;
}

static long __attribute__((noinline)) deeper(int n)
{
    char room[200];
    memset(room, n, sizeof room);
    if (n > 0)
        sink += deeper(n - 1);
    else
        spin(20000);
    return room[n & 63] + sink;
}

static void *signalled(void *argument)
{
    stack_t own = {.ss_size = 65536};
    own.ss_sp = malloc(own.ss_size);
    if (argument)
        sigaltstack(&own, NULL);
    while (!over) {
        sink += deeper(12);
        pthread_kill(pthread_self(), argument ? SIGUSR2 : SIGUSR1);
    }
    return own.ss_sp;
}

/* A local that asks for more alignment than the stack has. */
static void __attribute__((noinline)) aligned(int n)
{
    volatile long block[16] __attribute__((aligned(64)));
    for (int i = 0; i < 16; i++)
        block[i] = i + n;
    spin(10000);
    sink += block[n & 15];
    if (n > 0)
        aligned(n - 1);
    sink += block[3];
}

static void *calls(void *unused)
{
    static char bytes[65536];
    FILE *null = fopen("/dev/zero", "r");
    while (!over && null) {
        if (fread(bytes, 1, sizeof bytes, null) != sizeof bytes)
            break;
        syscall(SYS_getppid);
        aligned(3);
    }
    return unused;
}

static void __attribute__((noinline)) want_lock(void)
{
    pthread_mutex_lock(&lock);
    spin(30000);
    pthread_mutex_unlock(&lock);
}

static void *locks(void *unused)
{
    while (!over) {
        want_lock();
        spin(1000);
    }
    return unused;
}

/* The call is the last instruction: what lies behind it is another function. */
static void __attribute__((noinline, noreturn)) never_back(void)
{
    spin(50000);
    pthread_exit(NULL);
}

static void __attribute__((noinline)) ends_in_call(void)
{
    sink++;
    never_back();
}

static void *leaves(void *unused)
{
    ends_in_call();
    return unused;
}

static int order(const void *left, const void *right)
{
    spin(50);
    return *(const int *)left - *(const int *)right;
}

static void __attribute__((noinline)) sorts(void)
{
    int numbers[500];
    for (int i = 0; i < 500; i++)
        numbers[i] = i * 7919 % 500;
    qsort(numbers, 500, sizeof *numbers, order);
}

int main(int argc, char **argv)
{
    pthread_t threads[6];
    struct timespec now;
    signal(SIGUSR1, handle);
    struct sigaction own = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR2, &own, NULL);
    pthread_create(&threads[0], NULL, signalled, NULL);
    pthread_create(&threads[1], NULL, signalled, &lock);
    pthread_create(&threads[2], NULL, calls, NULL);
    pthread_create(&threads[3], NULL, locks, NULL);
    pthread_create(&threads[4], NULL, locks, NULL);
    double seconds = argc > 1 ? atof(argv[1]) : 1;
    do {
        pthread_create(&threads[5], NULL, leaves, NULL);
        sorts();
        pthread_join(threads[5], NULL);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    } while ((double)now.tv_sec + (double)now.tv_nsec / 1e9 < seconds);
    over = 1;
    for (int i = 0; i < 5; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
