/* SPDX-License-Identifier: MIT */
/* How many captured stacks a second are unwound once the tables are warm: unwind RECORDING
 * [THREADS]
 *
 * Reads the recording once, keeps the first samples in memory, and gives them to the resolver
 * again and again; with one thread the time is that of the processor, otherwise that on the wall.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "perf/session.h"
#include "resolve/resolver.h"

#define KEPT   4000u
#define ROUNDS 20
#define RUN    256u

static double seconds(unsigned threads)
{
    struct timespec now;
    clock_gettime(threads > 1 ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const uint8_t *keep(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size + 1);
    if (copy && size)
        memcpy(copy, bytes, size);
    return copy;
}

static int give(struct resolver *resolver, const struct perf_record *record, uint64_t *frames,
                struct stacks *stacks, struct pfl_error *err)
{
    struct resolved_stack stack;
    int r = resolver_stack(resolver, record, &stack, err);
    if (r == 0 && frames)
        *frames += stacks_part_at(stacks, stack.user_part).count;
    return r;
}

/* Unwinds all that was kept. */
static int give_all(struct resolver *resolver, const struct perf_record *kept, unsigned count,
                    unsigned threads, struct pfl_error *err)
{
    const struct perf_record *run[RUN];
    int r = 0;
    for (unsigned i = 0; i < count && r == 0; i++) {
        unsigned ahead = 0;
        while (threads > 1 && i % RUN == 0 && ahead < RUN && i + ahead < count) {
            run[ahead] = &kept[i + ahead];
            ahead++;
        }
        if (ahead)
            r = resolver_unwind(resolver, run, ahead, threads, err);
        if (r == 0)
            r = give(resolver, &kept[i], NULL, NULL, err);
    }
    return r;
}

int main(int argc, char **argv)
{
    static struct perf_record kept[KEPT];
    struct pfl_error err = {0};
    struct source source;
    struct perf_session *session = NULL;
    struct resolver *resolver = NULL;
    struct resolve_options options = {0};
    struct stacks *stacks = stacks_new();
    struct perf_record record;
    uint64_t frames = 0;
    unsigned count = 0, threads = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
    int r = 0;
    if (argc < 2 || source_open(&source, argv[1], &err) < 0 ||
        perf_session_open(&session, &source, &err) < 0 ||
        resolver_new(&resolver, stacks, &options, &err) < 0 ||
        resolver_begin(resolver, session, 0, &err) < 0) {
        fprintf(stderr, "unwind: %s\n", argc < 2 ? "which recording?" : err.message);
        return 1;
    }
    while ((r = perf_session_next(session, &record, &err)) > 0) {
        if (record.type != PERF_RECORD_SAMPLE) {
            r = resolver_record(resolver, &record, &err);
        } else if ((r = give(resolver, &record, NULL, stacks, &err)) == 0 && count < KEPT &&
                   record.sample.user_stack_size) {
            struct perf_sample *sample = &record.sample;
            sample->callchain.bytes = keep(sample->callchain.bytes, sample->callchain.count * 8);
            sample->user_regs.bytes = keep(sample->user_regs.bytes, sample->user_regs.count * 8);
            gap_read(&sample->user_stack_gap, sample->user_stack_size);
            sample->user_stack_gap = (struct gap){0};
            sample->user_stack = keep(sample->user_stack, sample->user_stack_size);
            kept[count++] = record;
        }
        if (r < 0)
            break;
    }
    for (unsigned i = 0; i < count && r == 0; i++)
        r = give(resolver, &kept[i], &frames, stacks, &err);
    double start = seconds(threads);
    for (unsigned i = 0; i < ROUNDS && r == 0; i++)
        r = give_all(resolver, kept, count, threads, &err);
    double took = seconds(threads) - start;
    printf("%u samples of %.1f user frames, %d times: %.0f samples/s, %.1f ns/frame\n", count,
           (double)frames / count, ROUNDS, ROUNDS * count / took,
           took * 1e9 / ROUNDS / (double)frames);
    return r < 0;
}
