/* SPDX-License-Identifier: MIT */
/* Draws a recording while the nth allocation that a foreign library makes fails, and no other, for
 * n = 0, 1, 2, ... until there are no more. Each run must end with PFL_ERROR_MEMORY or, where the
 * library can do without, with what is drawn when none fails. test_allocations.py runs it as
 *
 *     foreign LIBRARY RECORDING          LIBRARY: a part of its file's name, as in libxml2
 *
 * Its own malloc stands before the C library's, and before the sanitizer's, for all libraries. */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <perflame/perflame.h>

#define MOST_ALLOCATIONS 100000

#define NAMES(of, arguments)                                                                       \
    extern void *__interceptor_##of arguments __attribute__((weak));                               \
    extern void *__libc_##of arguments;

NAMES(malloc, (size_t size))
NAMES(calloc, (size_t count, size_t size))
NAMES(realloc, (void *old, size_t size))

static atomic_uintptr_t library_start, library_end;
static atomic_long left = -1; /* until one fails; below 0: none will */

/* Whether the call that returns to `caller` fails. */
static bool must_fail(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;
    if (at < atomic_load(&library_start) || at >= atomic_load(&library_end) ||
        atomic_load(&left) < 0 || atomic_fetch_sub(&left, 1) != 0)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    if (must_fail(__builtin_return_address(0)))
        return NULL;
    return __interceptor_malloc ? __interceptor_malloc(size) : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (must_fail(__builtin_return_address(0)))
        return NULL;
    return __interceptor_calloc ? __interceptor_calloc(count, size) : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    if (must_fail(__builtin_return_address(0)))
        return NULL;
    return __interceptor_realloc ? __interceptor_realloc(old, size) : __libc_realloc(old, size);
}

/* Where the code of the library lies. */
static bool find_library(const char *name)
{
    char line[4096];
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long long start, end;
        if (strstr(line, name) && strstr(line, " r-x") &&
            sscanf(line, "%llx-%llx", &start, &end) == 2) {
            atomic_store(&library_start, (uintptr_t)start);
            atomic_store(&library_end, (uintptr_t)end);
        }
    }
    if (maps)
        fclose(maps);
    return atomic_load(&library_end) != 0;
}

struct text {
    char *bytes;
    size_t size;
};

static int take(void *context, const void *data, size_t size)
{
    struct text *text = context;
    text->bytes = realloc(text->bytes, text->size + size + 1);
    if (!text->bytes)
        abort();
    memcpy(text->bytes + text->size, data, size);
    text->size += size;
    return 0;
}

static int draw(const char *path, struct text *text, struct pfl_error *err)
{
    const struct pfl_profile_options options = {.size = sizeof options,
                                                .symfs = "/nonexistent",
                                                .kallsyms = "/nonexistent",
                                                .buildid_dir = "/nonexistent",
                                                .threads = 1};
    const struct pfl_sink sink = {.write = take, .context = text};
    struct pfl_profile *profile;
    int r = pfl_profile_new(&profile, &options, err);
    if (r < 0)
        return r;
    if ((r = pfl_profile_add_file(profile, path, err)) == 0 &&
        (r = pfl_profile_finish(profile, err)) == 0)
        r = pfl_picture_write(profile, NULL, PFL_PICTURE_SVG, &sink, err);
    pfl_profile_free(profile);
    return r;
}

int main(int count, char **arguments)
{
    struct text whole = {0};
    struct pfl_error err = {0};
    if (count != 3 || draw(arguments[2], &whole, &err) < 0 || !find_library(arguments[1])) {
        printf("%s: %s\n", arguments[0], *err.message ? err.message : "no such library");
        return 2;
    }
    int failed = 0;
    long n = 0;
    for (bool over = false; !over && n < MOST_ALLOCATIONS; n++) {
        struct text text = {0};
        err = (struct pfl_error){0};
        atomic_store(&left, n);
        int r = draw(arguments[2], &text, &err);
        over = atomic_exchange(&left, -1) >= 0;
        bool same = text.size == whole.size && memcmp(text.bytes, whole.bytes, text.size) == 0;
        if (r == 0 ? !same : r != -PFL_ERROR_MEMORY || !*err.message) {
            printf("allocation %ld: %d, %s%s\n", n, r, err.message, r ? "" : "another result");
            failed = 1;
        }
        free(text.bytes);
    }
    free(whole.bytes);
    printf("%s: %ld allocations\n", arguments[1], n - 1);
    return failed;
}
