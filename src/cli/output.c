/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many symbolic links in a row as the kernel follows. */
#define LINKS_MOST 40

/* The temporary files that exist now. The signal handler reads it: a slot is filled before its
 * file is made, and cleared after it is gone. */
static char *volatile temporaries[OUTPUTS_MAX];

static void end_by_signal(int number)
{
    for (int i = 0; i < OUTPUTS_MAX; i++)
        if (temporaries[i])
            unlink(temporaries[i]);
    signal(number, SIG_DFL);
    raise(number);
}

void output_catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    struct sigaction action = {.sa_handler = end_by_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction old;
        /* What the caller ignores (nohup) stays ignored. */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
}

static void temporary_register(char *path)
{
    for (int i = 0; i < OUTPUTS_MAX; i++) {
        if (!temporaries[i]) {
            temporaries[i] = path;
            return;
        }
    }
}

static void temporary_forget(const char *path)
{
    for (int i = 0; i < OUTPUTS_MAX; i++)
        if (temporaries[i] == path)
            temporaries[i] = NULL;
}

/* The path that a link's text means; NULL without memory. */
static char *path_of_link(const char *link, const char *text)
{
    const char *slash = strrchr(link, '/');
    if (text[0] == '/' || !slash)
        return strdup(text);
    char *joined;
    return asprintf(&joined, "%.*s/%s", (int)(slash - link), link, text) < 0 ? NULL : joined;
}

/* The file that a name leads to, through symbolic links, also where it does not exist yet. */
static char *target_of(const char *name)
{
    char *path = realpath(name, NULL);
    if (path || errno != ENOENT)
        return path;
    path = strdup(name);
    for (int links = 0; path && links < LINKS_MOST; links++) {
        char text[PATH_MAX];
        ssize_t length = readlink(path, text, sizeof text - 1);
        if (length < 0)
            break;
        text[length] = '\0';
        char *next = path_of_link(path, text);
        free(path);
        path = next;
    }
    return path;
}

static mode_t mode_of_new_file(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static enum status output_open_temporary(struct output *output, mode_t mode)
{
    const char *slash = strrchr(output->target, '/');
    int folder = slash ? (int)(slash - output->target) + 1 : 0;
    if (asprintf(&output->temporary, "%.*s.%s.XXXXXX", folder, output->target,
                 output->target + folder) < 0) {
        output->temporary = NULL;
        return message_failed(STATUS_FAILED, "out of memory");
    }
    /* Blocked until the name is known: a signal between making and registering would leave it. */
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    output->fd = mkostemp(output->temporary, O_CLOEXEC);
    int number = errno;
    if (output->fd >= 0)
        temporary_register(output->temporary);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (output->fd < 0) {
        free(output->temporary);
        output->temporary = NULL;
        return message_failed(STATUS_FAILED, "%s: %s", output->name, strerror(number));
    }
    if (fchmod(output->fd, mode) < 0)
        return message_failed(STATUS_FAILED, "%s: %s", output->name, strerror(errno));
    return STATUS_DONE;
}

bool output_is_standard(const char *name)
{
    struct stat named, standard;
    return strcmp(name, "-") == 0 ||
           (stat(name, &named) == 0 && fstat(STDOUT_FILENO, &standard) == 0 &&
            named.st_dev == standard.st_dev && named.st_ino == standard.st_ino);
}

enum status output_check(const char *name)
{
    struct stat st;
    if (output_is_standard(name))
        return STATUS_DONE;
    bool exists = stat(name, &st) == 0;
    if (exists && S_ISDIR(st.st_mode))
        return message_failed(STATUS_FAILED, "%s: %s", name, strerror(EISDIR));
    if (exists && !S_ISREG(st.st_mode))
        return STATUS_DONE;
    char *target = target_of(name);
    if (!target)
        return message_failed(STATUS_FAILED, "%s: %s", name, strerror(errno));
    char *slash = strrchr(target, '/');
    if (slash)
        slash[slash == target] = '\0';
    int r = access(slash ? target : ".", W_OK | X_OK);
    int number = errno;
    free(target);
    return r == 0 ? STATUS_DONE : message_failed(STATUS_FAILED, "%s: %s", name, strerror(number));
}

enum status output_open(struct output *output, const char *name)
{
    *output = (struct output){.name = name, .fd = -1};
    if (output_is_standard(name)) {
        output->fd = STDOUT_FILENO;
        return STATUS_DONE;
    }
    struct stat st;
    bool exists = stat(name, &st) == 0;
    if (exists && !S_ISREG(st.st_mode)) {
        output->fd = open(name, O_WRONLY | O_CLOEXEC);
        return output->fd >= 0 ? STATUS_DONE
                               : message_failed(STATUS_FAILED, "%s: %s", name, strerror(errno));
    }
    output->target = target_of(name);
    if (!output->target)
        return message_failed(STATUS_FAILED, "%s: %s", name, strerror(errno));
    return output_open_temporary(output, exists ? st.st_mode & 07777 : mode_of_new_file());
}

static int output_write(void *context, const void *data, size_t size)
{
    struct output *output = context;
    const char *bytes = data;
    while (size) {
        ssize_t written = write(output->fd, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            output->error = errno;
            return -1;
        }
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

struct pfl_sink output_sink(struct output *output)
{
    return (struct pfl_sink){.write = output_write, .context = output};
}

enum status output_commit(struct output *output)
{
    if (output->fd == STDOUT_FILENO)
        return STATUS_DONE;
    int fd = output->fd;
    output->fd = -1;
    if (close(fd) < 0 || (output->temporary && rename(output->temporary, output->target) < 0)) {
        enum status status = message_failed(STATUS_FAILED, "%s: %s", output->name, strerror(errno));
        output_discard(output);
        return status;
    }
    if (output->temporary)
        temporary_forget(output->temporary);
    free(output->temporary);
    free(output->target);
    output->temporary = output->target = NULL;
    return STATUS_DONE;
}

void output_discard(struct output *output)
{
    if (output->fd >= 0 && output->fd != STDOUT_FILENO)
        close(output->fd);
    output->fd = -1;
    if (output->temporary) {
        unlink(output->temporary);
        temporary_forget(output->temporary);
    }
    free(output->temporary);
    free(output->target);
    output->temporary = output->target = NULL;
}
