/* SPDX-License-Identifier: MIT */
/* From addresses to places while the recording is read, from places to names afterwards.
 *
 *     records ─▶ spaces (who maps what, over time) ─▶ places ─▶ symbol sources ─▶ frames
 *                                                               ELF, DWARF, kallsyms,
 *                                                               perf-PID.map
 *
 * resolver.h is the room's door: lib feeds it records and asks it for stacks and names. */
#ifndef PFL_RESOLVE_RESOLVER_H
#define PFL_RESOLVE_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/mem.h"
#include "perf/session.h"
#include "resolve/debuginfod.h"
#include "stacks/stacks.h"

struct resolver;

enum resolve_names {
    RESOLVE_NAMES_SHORT = 0, /* demangled, without parameters: exactly as perf prints it */
    RESOLVE_NAMES_FULL,      /* demangled, with parameters */
    RESOLVE_NAMES_RAW,       /* as the file has it */
};

struct resolve_options {
    const char *symfs;           /* root under which the recording's files stand; NULL: / */
    const char *kallsyms;        /* a file in place of the machine's; NULL: find one */
    const char *vmlinux;         /* likewise */
    const char *const *symbols;  /* files and folders asked by build id; NULL-terminated or NULL */
    const char *buildid_dir;     /* NULL: ~/.debug */
    const char *debuginfod;      /* servers to ask; NULL: none */
    unsigned debuginfod_seconds; /* for all that they are asked; 0: DEBUGINFOD_SECONDS */
    void (*fetching)(void *context, const char *path, unsigned seconds_left); /* or NULL */
    void *fetching_context;
    enum resolve_names names;
    bool perf_compat; /* perf script's choices: no return-address adjustment in chains,
                         garbage kept as unknown frames */
    bool addresses;   /* unresolved frames as DSO+0xOFFSET */
    bool no_inline;   /* without inlined functions */
    bool lines;       /* names with (file:line) behind them */
};

/* `stacks` is where places go, and must outlive the resolver; options' texts are copied. */
int resolver_new(struct resolver **ret_resolver, struct stacks *stacks,
                 const struct resolve_options *options, struct pfl_error *err);
void resolver_free(struct resolver *resolver);
MEM_CLEANUP(resolver_cleanup, struct resolver, resolver_free)

/* Begins a recording: header build ids, host, release and architecture decide which local files
 * may give names, and those written after `recorded_until` (seconds since 1970: the mtime of the
 * recording; 0: unknown) do not. Several recordings may follow each other; objects are shared
 * between them. The session must live until its last resolver_record. */
int resolver_begin(struct resolver *resolver, const struct perf_session *session,
                   int64_t recorded_until, struct pfl_error *err);

/* The recording was read: takes the build ids that a pipe told late. Errors: memory alone. */
int resolver_end(struct resolver *resolver, const struct perf_session *session,
                 struct pfl_error *err);

/* Takes note of MMAP, MMAP2, COMM, FORK, EXIT; ignores other records. Errors: memory alone. */
int resolver_record(struct resolver *resolver, const struct perf_record *record,
                    struct pfl_error *err);

/* True if a record may change what the stack of a sample is: most types do not, nor does a mapping
 * of data. */
bool resolver_turns(const struct resolver *resolver, const struct perf_record *record);

/* The comm of a thread now, "" if never told; valid until the next resolver_record. What perf
 * calls a thread without a name is ":TID"; the swapper is tid 0. */
const char *resolver_comm(struct resolver *resolver, uint32_t pid, uint32_t tid);

/* What a sample's stack is made of. */
struct resolved_stack {
    uint32_t kernel_part, user_part; /* numbers in stacks; 0: empty */
    bool broken;                     /* the user part ends where no caller could be: in garbage */
    bool truncated; /* the user part goes on behind the stack bytes that were captured */
    bool guessed;   /* some of its callers were found by frame pointers for want of CFI */
    bool unwound;   /* it was made from captured bytes */
};

/* The stack of a sample record. A sample without a call chain has its ip as only place. */
int resolver_stack(struct resolver *resolver, const struct perf_record *record,
                   struct resolved_stack *ret_stack, struct pfl_error *err);

/* Unwinds the captured stacks of samples that resolver_stack will be asked for, in this order,
 * before a record is told that resolver_turns at; with so many threads at most, this one among
 * them. What resolver_stack then gives is the same as without. The records must stay where and as
 * they are until then. Errors: memory alone. */
int resolver_unwind(struct resolver *resolver, const struct perf_record *const *records,
                    size_t count, unsigned threads, struct pfl_error *err);

/* The same of a sample that a return probe took: `function` has just returned to the leaf, and
 * stands on it. */
int resolver_stack_returned(struct resolver *resolver, const struct perf_record *record,
                            uint64_t function, struct resolved_stack *ret_stack,
                            struct pfl_error *err);

/* True if a mapping of the kernel has the build id of the kernel that runs here. */
bool resolver_kernel_runs(const struct perf_mmap *kernel);

/* A sample with a captured stack that was taken at the entry of a function whose return is probed:
 * to be told so that later stacks can be followed through it. Errors: memory alone. */
int resolver_entered(struct resolver *resolver, const struct perf_record *record,
                     struct pfl_error *err);

/* To be called now and then while a recording is read, by who has threads to spare: what naming
 * will take may be begun (resolver_prepare), with so many threads, this one among them. Errors:
 * memory alone. */
int resolver_foresee(struct resolver *resolver, unsigned threads, struct pfl_error *err);

enum resolve_kind {
    RESOLVE_USER = 0,
    RESOLVE_KERNEL,
    RESOLVE_JIT,
    RESOLVE_INLINED,
    RESOLVE_UNKNOWN, /* an address that no object holds */
};

/* A named frame of a place. Texts live until the next resolver_name. */
struct resolved_frame {
    const char *name;   /* never empty: "[libfoo.so]" where no symbol was found */
    const char *object; /* base name: "libc.so.6", "[kernel.kallsyms]", "" if unknown */
    enum resolve_kind kind;
    bool named;      /* a symbol was found */
    uint32_t number; /* equal frames have equal ones, which count up from 0 */
};

/* Reads what naming the places known by now takes, symbols and inlined functions, with so many
 * threads at most, this one among them; of a `brief` recording, only where an object takes long. It
 * may be left out; then each object is read when a first place of it is named. Errors: memory
 * alone. */
int resolver_prepare(struct resolver *resolver, unsigned threads, bool brief,
                     struct pfl_error *err);

/* The frames of a place, innermost first: the functions that were inlined there, then the one
 * that they are in. Returns their count (at least 1) or an error (memory alone). */
int resolver_name(struct resolver *resolver, uint32_t place, const struct resolved_frame **ret,
                  struct pfl_error *err);

/* Whether the user part breaks off after one or two frames without reaching a known root, as
 * those of programs without frame pointers do: 1, 0, or an error (memory alone). What has no
 * name may be such a root: a stripped C library has no symbol for what calls main. It names the
 * outermost place, so it is asked per part and after the samples are read. */
int resolver_breaks_off(struct resolver *resolver, uint32_t user_part, struct pfl_error *err);

/* True if a line stands behind the name of any frame that was told. */
bool resolver_found_lines(const struct resolver *resolver);

/* True if names of the kernel were wanted but its addresses are hidden: kptr_restrict. */
bool resolver_kernel_is_hidden(const struct resolver *resolver);

/* The path of a list of kernel symbols of which damaged lines were skipped; NULL if none were. */
const char *resolver_damaged_list(const struct resolver *resolver);

/* The path of the list of kernel symbols that was given, if it cannot be of the kernel recorded;
 * else NULL. */
const char *resolver_foreign_list(const struct resolver *resolver);

/* What debuginfod servers were asked for; NULL if there are none to ask. */
const struct debuginfod *resolver_debuginfod(const struct resolver *resolver);

/* How many objects there are; they have the numbers below. */
uint32_t resolver_object_count(const struct resolver *resolver);

/* The path of an object as recorded; "" for addresses that no object holds. */
const char *resolver_object_path(const struct resolver *resolver, uint32_t object);

/* Why places of an object have no names: "stripped", "not found", "build id differs", ... */
const char *resolver_object_trouble(const struct resolver *resolver, uint32_t object);

/* Appends what would name them, a command or an option; nothing where nothing would. */
void resolver_object_remedy(struct resolver *resolver, uint32_t object, struct buffer *to);

/* Appends the object's build id, if it has one. */
void resolver_object_build_id(const struct resolver *resolver, uint32_t object, struct buffer *to);

#endif
