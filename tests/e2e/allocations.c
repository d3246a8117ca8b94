/* SPDX-License-Identifier: MIT */
/* Reads inputs with the library while the nth allocation, and all that follow, fail: for n = 0, 1,
 * 2, ... until the result is that of a run in which none fails. Each run before that must end with
 * PFL_ERROR_MEMORY; that nothing leaks is the sanitizer's to say. test_allocations.py runs it. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <perflame/perflame.h>

#include "base/mem.h"

/* A failure that is survived without harm must not be taken for the end. */
#define ENOUGH_SUCCESSES 40
#define MOST_ALLOCATIONS 200000

struct text {
    char *bytes;
    size_t size;
};

static int take(void *context, const void *data, size_t size)
{
    struct text *text = context;
    text->bytes = realloc(text->bytes, text->size + size + 1); /* not one of those that fail */
    if (!text->bytes)
        abort();
    memcpy(text->bytes + text->size, data, size);
    text->size += size;
    return 0;
}

static int read_and_write(const char *path, const struct pfl_profile_options *options,
                          struct text *text, struct pfl_error *err)
{
    const struct pfl_sink sink = {.write = take, .context = text};
    struct pfl_profile *profile;
    int r = pfl_profile_new(&profile, options, err);
    if (r < 0)
        return r;
    if ((r = pfl_profile_add_file(profile, path, err)) == 0 &&
        (r = pfl_profile_finish(profile, err)) == 0)
        r = pfl_fold_write(profile, NULL, 0, NULL, &sink, err);
    pfl_profile_free(profile);
    return r;
}

/* How many allocations there were, or -1 with what went wrong said. */
static long try_file(const char *path, const struct pfl_profile_options *options)
{
    struct text whole = {0};
    struct pfl_error err = {0};
    if (read_and_write(path, options, &whole, &err) < 0) {
        printf("# %s: %s\n", path, err.message);
        return -1;
    }
    long successes = 0, n = 0;
    for (; successes < ENOUGH_SUCCESSES && n < MOST_ALLOCATIONS; n++) {
        struct text text = {0};
        err = (struct pfl_error){0};
        mem_fail_after(n);
        int r = read_and_write(path, options, &text, &err);
        mem_fail_after(-1);
        bool same = text.size == whole.size &&
                    (!text.size || memcmp(text.bytes, whole.bytes, text.size) == 0);
        free(text.bytes);
        successes = r == 0 ? successes + 1 : 0;
        if ((r < 0 && (r != -PFL_ERROR_MEMORY || !*err.message)) || (r == 0 && !same)) {
            printf("# %s: allocation %ld: %d, %s%s\n", path, n, r, err.message,
                   r == 0 ? "another result" : "");
            n = -1;
            break;
        }
    }
    free(whole.bytes);
    return n < 0 ? n : n - ENOUGH_SUCCESSES;
}

int main(int count, char **paths)
{
    struct pfl_profile_options options = {.size = sizeof options,
                                          .addresses = 1,
                                          .symfs = "/nonexistent",
                                          .kallsyms = "/nonexistent",
                                          .buildid_dir = "/nonexistent",
                                          .threads = 1};
    int failed = 0, first = 1;
    for (; first + 1 < count && strncmp(paths[first], "--", 2) == 0; first += 2) {
        if (strcmp(paths[first], "--symfs") == 0)
            options.symfs = paths[first + 1];
        else if (strcmp(paths[first], "--addresses") == 0)
            options.addresses = atoi(paths[first + 1]);
        else
            options.threads = (unsigned)atoi(paths[first + 1]);
    }
    for (int i = first; i < count; i++) {
        long allocations = try_file(paths[i], &options);
        failed += allocations < 0;
        printf("%s %ld\n", paths[i], allocations);
    }
    return failed != 0;
}
