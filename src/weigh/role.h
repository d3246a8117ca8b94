/* SPDX-License-Identifier: MIT */
/* What an event tells about memory or waiting: its role, found by the fields that its records
 * carry and, for probes, by the function that they stand on.
 *
 *     family   roles
 *     heap     entry and return of malloc, calloc, realloc, ..., new; free, delete; --alloc-pair
 *     maps     entry and return of mmap, munmap, mremap, brk, sbrk
 *     slab     kmem:kmalloc, kmem:kmem_cache_alloc and their frees
 *     pages    kmem:mm_page_alloc, kmem:mm_page_free
 *     faults   page-faults and its kinds
 *
 * Families overlap in bytes (a heap is made of maps, maps of pages), so they are never added. */
#ifndef PFL_WEIGH_ROLE_H
#define PFL_WEIGH_ROLE_H

#include "base/error.h"
#include "perf/session.h"
#include "weigh/formats.h"

enum family {
    FAMILY_HEAP,
    FAMILY_MAPS,
    FAMILY_SLAB,
    FAMILY_PAGES,
    FAMILY_FAULTS,
    FAMILY_COUNT,
    FAMILY_NONE = FAMILY_COUNT,
};

enum role_kind {
    ROLE_NONE,
    ROLE_ALLOC,   /* one record tells all: size and pointer */
    ROLE_FREE,    /* a block ends as the record is written */
    ROLE_ENTRY,   /* a function was called */
    ROLE_RETURN,  /* it returned */
    ROLE_FAULT,   /* a page was faulted in */
    ROLE_SWITCH,  /* sched_switch: one thread went, another came */
    ROLE_WAKEUP,  /* sched_wakeup: a blocked thread became runnable */
    ROLE_OFF_CPU, /* perf record --off-cpu: the period is the time waited */
};

/* How a function allocates. */
enum role_function {
    FUNCTION_NONE,
    FUNCTION_MALLOC,         /* (size) */
    FUNCTION_CALLOC,         /* (count, size) */
    FUNCTION_REALLOC,        /* (pointer, size) */
    FUNCTION_REALLOCARRAY,   /* (pointer, count, size) */
    FUNCTION_ALIGNED,        /* (alignment, size) */
    FUNCTION_POSIX_MEMALIGN, /* (where to put the pointer, alignment, size) */
    FUNCTION_FREE,           /* (pointer) */
    FUNCTION_MMAP,           /* (address, size) */
    FUNCTION_MUNMAP,         /* (address, size) */
    FUNCTION_MREMAP,         /* (address, old size, new size) */
    FUNCTION_BRK,            /* (new end) */
    FUNCTION_SBRK,           /* (increment) */
};

/* Fields that an event lacks have the size 0. */
struct role {
    enum role_kind kind;
    enum family family;
    enum role_function function;
    uint32_t pair;                      /* of --alloc-pair: its number from 1; 0: none */
    struct field pointer, size;         /* arguments; of a return: the pointer that it gave */
    struct field count, old_size;       /* of calloc, mremap */
    struct field address;               /* of the function: pairs entries with returns */
    struct field order;                 /* pages: the size is the page's shifted by it */
    struct field status;                /* of posix_memalign's return */
    struct field previous, next, state; /* SWITCH: threads; WAKEUP: next alone */
    bool has_return, has_entry;         /* ENTRY, RETURN: the other one was recorded too */
    bool is_syscall;      /* sys_enter_*, sys_exit_*: the function is not in the chain */
    bool page_is_pointer; /* pages of older kernels: struct page in place of pfn */
    bool captured;        /* its samples have user stacks to unwind */
    bool hides; /* captured at the entry of a function, in a recording that probes returns */
};

struct roles {
    struct role *list; /* by the session's number */
    uint32_t count;
};

/* `pairs` is NULL-terminated, or NULL: "ALLOC:size=F:ptr=F,FREE:ptr=F" each. Errors: ABSENT (a pair
 * names an event or a field that is not there), USAGE (it is no pair), MEMORY. */
int roles_find(struct roles *roles, const struct perf_session *session,
               const struct formats *formats, const char *const *pairs, struct pfl_error *err);
void roles_done(struct roles *roles);

const char *family_name(enum family family);

/* FAMILY_NONE if there is none of this name. */
enum family family_named(const char *name);

/* The function that an event stands on, of `size` bytes at most: "probe_libc:malloc__return" is on
 * "malloc". */
void role_function_name(const char *event, char *name, size_t size);

#endif
