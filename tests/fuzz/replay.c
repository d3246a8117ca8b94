/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target over files and over the files of folders: the driver without libFuzzer, with
 * which every test run replays the corpora. --prefixes: over each beginning of them, too.
 * An input has SECONDS; what it allocates is bounded by
 * ASAN_OPTIONS in meson.build. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define SECONDS 20

static const char *current = "";
static bool prefixes;

/* libFuzzer asks for it before a custom mutator works; here nothing is mutated. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most)
{
    return size;
}

/* In a block of its own, so that a read behind its end is seen. */
static void run_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    FUZZ_CHECK(copy);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static size_t replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    FUZZ_CHECK(file && fstat(fileno(file), &st) == 0);
    size_t size = (size_t)st.st_size;
    uint8_t *data = malloc(size + 1);
    FUZZ_CHECK(data && fread(data, 1, size, file) == size);
    fclose(file);
    current = path;
    size_t count = 0;
    for (size_t length = prefixes ? 0 : size; length <= size; length++, count++) {
        alarm(SECONDS);
        run_copy(data, length);
        alarm(0);
    }
    free(data);
    return count;
}

static size_t replay(const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);
    if (count < 0)
        return replay_file(path);
    size_t files = 0;
    for (int i = 0; i < count; i++) {
        char inner[4096];
        snprintf(inner, sizeof inner, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            files += replay_file(inner);
        free(names[i]);
    }
    free(names);
    return files;
}

static void tell(void)
{
    if (*current)
        fprintf(stderr, "# at the end: %s\n", current);
}

int main(int count, char **arguments)
{
    atexit(tell);
    size_t files = 0;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--prefixes") == 0)
            prefixes = true;
        else
            files += replay(arguments[i]);
    }
    current = "";
    printf("1..1\n%s 1 - %zu inputs were survived\n", files ? "ok" : "not ok", files);
    return files ? 0 : 1;
}
