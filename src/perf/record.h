/* SPDX-License-Identifier: MIT */
/* A record, decoded. Pointers lead into the reader's blocks. */
#ifndef PFL_PERF_RECORD_H
#define PFL_PERF_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/gap.h"

/* The kernel's (enum perf_event_type). Of those that have no struct below only who and when is
 * read. */
enum perf_record_type {
    PERF_RECORD_MMAP = 1,
    PERF_RECORD_LOST = 2,
    PERF_RECORD_COMM = 3,
    PERF_RECORD_EXIT = 4,
    PERF_RECORD_THROTTLE = 5,
    PERF_RECORD_UNTHROTTLE = 6,
    PERF_RECORD_FORK = 7,
    PERF_RECORD_READ = 8,
    PERF_RECORD_SAMPLE = 9,
    PERF_RECORD_MMAP2 = 10,
    PERF_RECORD_AUX = 11,
    PERF_RECORD_ITRACE_START = 12,
    PERF_RECORD_LOST_SAMPLES = 13,
    PERF_RECORD_SWITCH = 14,
    PERF_RECORD_SWITCH_CPU_WIDE = 15,
    PERF_RECORD_NAMESPACES = 16,
    PERF_RECORD_KSYMBOL = 17,
    PERF_RECORD_BPF_EVENT = 18,
    PERF_RECORD_CGROUP = 19,
    PERF_RECORD_TEXT_POKE = 20,
    PERF_RECORD_AUX_OUTPUT_HW_ID = 21,
    PERF_RECORD_CALLCHAIN_DEFERRED = 22,
};

/* header.misc: who was running, and bits whose meaning depends on the type. */
enum perf_cpumode {
    PERF_CPUMODE_UNKNOWN = 0,
    PERF_CPUMODE_KERNEL = 1,
    PERF_CPUMODE_USER = 2,
    PERF_CPUMODE_HYPERVISOR = 3,
    PERF_CPUMODE_GUEST_KERNEL = 4,
    PERF_CPUMODE_GUEST_USER = 5,
};
#define PERF_MISC_CPUMODE       0x7u
#define PERF_MISC_MMAP_CUT      (1u << 12) /* PROC_MAP_PARSE_TIMEOUT: others are missing */
#define PERF_MISC_MMAP_DATA     (1u << 13)
#define PERF_MISC_COMM_EXEC     (1u << 13)
#define PERF_MISC_FORK_EXEC     (1u << 13)
#define PERF_MISC_SWITCH_OUT    (1u << 13)
#define PERF_MISC_MMAP_BUILD_ID (1u << 14)

/* perf_ksymbol.flags: the code went away. */
#define PERF_KSYMBOL_UNREGISTER (1u << 0)

/* enum perf_record_ksymbol_type. */
enum perf_ksymbol_type {
    PERF_KSYMBOL_UNKNOWN = 0,
    PERF_KSYMBOL_BPF = 1,
    PERF_KSYMBOL_OUT_OF_LINE = 2, /* kprobes, ftrace trampolines */
};

/* sample_type bits. */
enum perf_sample_bit {
    PERF_SAMPLE_IP = 1 << 0,
    PERF_SAMPLE_TID = 1 << 1,
    PERF_SAMPLE_TIME = 1 << 2,
    PERF_SAMPLE_ADDR = 1 << 3,
    PERF_SAMPLE_READ = 1 << 4,
    PERF_SAMPLE_CALLCHAIN = 1 << 5,
    PERF_SAMPLE_ID = 1 << 6,
    PERF_SAMPLE_CPU = 1 << 7,
    PERF_SAMPLE_PERIOD = 1 << 8,
    PERF_SAMPLE_STREAM_ID = 1 << 9,
    PERF_SAMPLE_RAW = 1 << 10,
    PERF_SAMPLE_BRANCH_STACK = 1 << 11,
    PERF_SAMPLE_REGS_USER = 1 << 12,
    PERF_SAMPLE_STACK_USER = 1 << 13,
    PERF_SAMPLE_WEIGHT = 1 << 14,
    PERF_SAMPLE_DATA_SRC = 1 << 15,
    PERF_SAMPLE_IDENTIFIER = 1 << 16,
    PERF_SAMPLE_TRANSACTION = 1 << 17,
    PERF_SAMPLE_REGS_INTR = 1 << 18,
    PERF_SAMPLE_PHYS_ADDR = 1 << 19,
    PERF_SAMPLE_AUX = 1 << 20,
    PERF_SAMPLE_CGROUP = 1 << 21,
    PERF_SAMPLE_DATA_PAGE_SIZE = 1 << 22,
    PERF_SAMPLE_CODE_PAGE_SIZE = 1 << 23,
    PERF_SAMPLE_WEIGHT_STRUCT = 1 << 24,
};

/* The fields at the beginning of a sample, a word each. */
#define PERF_SAMPLE_FRONT                                                                          \
    ((uint64_t)(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |     \
                PERF_SAMPLE_ADDR | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU |      \
                PERF_SAMPLE_PERIOD))

/* A bit of branch_sample_type: the branches are calls that have not returned. */
#define PERF_BRANCH_CALL_STACK (UINT64_C(1) << 11)

/* Markers inside a call chain: what follows was pushed in that mode (enum
 * perf_callchain_context). Every value from PERF_CONTEXT_MAX up is a marker, known or not. */
#define PERF_CONTEXT_HV            ((uint64_t)-32)
#define PERF_CONTEXT_KERNEL        ((uint64_t)-128)
#define PERF_CONTEXT_USER          ((uint64_t)-512)
#define PERF_CONTEXT_USER_DEFERRED ((uint64_t)-640) /* and a cookie: the session joins them */
#define PERF_CONTEXT_GUEST         ((uint64_t)-2048)
#define PERF_CONTEXT_GUEST_KERNEL  ((uint64_t)-2176)
#define PERF_CONTEXT_GUEST_USER    ((uint64_t)-2560)
#define PERF_CONTEXT_MAX           ((uint64_t)-4095)

/* Unaligned 64-bit words in a block: a call chain, a branch stack, registers. */
struct perf_words {
    const uint8_t *bytes;
    uint32_t count;
    bool swap;
};

static inline uint64_t perf_word(const struct perf_words *words, uint32_t i)
{
    uint64_t value;
    memcpy(&value, words->bytes + (size_t)i * 8, sizeof value);
    return words->swap ? __builtin_bswap64(value) : value;
}

/* A sample of a group that reads its members' counters ('{a,b}:S') is given once for each member
 * whose counter moved: event is the member, period is by how much. */
struct perf_sample {
    uint32_t event;  /* number in the session */
    bool again;      /* the same record as the one before, for another member of its group */
    uint64_t fields; /* sample_type of the event: which of these were recorded */
    uint64_t ip, period;
    struct perf_words callchain; /* leaf first, with context markers */
    const uint8_t *raw;
    uint32_t raw_size;
    /* From here on what few samples have: see perf_sample_is_short. */
    uint64_t cgroup;
    struct perf_words branches;  /* three words each: from, to, flags */
    uint64_t user_abi;           /* of user_regs: 0 none, 1 32-bit, 2 64-bit */
    struct perf_words user_regs; /* in the order of the bits of sample_regs_user */
    const uint8_t *user_stack;
    uint64_t user_stack_size;  /* valid bytes (dyn_size) */
    uint64_t user_stack_room;  /* bytes there was room for: with fewer the stack's end was met */
    struct gap user_stack_gap; /* in it, if it is in a file: see stack_gap.h */
};

/* True if all behind raw_size is zero. */
static inline bool perf_sample_is_short(const struct perf_sample *sample)
{
    const uint64_t most = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
                          PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_ID | PERF_SAMPLE_CPU |
                          PERF_SAMPLE_PERIOD | PERF_SAMPLE_RAW | PERF_SAMPLE_IDENTIFIER;
    return !(sample->fields & ~most);
}

/* MMAP and MMAP2. */
struct perf_mmap {
    uint64_t start, size, file_offset;
    uint32_t protection; /* PROT_*; MMAP: PROT_EXEC unless MISC_MMAP_DATA */
    uint32_t maj, min;   /* MMAP2 without a build id */
    uint64_t inode, inode_generation;
    uint8_t build_id_size; /* 0: none */
    uint8_t build_id[20];
    const char *path;
    size_t path_length;
};

struct perf_comm {
    const char *name;
    size_t length;
    bool exec; /* the comm changed because of exec: the address space is new */
};

struct perf_task { /* FORK, EXIT */
    uint32_t parent_pid, parent_tid;
};

struct perf_lost { /* LOST, LOST_SAMPLES; THROTTLE: count 1 */
    uint64_t count;
    uint32_t event; /* number in the session: whose ring it was */
};

struct perf_switch {
    bool out, preempted;
    uint32_t other_pid, other_tid; /* SWITCH_CPU_WIDE: next, or previous */
};

/* Code of the kernel that appears, or goes, while recording. */
struct perf_ksymbol {
    uint64_t address;
    uint32_t size;
    uint16_t kind;  /* enum perf_ksymbol_type */
    uint16_t flags; /* PERF_KSYMBOL_UNREGISTER */
    const char *name;
    size_t name_length;
};

struct perf_cgroup { /* what the number in perf_sample.cgroup means */
    uint64_t id;
    const char *path;
    size_t path_length;
};

/* CALLCHAIN_DEFERRED: the user part of samples that were taken in the kernel. Not given: the
 * session joins them. */
struct perf_deferred {
    uint64_t cookie;
    struct perf_words words;
};

struct perf_record {
    uint32_t type; /* enum perf_record_type, or a number that perflame does not know */
    uint16_t misc;
    uint64_t offset; /* byte in the file where the record stands */
    /* From the sample, or from the sample_id trailer; has_* says whether it was there. */
    uint64_t time;          /* ns; 0 where the record has none */
    uint32_t pid, tid, cpu; /* pid and tid: UINT32_MAX where the record has none */
    bool has_time, has_cpu;
    union {
        struct perf_sample sample;
        struct perf_mmap mmap;
        struct perf_comm comm;
        struct perf_task task;
        struct perf_lost lost;
        struct perf_switch switched;
        struct perf_ksymbol ksymbol;
        struct perf_cgroup cgroup;
        struct perf_deferred deferred;
    };
};

static inline unsigned perf_record_cpumode(const struct perf_record *record)
{
    return record->misc & PERF_MISC_CPUMODE;
}

#endif
