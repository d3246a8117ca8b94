/* SPDX-License-Identifier: MIT */
#include "resolve/debuginfod.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MS     INT64_C(1000000)
#define TURN_MS       200 /* how long to wait before progress is told again */

/* One message each. */
struct question {
    enum debuginfod_kind kind;
    struct build_id id;
};

enum answer_kind { ANSWER_NONE, ANSWER_FOUND, ANSWER_NO_LIBRARY };

struct answer {
    enum answer_kind kind;
    char path[PATH_MAX];
};

int debuginfod_init(struct debuginfod *debuginfod, const char *urls, unsigned seconds)
{
    *debuginfod = (struct debuginfod){
        .urls = urls ? mem_copy_text(urls, strlen(urls)) : NULL,
        .left = (seconds ? seconds : DEBUGINFOD_SECONDS) * NS_PER_SECOND,
    };
    return urls && !debuginfod->urls ? -1 : 0;
}

static void child_end(struct debuginfod *debuginfod)
{
    if (!debuginfod->child)
        return;
    close(debuginfod->socket);
    kill(debuginfod->child, SIGKILL);
    while (waitpid(debuginfod->child, NULL, 0) < 0 && errno == EINTR)
        ;
    debuginfod->child = 0;
}

void debuginfod_done(struct debuginfod *debuginfod)
{
    child_end(debuginfod);
    mem_free(debuginfod->urls);
    *debuginfod = (struct debuginfod){0};
}

/* What is used of elfutils' debuginfod.h, found when the library is loaded. */
struct library {
    void *(*begin)(void);
    int (*find[2])(void *client, const unsigned char *id, int size, char **path);
};

static bool library_function(void *handle, const char *name, void *ret_function)
{
    void *found = handle ? dlsym(handle, name) : NULL;
    memcpy(ret_function, &found, sizeof found); /* ISO C knows no cast from data to code */
    return found != NULL;
}

static bool library_load(struct library *library)
{
    void *handle = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
    return library_function(handle, "debuginfod_begin", &library->begin) &&
           library_function(handle, "debuginfod_find_debuginfo",
                            &library->find[DEBUGINFOD_DEBUG]) &&
           library_function(handle, "debuginfod_find_executable",
                            &library->find[DEBUGINFOD_EXECUTABLE]);
}

/* The child: answers questions until the socket is closed. What it holds goes with it. */
static _Noreturn void child_run(int socket, const char *urls)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    struct library library;
    struct question question;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setenv("DEBUGINFOD_URLS", urls, 1);
    bool loaded = library_load(&library);
    void *client = loaded ? library.begin() : NULL;
    while (recv(socket, &question, sizeof question, 0) == (ssize_t)sizeof question) {
        struct answer answer = {.kind = loaded ? ANSWER_NONE : ANSWER_NO_LIBRARY};
        char *path = NULL;
        int fd = -1;
        if (client)
            fd = library.find[question.kind](client, question.id.bytes, question.id.size, &path);
        if (fd >= 0 && path && strlen(path) < sizeof answer.path) {
            answer.kind = ANSWER_FOUND;
            memcpy(answer.path, path, strlen(path) + 1);
        }
        if (fd >= 0)
            close(fd);
        free(path);
        if (send(socket, &answer, sizeof answer, MSG_NOSIGNAL) < 0)
            break;
    }
    _exit(0);
}

static bool child_begin(struct debuginfod *debuginfod)
{
    int sockets[2];
    if (debuginfod->child)
        return true;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        close(sockets[0]);
        child_run(sockets[1], debuginfod->urls);
    }
    close(sockets[1]);
    if (child < 0) {
        close(sockets[0]);
        return false;
    }
    debuginfod->child = child;
    debuginfod->socket = sockets[0];
    return true;
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * NS_PER_SECOND + time.tv_nsec;
}

/* Waits for the child's answer as long as there is time, which is what is left then; false if none
 * came. */
static bool answer_wait(struct debuginfod *debuginfod, const char *about, struct answer *ret_answer)
{
    int64_t end = now() + debuginfod->left;
    struct pollfd poll_for = {.fd = debuginfod->socket, .events = POLLIN};
    int ready = 0;
    while ((debuginfod->left = end - now()) > 0 && ready <= 0) {
        int64_t turn = debuginfod->left / NS_PER_MS + 1;
        if (debuginfod->progress)
            debuginfod->progress(debuginfod->context, about,
                                 (unsigned)(debuginfod->left / NS_PER_SECOND));
        ready = poll(&poll_for, 1, turn < TURN_MS ? (int)turn : TURN_MS);
    }
    return ready > 0 && recv(debuginfod->socket, ret_answer, sizeof *ret_answer, 0) ==
                            (ssize_t)sizeof *ret_answer;
}

bool debuginfod_find(struct debuginfod *debuginfod, enum debuginfod_kind kind,
                     const struct build_id *id, const char *about, struct buffer *to)
{
    struct question question = {.kind = kind, .id = *id};
    struct answer answer = {0};
    if (!debuginfod->urls || !id->size || debuginfod->absent)
        return false;
    debuginfod->asked++;
    if (debuginfod->expired)
        return false;
    if (!child_begin(debuginfod) ||
        send(debuginfod->socket, &question, sizeof question, MSG_NOSIGNAL) < 0 ||
        !answer_wait(debuginfod, about, &answer)) {
        debuginfod->expired = true;
        child_end(debuginfod);
        return false;
    }
    debuginfod->absent = answer.kind == ANSWER_NO_LIBRARY;
    if (answer.kind != ANSWER_FOUND)
        return false;
    debuginfod->got++;
    buffer_text(to, answer.path);
    return true;
}
