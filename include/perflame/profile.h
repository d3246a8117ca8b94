/* SPDX-License-Identifier: MIT */
/**
 * A profile: recordings (or folded text) read, weighed, named and folded into one prefix trie.
 *
 *     struct pfl_profile *profile;
 *     struct pfl_error error;
 *     if (pfl_profile_new(&profile, NULL, &error) < 0 ||
 *         pfl_profile_add_file(profile, "perf.data", &error) < 0 ||
 *         pfl_profile_finish(profile, &error) < 0)
 *         fprintf(stderr, "%s\n", error.message);
 *     ...
 *     pfl_profile_free(profile);
 *
 * Add one or more inputs, finish once, then ask: fold.h, table.h, picture.h and info.h write
 * what is in it. A profile is used by one thread at a time; several profiles are independent.
 */
#ifndef PERFLAME_PROFILE_H
#define PERFLAME_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "perflame/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pfl_profile;

enum pfl_group_by {                  /**< what the root frame of a stack is */
                    PFL_BY_COMM = 0, /**< COMM */
                    PFL_BY_PROCESS,  /**< COMM-PID */
                    PFL_BY_THREAD,   /**< COMM-PID/TID */
                    PFL_BY_CPU,      /**< CPU N */
                    PFL_BY_NONE,     /**< no frame */
                    PFL_BY_CGROUP    /**< the path of the cgroup */
};

enum pfl_names {
    PFL_NAMES_SHORT = 0, /**< demangled, without parameters */
    PFL_NAMES_FULL,      /**< demangled, with parameters */
    PFL_NAMES_RAW        /**< the symbol as the file has it */
};

enum pfl_inlines {
    PFL_INLINES_DEFAULT = 0, /**< shown, but for perf_compat */
    PFL_INLINES_SHOWN,
    PFL_INLINES_HIDDEN
};

enum pfl_mode { PFL_MODE_ANY = 0, PFL_MODE_KERNEL, PFL_MODE_USER };

/**
 * What is counted and how it is shaped. Zero-initialise, set `size` to sizeof, then what you
 * want; zero means default. Lists are NULL-terminated arrays of texts; all texts are copied.
 * Since 0.1.
 */
struct pfl_profile_options {
    size_t size;
    const char *const *events;  /**< names or globs; NULL: every event with samples */
    const char *const *weights; /**< "samples", "period", "alloc-bytes", "off-cpu", a field of a
                                     tracepoint, ...; NULL: each event's default */
    const char *const *comms;   /**< only threads of these names */
    const char *const *cgroups; /**< only these cgroups, also by glob */
    const char *pids;           /**< "1,5-7": only these; NULL: all */
    const char *tids;
    const char *cpus;
    const char *time;   /**< "START,END": seconds, "+2.5", "40%"; either may be empty */
    enum pfl_mode mode; /**< of the sample */
    enum pfl_group_by by;
    enum pfl_names names;
    const char *const *ignore;    /**< regular expressions: drop stacks with a match */
    const char *const *focus;     /**< keep stacks with a match */
    const char *const *show_from; /**< drop the callers of the match nearest the root */
    const char *const *hide;      /**< remove frames */
    int collapse_recursion;
    enum pfl_mode frames;       /**< keep the frames of one kind */
    uint32_t max_depth;         /**< 0: all */
    int reverse;                /**< leaf first */
    enum pfl_inlines inlines;   /**< frames of inlined functions */
    int lines;                  /**< names with the line behind them: NAME (FILE:LINE) */
    int addresses;              /**< unresolved frames as DSO+0xOFFSET */
    int perf_compat;            /**< perf script's choices, to compare line by line */
    const char *symfs;          /**< root under which the recording's files stand */
    const char *const *symbols; /**< files and folders asked for symbols by build id */
    const char *kallsyms;       /**< kernel symbols to use */
    const char *vmlinux;        /**< an image of the kernel to take symbols from */
    const char *buildid_dir;    /**< NULL: ~/.debug */
    const char *unit;           /**< unit of folded input; NULL: samples */
    /** Told now and then how many bytes of an input are read; NULL: not. */
    void (*progress)(void *context, uint64_t done, uint64_t all);
    void *progress_context;
    const char *where;              /**< "bytes_alloc > 4096": only samples for which it holds */
    const char *const *alloc_pairs; /**< "ALLOC:size=F:ptr=F,FREE:ptr=F": events that allocate */
    const char *older_than;         /**< "500ms": in use counts what has been alive that long */
    const char *at; /**< when in use is looked at: "end", "peak", or a time as above */
    /** Servers of debuginfod to ask for symbols that are not here, separated by blanks; "": those
     * of $DEBUGINFOD_URLS; NULL: none, whatever that says. A child process asks them. */
    const char *debuginfod;
    unsigned debuginfod_seconds; /**< for all they are asked: 1 to 30; 0: 30 */
    /** Told some times a second, with progress_context, while a server is waited for: the file
     * that symbols are wanted of, and the time left; NULL: not. */
    void (*fetching)(void *context, const char *path, unsigned seconds_left);
    int in_time_order;    /**< a flame chart: each thread's stacks in the order of time; by thread
                               (also where `by` is PFL_BY_COMM) or by CPU */
    uint32_t most_events; /**< the first and those with most samples; a notice names the others;
                               0: all */
    unsigned threads;     /**< that work at once, the caller's among them: 1 begins no other; 0: as
                               many as are of use here; the result is the same for any number */
};

/** Makes an empty profile. Errors: USAGE (a bad list, time or pattern), MEMORY. Since 0.1. */
PFL_EXPORT int pfl_profile_new(struct pfl_profile **ret_profile,
                               const struct pfl_profile_options *options, struct pfl_error *err);

/** Releases a profile; NULL is fine. Since 0.1. */
PFL_EXPORT void pfl_profile_free(struct pfl_profile *profile);

/**
 * Reads an input, recognised by its content: a perf.data file, perf script text, folded text.
 * Errors: IO, FORMAT, UNSUPPORTED, ABSENT (no such event or weight: the message lists what there
 * is), LIMIT, MEMORY; USAGE (a time in percent where the times cannot be known). After an error
 * the profile may hold a part of the input, so that all that is left is to free it: further inputs
 * and pfl_profile_finish give USAGE. Since 0.1.
 */
PFL_EXPORT int pfl_profile_add_file(struct pfl_profile *profile, const char *path,
                                    struct pfl_error *err);

/** The same from a descriptor, which stays the caller's; `name` stands in messages. Since 0.1. */
PFL_EXPORT int pfl_profile_add_fd(struct pfl_profile *profile, int fd, const char *name,
                                  struct pfl_error *err);

/**
 * Names, filters and sums. To be called once, after the last input. Errors: NO_SAMPLES (none
 * recorded or none left), ABSENT (an option asks for what no input can give), USAGE (a bad
 * pattern; an input that could not be read), MEMORY. Since 0.1.
 */
PFL_EXPORT int pfl_profile_finish(struct pfl_profile *profile, struct pfl_error *err);

/** One weight of the profile. Texts belong to the profile. Since 0.1. */
struct pfl_column {
    const char *event;  /**< "cpu-clock"; "" for folded text */
    const char *weight; /**< "period", "samples" */
    const char *unit;   /**< "ns", "samples", ... */
    int64_t total;      /**< of what is left after the filters */
    int64_t recorded;   /**< of the recording */
    uint64_t samples;   /**< counted after the filters; 0 where unknown (folded text) */
    int family; /**< 1: the weight is derived from several events together, and is never added to
                     another */
};

/** How many columns a finished profile has: at least one. The first is the one shown first.
 * Since 0.1. */
PFL_EXPORT uint32_t pfl_profile_column_count(const struct pfl_profile *profile);

/** Column `column`, or USAGE. Since 0.1. */
PFL_EXPORT int pfl_profile_column(const struct pfl_profile *profile, uint32_t column,
                                  struct pfl_column *ret_column);

/** What a person must be told about a profile before trusting it. Since 0.1. */
enum pfl_notice_kind {
    PFL_NOTICE_NO_CALLCHAINS = 1, /**< recorded without call chains */
    PFL_NOTICE_NO_FRAME_POINTERS, /**< user stacks break off after a frame or two */
    PFL_NOTICE_BROKEN_CHAINS,     /**< frame-pointer chains that end in garbage */
    PFL_NOTICE_LOST,              /**< records or samples were lost while recording */
    PFL_NOTICE_THROTTLED,         /**< the kernel throttled sampling */
    PFL_NOTICE_DAMAGED,           /**< records were damaged, unknown or out of order */
    PFL_NOTICE_TRUNCATED_FILE,    /**< the file ends early */
    PFL_NOTICE_NOT_CLOSED,        /**< perf could not finish the file */
    PFL_NOTICE_KERNEL_HIDDEN,     /**< kernel addresses were hidden: kptr_restrict */
    PFL_NOTICE_UNNAMED,           /**< a tenth or more of the weight has no name */
    PFL_NOTICE_SKIPPED_LINES,     /**< lines of text input that make no sense */
    PFL_NOTICE_AUX_ONLY,          /**< a recording with only AUX data, or of perf stat */
    PFL_NOTICE_TRUNCATED_STACKS,  /**< user stacks that were longer than what was captured */
    PFL_NOTICE_LOST_STACKS,       /**< captured user stacks that could not be unwound to a root */
    PFL_NOTICE_GUESSED_STACKS,    /**< unwound by frame pointers where there was no better way */
    PFL_NOTICE_ALLOCATIONS,       /**< what allocations could not be followed, and what was seen */
    PFL_NOTICE_UNCERTAIN,         /**< blocks whose end may have been lost */
    PFL_NOTICE_NO_SWITCH_INS,     /**< sched_switch without what ends a wait */
    PFL_NOTICE_WAITS,             /**< waits that had not ended, or whose end was lost */
    PFL_NOTICE_DEBUGINFOD,        /**< what debuginfod servers gave, and what they did not */
    PFL_NOTICE_EVENTS,            /**< events that are not offered: there are too many */
    PFL_NOTICE_SYMBOL_SOURCE, /**< a source of symbols that was given and is of no use, or of which
                                   a part is; the input is its path */
    PFL_NOTICE_FIELDS,        /**< fields of an event that could not be read, or none of them */
    PFL_NOTICE_EMPTY_STACKS,  /**< stacks that no frame is left of, which folded text leaves out */
    PFL_NOTICE_UNHEEDED,      /**< an option for a kind of input that is not there */
    PFL_NOTICE_NO_LINES,      /**< lines were asked for, and no frame has one */
    PFL_NOTICE_ROUNDED        /**< weights of folded text that are not whole */
};

struct pfl_notice {
    enum pfl_notice_kind kind;
    const char *input; /**< which input it is about; "all inputs" if their sum */
    const char *text;  /**< one line: what, its share, the remedy */
    int warning;       /**< 1: say it unless told to be quiet; 0: for those who ask */
};

/** How many notices there are so far. Since 0.1. */
PFL_EXPORT uint32_t pfl_profile_notice_count(const struct pfl_profile *profile);

/** Notice `notice`, whose texts belong to the profile, or USAGE. Since 0.1. */
PFL_EXPORT int pfl_profile_notice(const struct pfl_profile *profile, uint32_t notice,
                                  struct pfl_notice *ret_notice);

/** Samples of all inputs, and records lost or damaged among them: what --strict compares. Of text,
 * lines that make no sense are damaged; of folded text, lines are counted in place of samples.
 * Since 0.1. */
PFL_EXPORT void pfl_profile_losses(const struct pfl_profile *profile, uint64_t *ret_samples,
                                   uint64_t *ret_lost);

#ifdef __cplusplus
}
#endif

#endif
