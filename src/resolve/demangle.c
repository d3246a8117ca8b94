/* SPDX-License-Identifier: MIT */
/* libiberty's string interface lets one hostile name of 270 bytes take gigabytes; its callbacks
 * hand the text over piece by piece, and a jump out of them is the only way to make it stop. */
#include "resolve/demangle.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <string.h>

#include "base/limits.h"

struct demangling {
    struct buffer *to;
    size_t limit; /* size of the buffer at which to give up */
    jmp_buf give_up;
};

static void demangling_take(const char *text, size_t size, void *data)
{
    struct demangling *job = data;
    if (size > job->limit - job->to->size)
        longjmp(job->give_up, 1);
    buffer_append(job->to, text, size);
}

/* perf demangles with DMGL_NO_OPTS: no parameters (DMGL_PARAMS), no const and the like after
 * them (DMGL_ANSI), no hash of a Rust crate (DMGL_VERBOSE). */
static bool demangle_run(struct demangling *job, const char *name, bool parameters)
{
    int options = parameters ? DMGL_PARAMS | DMGL_ANSI : DMGL_NO_OPTS;
    if (setjmp(job->give_up))
        return false;
    if (rust_demangle_callback(name, options, demangling_take, job))
        return true;
    /* What a failed attempt has appended goes. */
    job->to->size = job->limit - LIMIT_NAME_BYTES;
    return cplus_demangle_v3_callback(name, options, demangling_take, job) != 0;
}

bool demangle(struct buffer *to, const char *name, bool parameters)
{
    /* Cheap refusal of what is not mangled, as most names of C are not. "_Z" and "_R" may have
     * more underscores before them; "_GLOBAL_" begins the names of C++ initialisers. */
    const char *first = name + strspn(name, "_");
    if (first == name || (*first != 'Z' && *first != 'R' && strncmp(first, "GLOBAL_", 7) != 0) ||
        strnlen(name, LIMIT_NAME_BYTES) >= LIMIT_NAME_BYTES)
        return false;
    size_t before = to->size;
    struct demangling job = {.to = to, .limit = before + LIMIT_NAME_BYTES};
    if (demangle_run(&job, name, parameters) && !to->failed && to->size > before)
        return true;
    to->size = before;
    return false;
}
