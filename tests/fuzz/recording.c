/* SPDX-License-Identifier: MIT */
/* A perf.data file through the whole library: address spaces, chains, places, weights, trie, folded
 * text. Nothing of this machine is read: the root of the recording's files is empty, or holds one
 * file, which is the kernel's symbols too:
 *
 *     ["+"][size of the file: 2 bytes][FOLDER/file][perf.data] */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <perflame/perflame.h>

static int take(void *context, const void *data, size_t size)
{
    fuzz_touch(data, size);
    return 0;
}

static void write_all(const struct pfl_profile *profile)
{
    const struct pfl_sink sink = {.write = take};
    uint32_t count = pfl_profile_column_count(profile);
    for (uint32_t i = 0; i < count && i < 4; i++)
        (void)pfl_fold_write(profile, &i, 1, NULL, &sink, NULL);
    const struct pfl_table_options table = {.size = sizeof table};
    (void)pfl_table_write(profile, NULL, 0, &table, &sink, NULL);
}

static void run(const uint8_t *data, size_t size, const char *folder, const char *file)
{
    const struct pfl_profile_options options = {.size = sizeof options,
                                                .by = size % 2 ? PFL_BY_COMM : PFL_BY_THREAD,
                                                .addresses = 1,
                                                .perf_compat = size % 3 == 0,
                                                .threads = size % 4 == 3 ? 3 : 0,
                                                .symfs = folder,
                                                .kallsyms = file,
                                                .buildid_dir = "/dev/null"};
    struct source source = fuzz_source(data, size);
    struct pfl_profile *profile;
    FUZZ_CHECK(pfl_profile_new(&profile, &options, NULL) == 0);
    struct pfl_error err;
    if (pfl_profile_add_fd(profile, source.fd, "input", &err) == 0 &&
        pfl_profile_finish(profile, &err) == 0)
        write_all(profile);
    pfl_profile_free(profile);
}

static void run_with_file(const struct fuzz_pair *pair)
{
    char folder[] = "/tmp/perflame-fuzz-XXXXXX", path[sizeof folder + 8];
    FUZZ_CHECK(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    fuzz_put(path, pair->first, pair->first_size);
    run(pair->second, pair->second_size, folder, path);
    unlink(path);
    FUZZ_CHECK(rmdir(folder) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_pair pair;
    if (fuzz_split(data, size, &pair))
        run_with_file(&pair);
    else
        run(data, size, "/nonexistent", "/nonexistent");
    return 0;
}
