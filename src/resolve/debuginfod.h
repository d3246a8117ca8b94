/* SPDX-License-Identifier: MIT */
/* Files from debuginfod servers, by build id: the only way to the network, and only if asked for.
 *
 *     perflame ── kind, build id ──▶ child: libdebuginfod ◀──▶ servers
 *              ◀────── path ────────
 *
 * A child process does it, because it can be ended when the time is over: the library itself looks
 * at the clock once a second, and not at all while a name server keeps it waiting. It is told the
 * servers by its environment, and the child's is its own. Nothing is loaded or started before the
 * first question. */
#ifndef PFL_RESOLVE_DEBUGINFOD_H
#define PFL_RESOLVE_DEBUGINFOD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "resolve/elf/build_id.h"

enum debuginfod_kind { DEBUGINFOD_DEBUG, DEBUGINFOD_EXECUTABLE };

/* The most time for all files together. */
#define DEBUGINFOD_SECONDS 30

/* Zero-initialise for one that is never asked. */
struct debuginfod {
    char *urls;   /* NULL: do not ask */
    int64_t left; /* nanoseconds, of all that it may take */
    void (*progress)(void *context, const char *path, unsigned seconds_left); /* or NULL */
    void *context;
    pid_t child; /* 0: none was started yet */
    int socket;
    bool absent;         /* the library is not installed */
    bool expired;        /* the time is over, or the child came to an end */
    uint32_t asked, got; /* files */
};

/* Copies `urls`, separated by blanks; NULL is fine. `seconds` 0: DEBUGINFOD_SECONDS. Returns 0, or
 * -1 without memory. */
int debuginfod_init(struct debuginfod *debuginfod, const char *urls, unsigned seconds);
void debuginfod_done(struct debuginfod *debuginfod);

/* Asks for the file of a build id; `about` is what the recording calls it. Appends the path of the
 * copy that the library keeps, and returns true, if there is one. */
bool debuginfod_find(struct debuginfod *debuginfod, enum debuginfod_kind kind,
                     const struct build_id *id, const char *about, struct buffer *to);

#endif
