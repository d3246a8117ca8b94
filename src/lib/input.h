/* SPDX-License-Identifier: MIT */
/* What a profile remembers of each of its inputs, for notices and info. */
#ifndef PFL_LIB_INPUT_H
#define PFL_LIB_INPUT_H

#include "base/error.h"
#include "lib/processes.h"
#include "perf/session.h"
#include "tree/folded.h"

/* Sums over the samples of an event that counted, in the unit of its first column. */
struct input_quality {
    int64_t weight;
    int64_t broken; /* in stacks whose chain ends in garbage */
    int64_t without_callchain;
    /* Of captured user stacks: those that were longer, those whose way was lost, and those in
     * which frame pointers stood in for missing unwind information. */
    int64_t truncated, lost, guessed;
};

/* A field of a tracepoint that can be a weight. */
struct input_field {
    char *name;
    char unit[32];
};

/* The most bytes of a stack that perf captures: its own bound (tools/perf/util/callchain.c). */
#define INPUT_STACK_MOST 65528

/* An event of a recording, and what came of it. */
struct input_event {
    char *name, *unit;
    uint64_t samples; /* all, before filters */
    uint64_t period;  /* their sum */
    uint64_t setting; /* period, or frequency in Hz */
    bool frequency;
    bool has_callchain;
    bool has_branch_stack; /* recorded as a call stack by the processor */
    uint32_t stack_bytes;  /* captured per sample for unwinding; 0: none */
    struct perf_event_losses losses;
    struct input_field *fields;
    uint32_t field_count;
    struct input_quality quality;
};

/* A recording of so many bytes is worth a second thread. */
#define INPUT_WORTH_THREADS (4u * 1024 * 1024)

enum input_kind {
    INPUT_UNKNOWN = 0,
    INPUT_RECORDING,
    INPUT_PICTURE,
    INPUT_SCRIPT,
    INPUT_FOLDED,
    INPUT_KIND_COUNT
};

struct input {
    char *name;
    enum input_kind kind;
    const char *compression; /* "gzip", ... of the file as a whole; NULL: none */
    char *hostname, *os_release, *perf_version, *arch, *cpu, *command_line;
    uint32_t cpus_online;
    uint64_t first_time, last_time; /* of samples, ns */
    uint64_t size;                  /* bytes */
    struct input_event *events;
    uint32_t event_count;
    uint64_t samples;
    struct perf_losses losses;
    uint64_t lost; /* of all events */
    struct processes processes;
    uint32_t process_event;       /* the first that has samples: processes are weighed by it */
    const char *container;        /* "file", "pipe", "directory"; NULL: text */
    bool has_compressed, swapped; /* some records are; recorded in the other byte order */
    bool cut;                     /* compressed as a whole, and not to its end */
    bool shrunk;                  /* a file became shorter while it was read */
    bool closed, has_auxtrace, has_stat;
    bool in_use;                /* what is in use is counted */
    bool of_heap;               /* allocations of that family are */
    struct folded_lines folded; /* of folded text */
    uint64_t skipped_lines;     /* of any text */
    /* Calls of allocators told by their returns' frame-pointer chains, and those of them that were
     * made in the C++ library, whose path is kept. */
    uint64_t calls, cxx_calls;
    char *cxx_library;
};

/* True if more than one of its events has samples. */
bool input_has_several_events(const struct input *input);

/* As people call it; NULL: INPUT_UNKNOWN. */
const char *input_kind_name(enum input_kind kind);

/* Remembers what a session's header says. Returns 0, or memory. */
int input_take_facts(struct input *input, const struct perf_session *session,
                     struct pfl_error *err);
/* Remembers what could not be read, once all is. */
void input_take_losses(struct input *input, const struct perf_session *session,
                       const struct source *source);
void input_done(struct input *input);

#endif
