/* SPDX-License-Identifier: MIT */
/* Seconds of each stage of perflame, of the processors and of the clock on the wall, as one line of
 * JSON: bench-stages RECORDING [WEIGHT [EVENT]]
 *
 *     read      records in time order, decoded, by the room perf alone
 *     weigh     what the library's reading takes beyond that: stacks found, weights added
 *     resolve   names, and the trie of them
 *     fold      folded text, written nowhere
 *     draw      the SVG, written nowhere
 */
#include <perflame/perflame.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "perf/session.h"

/* A moment, by the clock of the processors and by that on the wall. */
struct moment {
    double cpu, wall;
};

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct moment moment_now(void)
{
    return (struct moment){seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC)};
}

static int nowhere(void *context, const void *data, size_t size)
{
    *(uint64_t *)context += size;
    return 0;
}

/* Not inlined, so that its instructions can be told apart (instructions.py). */
__attribute__((noinline)) static int read_alone(const char *path, uint64_t *ret_samples,
                                                struct pfl_error *err)
{
    CLEANUP(perf_session_cleanup) struct perf_session *session = NULL;
    struct source source;
    struct perf_record record;
    int r = source_begin(&source, path, "data", err);
    if (r < 0)
        return r;
    if ((r = perf_session_open(&session, &source, err)) == 0)
        while ((r = perf_session_next(session, &record, err)) > 0)
            *ret_samples += record.type == PERF_RECORD_SAMPLE;
    source_close(&source);
    return r;
}

static void say_clock(const char *clock, const double at[6])
{
    printf("\"%s\": {\"read\": %.4f, \"weigh\": %.4f, \"resolve\": %.4f, \"fold\": %.4f, "
           "\"draw\": %.4f}, ",
           clock, at[1] - at[0], (at[2] - at[1]) - (at[1] - at[0]), at[3] - at[2], at[4] - at[3],
           at[5] - at[4]);
}

static void say(const struct moment at[6], uint64_t samples, uint64_t folded, uint64_t drawn)
{
    double cpu[6], wall[6];
    for (int i = 0; i < 6; i++) {
        cpu[i] = at[i].cpu;
        wall[i] = at[i].wall;
    }
    printf("{");
    say_clock("cpu", cpu);
    say_clock("seconds", wall);
    printf("\"samples\": %llu, \"folded_bytes\": %llu, \"svg_bytes\": %llu}\n",
           (unsigned long long)samples, (unsigned long long)folded, (unsigned long long)drawn);
}

static int run(const char *path, const char *weight, const char *event, struct pfl_error *err)
{
    const char *const weights[] = {weight, NULL}, *const events[] = {event, NULL};
    struct pfl_profile_options options = {.size = sizeof options};
    struct pfl_picture_options picture = {.size = sizeof picture};
    uint64_t samples = 0, folded = 0, drawn = 0;
    const struct pfl_sink fold_sink = {.write = nowhere, .context = &folded};
    const struct pfl_sink draw_sink = {.write = nowhere, .context = &drawn};
    struct pfl_profile *profile = NULL;
    const uint32_t column = 0;
    struct moment at[6] = {moment_now()};
    int r;
    options.weights = weight ? weights : NULL;
    options.events = event ? events : NULL;
    if ((r = read_alone(path, &samples, err)) < 0)
        return r;
    at[1] = moment_now();
    if ((r = pfl_profile_new(&profile, &options, err)) == 0 &&
        (r = pfl_profile_add_file(profile, path, err)) == 0) {
        at[2] = moment_now();
        r = pfl_profile_finish(profile, err);
        at[3] = moment_now();
    }
    if (r == 0 && (r = pfl_fold_write(profile, &column, 1, NULL, &fold_sink, err)) == 0) {
        at[4] = moment_now();
        r = pfl_picture_write(profile, &picture, PFL_PICTURE_SVG, &draw_sink, err);
        at[5] = moment_now();
    }
    pfl_profile_free(profile);
    if (r == 0)
        say(at, samples, folded, drawn);
    return r;
}

int main(int argc, char **argv)
{
    struct pfl_error err = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: bench-stages RECORDING [WEIGHT [EVENT]]\n");
        return 2;
    }
    if (run(argv[1], argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL, &err) < 0) {
        fprintf(stderr, "bench-stages: %s\n", err.message);
        return 1;
    }
    return 0;
}
