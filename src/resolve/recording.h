/* SPDX-License-Identifier: MIT */
/* What the recording at hand says about its objects: which mapping is of what. */
#ifndef PFL_RESOLVE_RECORDING_H
#define PFL_RESOLVE_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perf/record.h"
#include "perf/session.h"
#include "resolve/objects.h"
#include "resolve/spaces.h"

/* A path and its build id, as the header has it. */
struct recording_id {
    const char *path; /* the session's */
    struct build_id id;
    bool ambiguous; /* the path has several */
};

struct recording {
    struct objects *objects;
    bool compat;              /* objects are those of perf */
    uint32_t number;          /* from 1 */
    bool local;               /* made on this machine, under this kernel */
    bool hostless;            /* it does not say where it was made */
    bool wide;                /* by a kernel of 64 bits */
    uint32_t release;         /* of the kernel: number in the objects' paths */
    int64_t recorded_until;   /* seconds since 1970; 0: unknown */
    struct recording_id *ids; /* sorted by path */
    size_t id_count;
    uint32_t told; /* build ids that the session had then */
    struct build_id kernel_id;
    uint32_t kernel;     /* its object; OBJECTS_UNKNOWN: not told yet */
    struct space *space; /* the kernel's and its modules' mappings */
};

/* Begins the next recording. The session must stay until the last of its records. Returns 0, or
 * -1 without memory. */
int recording_begin(struct recording *recording, struct spaces *spaces,
                    const struct perf_session *session, int64_t recorded_until);
void recording_done(struct recording *recording);

/* All of its records were taken: objects without a build id have what a pipe told of them late.
 * Returns 0 or -1. */
int recording_end(struct recording *recording, const struct perf_session *session);

/* The object of a user mapping of a process, as a map. Returns 0 or -1. */
int recording_user_map(struct recording *recording, uint32_t pid, const struct perf_mmap *mmap,
                       struct space_map *ret_map);

/* The object of a process's code outside files: a JIT compiler made it, which may have left a list
 * of it under the number of the process. `parent`: that of the same code in the process from which
 * it was forked; 0: it has mapped the code itself. Returns 0 or -1. */
int recording_jit(struct recording *recording, uint32_t pid, uint32_t parent, uint32_t *ret_object);

/* Takes a mapping of the kernel or of a module. Returns 0 or -1. */
int recording_kernel_map(struct recording *recording, struct spaces *spaces,
                         const struct perf_mmap *mmap);

/* Takes code that the kernel tells to come, or to go: of BPF programs, trampolines. Returns 0 or
 * -1. */
int recording_kernel_symbol(struct recording *recording, struct spaces *spaces,
                            const struct perf_ksymbol *symbol);

/* The object of a jitdump file, whose path may be empty: none. Returns 0 or -1. */
int recording_jitdump(struct recording *recording, const struct perf_mmap *mmap,
                      uint32_t *ret_object);

/* The kernel's object, made if no mapping told of it. Returns 0 or -1. */
int recording_kernel(struct recording *recording, uint32_t *ret_object);

#endif
