/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share. Each target is one file with LLVMFuzzerTestOneInput: libFuzzer
 * calls it (meson setup -Dfuzz=true), and replay.c, which every test run builds. */
#ifndef PFL_TESTS_FUZZ_FUZZ_H
#define PFL_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as a file; the same file is filled anew each time. */
struct source fuzz_source(const uint8_t *data, size_t size);

/* An input of two files: '+', the size of the first in two bytes, and their bytes. */
struct fuzz_pair {
    const uint8_t *first, *second;
    size_t first_size, second_size;
};

/* False if the input is a single file. */
bool fuzz_split(const uint8_t *data, size_t size, struct fuzz_pair *ret_pair);

/* Makes a file of the bytes at a path. */
void fuzz_put(const char *path, const uint8_t *data, size_t size);

/* Ends the process with what did not hold. */
#define FUZZ_CHECK(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/* Reads every byte, so that a sanitizer sees those that are not there. */
void fuzz_touch(const void *bytes, size_t size);

#endif
