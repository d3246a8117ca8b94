/* SPDX-License-Identifier: MIT */
/* All allocation goes through here, so that tests can make the nth one fail and so that every
 * size is computed with overflow checked. */
#ifndef PFL_BASE_MEM_H
#define PFL_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

/* Uninitialised bytes, or NULL. size 0 gives a valid pointer. */
void *mem_alloc(size_t size);

/* count * size zeroed bytes, or NULL (also when the product overflows). */
void *mem_zalloc(size_t count, size_t size);

/* Like realloc, for count * size bytes. On NULL the old block is untouched. */
void *mem_resize(void *block, size_t count, size_t size);

void mem_free(void *block);

/* Writes zeros. For what is cleared a million times: where the size can be seen, gcc clears more
 * than 100 bytes by `rep stos`, which takes longer to begin than all of it need take. */
void mem_clear(void *block, size_t size);

/* Asks for what lies so many bytes behind `block`, MEM_LINE at most, which is soon to be read, or
 * written to: what another thread had last takes as long to come as a hundred instructions. Nothing
 * is touched, so it need not be there. */
#define MEM_LINE 64u
static inline void mem_fetch(const void *block, size_t offset)
{
    __builtin_prefetch((const void *)((uintptr_t)block + offset));
}
static inline void mem_fetch_to_write(const void *block, size_t offset)
{
    __builtin_prefetch((const void *)((uintptr_t)block + offset), 1);
}

/* A copy of `size` bytes and a NUL behind them, or NULL. */
char *mem_copy_text(const char *text, size_t size);

/* What mem_grow does where there is no room yet. */
int mem_grow_to(void *array, size_t *capacity, size_t need, size_t size);

/* Makes room for `need` elements in a growable array: *array (a pointer to elements of `size`
 * bytes) and *capacity are changed together, only on success. Returns 0 or -1.
 *
 *     if (mem_grow(&list->items, &list->capacity, list->count + 1, sizeof *list->items) < 0)
 */
static inline int mem_grow(void *array, size_t *capacity, size_t need, size_t size)
{
    return need <= *capacity ? 0 : mem_grow_to(array, capacity, need, size);
}

/* For tests: the allocation after `n` more successful ones fails, and all that follow;
 * n < 0 turns that off. For all threads together; the library itself never calls it. */
void mem_fail_after(long n);

/* Declares `name` as a cleanup for variables of type `type *`:
 *     MEM_CLEANUP(trie_cleanup, struct trie, trie_free)
 *     CLEANUP(trie_cleanup) struct trie *trie = NULL; */
#define MEM_CLEANUP(name, type, free_function)                                                     \
    static inline void name(type **value)                                                          \
    {                                                                                              \
        free_function(*value);                                                                     \
    }
#define CLEANUP(name) __attribute__((cleanup(name)))

/* Cleanup for any block from this header: CLEANUP(mem_cleanup) char *text = ... */
static inline void mem_cleanup(void *pointer_to_block)
{
    mem_free(*(void **)pointer_to_block);
}

/* Gives a value up to the caller, so that its cleanup finds NULL. */
#define MEM_TAKE(value)                                                                            \
    __extension__({                                                                                \
        __typeof__(value) taken_ = (value);                                                        \
        (value) = NULL;                                                                            \
        taken_;                                                                                    \
    })

#endif
