/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The one piece of global state, and tests alone write it. */
static atomic_long allocations_left = -1;

void mem_fail_after(long n)
{
    atomic_store(&allocations_left, n);
}

static bool mem_must_fail(void)
{
    long left = atomic_load_explicit(&allocations_left, memory_order_relaxed);
    if (__builtin_expect(left < 0, 1))
        return false;
    while (left > 0 && !atomic_compare_exchange_weak(&allocations_left, &left, left - 1))
        ;
    return left == 0;
}

void *mem_alloc(size_t size)
{
    return mem_must_fail() ? NULL : malloc(size ? size : 1);
}

void *mem_zalloc(size_t count, size_t size)
{
    return mem_must_fail() ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *mem_resize(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (mem_must_fail() || __builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return realloc(block, bytes ? bytes : 1);
}

void mem_free(void *block)
{
    free(block);
}

void mem_clear(void *block, size_t size)
{
    memset(block, 0, size);
}

char *mem_copy_text(const char *text, size_t size)
{
    if (size == SIZE_MAX)
        return NULL;
    char *copy = mem_alloc(size + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

int mem_grow_to(void *array, size_t *capacity, size_t need, size_t size)
{
    size_t bigger = *capacity ? *capacity : 16;
    while (bigger < need)
        if (__builtin_mul_overflow(bigger, 2, &bigger))
            return -1;
    void *old;
    memcpy(&old, array, sizeof old); /* void ** would alias the caller's pointer type */
    void *block = mem_resize(old, bigger, size);
    if (!block)
        return -1;
    memcpy(array, &block, sizeof block);
    *capacity = bigger;
    return 0;
}
