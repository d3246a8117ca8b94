/* SPDX-License-Identifier: MIT */
/* Return addresses that return probes hide. Where a probed function was entered, the kernel puts
 * the address of a trampoline ("[uprobes]") in the place of its return address, after the entry's
 * sample was taken:
 *
 *     malloc's entry:   [sp] = main + 0x1f          kept here, by the caller's stack pointer
 *     mmap's entry:     mmap ◀─ sysmalloc ◀─ malloc ◀─ [uprobes]
 *                                                      └─ main + 0x1f
 *     tid ─▶ [stack, address] [stack, address] ...     the outermost first: stacks fall */
#ifndef PFL_RESOLVE_UNWIND_RETURNS_H
#define PFL_RESOLVE_UNWIND_RETURNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/index.h"

/* As many as the kernel lets be pending in a thread (MAX_URETPROBE_DEPTH). */
#define RETURNS_MOST 64

struct pending_return {
    uint64_t stack;   /* the caller's stack pointer */
    uint64_t address; /* where the function returns to */
};

struct returns_thread {
    uint32_t tid;
    struct pending_return *list;
    size_t count, capacity;
};

/* Zero-initialise to begin. */
struct returns {
    struct returns_thread *threads;
    size_t count, capacity;
    struct index by_tid;
};

void returns_done(struct returns *returns);

/* A thread entered a function that will return to `address`. Returns 0, or -1 without memory. */
int returns_enter(struct returns *returns, uint32_t tid, uint64_t stack, uint64_t address);

/* The address that the trampoline found at `stack` hides, or 0. */
uint64_t returns_find(const struct returns *returns, uint32_t tid, uint64_t stack);

#endif
