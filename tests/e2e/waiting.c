/* SPDX-License-Identifier: MIT */
/*
 * A program whose waits are known, in milliseconds:
 *
 *     main > nap                 5 x 40     blocked
 *     holder > hold              200        blocked (it sleeps with the lock)
 *     main > contend             about 200  blocked on the lock that the holder has
 *     sleeper > forever          until the program ends
 *     spinner > spin (two)       preempted by each other on one CPU: runnable, not blocked
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone, noipa))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile uint64_t sink;
static volatile int held;

/* The C library has no frame pointers, so its caller is missing from the chains: these stand in
 * between, and may be missing. */
KEEP void pause_for(long milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
    sink++;
}

KEEP void take_lock(void)
{
    pthread_mutex_lock(&lock);
    sink++;
}

KEEP void pause_once(void)
{
    pause();
    sink++;
}

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

KEEP void nap(void)
{
    for (int i = 0; i < 5; i++)
        pause_for(40);
    sink++;
}

KEEP void *hold(void *unused)
{
    pthread_mutex_lock(&lock);
    held = 1;
    pause_for(200);
    pthread_mutex_unlock(&lock);
    sink++;
    return unused;
}

KEEP void contend(void)
{
    take_lock();
    pthread_mutex_unlock(&lock);
    sink++;
}

KEEP void *forever(void *unused)
{
    for (;;)
        pause_once();
    return unused;
}

KEEP void *spin(void *unused)
{
    long end = now() + 300;
    while (now() < end)
        for (int i = 0; i < 100000; i++)
            sink = sink * 31 + (uint64_t)i;
    return unused;
}

int main(void)
{
    pthread_t holder, sleeper, spinners[2];
    nap();
    if (pthread_create(&holder, NULL, hold, NULL) || pthread_create(&sleeper, NULL, forever, NULL))
        return 1;
    while (!held)
        sched_yield();
    contend();
    pthread_join(holder, NULL);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof one, &one); /* spinners inherit it */
    for (int i = 0; i < 2; i++)
        if (pthread_create(&spinners[i], NULL, spin, NULL))
            return 1;
    for (int i = 0; i < 2; i++)
        pthread_join(spinners[i], NULL);
    return 0;
}
