/* SPDX-License-Identifier: MIT */
/*
 * A program whose stacks are known. CPU time, in parts of UNIT milliseconds:
 *
 *     process  thread   stack                               parts
 *     known    known    main > trunk > branch > burn            2
 *     known    red      thread_red > red_middle > burn          3
 *     known    blue     thread_blue > burn                      1
 *     known    known    main > trunk > recurse x 4 > burn       1
 *     green    green    main > green_work > burn                2   (after fork and exec)
 *     known    forked   main > forked_work > burn               1   (after fork alone)
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone, noipa))

static long unit = 60;
static volatile uint64_t sink;

static long cpu_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Spends CPU time of its own; the clock, a system call, is asked rarely. */
KEEP void burn(long parts)
{
    long end = cpu_milliseconds() + parts * unit;
    while (cpu_milliseconds() < end)
        for (int i = 0; i < 200000; i++)
            sink = sink * 31 + (uint64_t)i;
}

KEEP void red_middle(void)
{
    burn(3);
    sink++;
}

KEEP void *thread_red(void *unused)
{
    prctl(PR_SET_NAME, "red");
    red_middle();
    sink++;
    return unused;
}

KEEP void *thread_blue(void *unused)
{
    prctl(PR_SET_NAME, "blue");
    burn(1);
    sink++;
    return unused;
}

KEEP void recurse(int depth)
{
    if (depth > 1)
        recurse(depth - 1);
    else
        burn(1);
    sink++;
}

KEEP void branch(void)
{
    burn(2);
    sink++;
}

KEEP void trunk(void)
{
    branch();
    recurse(4);
    sink++;
}

KEEP void green_work(void)
{
    burn(2);
    sink++;
}

KEEP void forked_work(void)
{
    prctl(PR_SET_NAME, "forked");
    burn(1);
    sink++;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        unit = atol(argv[1]);
    if (argc > 2 && !strcmp(argv[2], "green")) {
        prctl(PR_SET_NAME, "green");
        green_work();
        return 0;
    }
    pthread_t red, blue;
    if (pthread_create(&red, NULL, thread_red, NULL) ||
        pthread_create(&blue, NULL, thread_blue, NULL))
        return 1;
    pid_t green = fork();
    if (!green) {
        execl("/proc/self/exe", "known", argc > 1 ? argv[1] : "60", "green", (char *)NULL);
        _exit(1);
    }
    pid_t forked = fork();
    if (!forked) {
        forked_work();
        _exit(0);
    }
    trunk();
    pthread_join(red, NULL);
    pthread_join(blue, NULL);
    int status = 0, worst = 0;
    while (wait(&status) > 0)
        worst |= status;
    return worst ? 1 : 0;
}
