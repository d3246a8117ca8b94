/* SPDX-License-Identifier: MIT */
/* Runs a shell command, whose output is thrown away, and says what it took, as one line of JSON:
 *
 *     bench-run SECONDS COMMAND
 *     {"seconds": 1.234, "cpu": 1.5, "peak_kib": 47012, "status": 0, "late": false}
 *
 * After so many seconds the command and all that it started are killed: late. The kernel counts
 * what a process held before exec as memory of the program after it, so that what a large process
 * starts is never small; this one holds nearly nothing. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Starts the command as the leader of a group of its own; gives its process id, or -1. */
static pid_t start(const char *command, const sigset_t *signals)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    setpgid(0, 0);
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    sigprocmask(SIG_UNBLOCK, signals, NULL);
    /* A pipe whose first end failed is fast, but no measure. */
    execl("/bin/bash", "bash", "-o", "pipefail", "-c", command, (char *)NULL);
    _exit(127);
}

/* Waits for the child, as long as the limit and the user let it; true if it was killed. */
static bool wait_for(pid_t child, time_t limit, const sigset_t *signals, int *ret_status)
{
    struct timespec patience = {.tv_sec = limit};
    int signal;
    while ((signal = sigtimedwait(signals, NULL, &patience)) < 0 && errno == EINTR)
        ;
    bool killed = signal != SIGCHLD;
    if (killed)
        kill(-child, SIGKILL);
    waitpid(child, ret_status, 0);
    return killed;
}

int main(int argc, char **argv)
{
    struct timespec before, after;
    struct rusage usage;
    sigset_t signals;
    int status = 0;
    if (argc != 3 || atol(argv[1]) <= 0) {
        fprintf(stderr, "usage: bench-run SECONDS COMMAND\n");
        return 2;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* what loses its parent is ours */
    clock_gettime(CLOCK_MONOTONIC, &before);
    pid_t child = start(argv[2], &signals);
    if (child < 0) {
        perror("bench-run");
        return 1;
    }
    setpgid(child, child); /* whoever comes first, so that it can be killed at once */
    bool late = wait_for(child, atol(argv[1]), &signals, &status);
    clock_gettime(CLOCK_MONOTONIC, &after);
    while (wait(NULL) > 0 || errno == EINTR) /* perf leaves its addr2line behind, unwaited for */
        ;
    getrusage(RUSAGE_CHILDREN, &usage);
    printf("{\"seconds\": %.4f, \"cpu\": %.4f, \"peak_kib\": %ld, \"status\": %d, \"late\": %s}\n",
           seconds_between(&before, &after),
           seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), usage.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
           late ? "true" : "false");
    return 0;
}
