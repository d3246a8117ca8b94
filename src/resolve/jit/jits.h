/* SPDX-License-Identifier: MIT */
/* The jitdump files of processes, followed as the recording goes on: before a sample is read, its
 * process gets the code that was written until then. */
#ifndef PFL_RESOLVE_JIT_JITS_H
#define PFL_RESOLVE_JIT_JITS_H

#include "resolve/jit/jitdump.h"
#include "resolve/objects.h"
#include "resolve/tasks.h"

/* One file that a process has mapped, which is how it tells of it. */
struct jit {
    uint32_t pid, object;
    struct jitdump dump;
    size_t next; /* step that comes next */
};

/* Zero-initialise to begin. */
struct jits {
    struct jit *items;
    size_t count, capacity;
};

void jits_done(struct jits *jits);

/* True for the names that JIT compilers give such files: jit-PID.dump. */
bool jits_is_dump(const char *path);

/* Reads a file that process `pid` has mapped, whose pieces belong to `object`; not one that is
 * another than was mapped, unless it lies `elsewhere`, under --symfs. `timed`: the recording's
 * clock is the file's. Returns 0, or -1 without memory. */
int jits_add(struct jits *jits, struct objects *objects, struct tasks *tasks, uint32_t pid,
             uint32_t object, const char *path, bool elsewhere, bool timed);

/* Gives a process the code that was written until `time`. Returns 0, or -1. */
int jits_advance(struct jits *jits, struct tasks *tasks, uint32_t pid, uint64_t time);

/* A process has begun another program. */
void jits_exec(struct jits *jits, uint32_t pid);

#endif
