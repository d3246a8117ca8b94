/* SPDX-License-Identifier: MIT */
/* The public options, copied and parsed into what the rooms take. */
#ifndef PFL_LIB_OPTIONS_H
#define PFL_LIB_OPTIONS_H

#include "perflame/profile.h"
#include "resolve/resolver.h"
#include "tree/shape.h"
#include "weigh/weigh.h"

struct options {
    char **events, **weights; /* NULL-terminated, or NULL */
    char **comms, **cgroups, **ignore, **focus, **show_from, **hide;
    char **symbols, **pairs;
    char *symfs, *kallsyms, *vmlinux, *buildid_dir, *debuginfod, *unit;
    struct where *where;
    struct filter_range *pids, *tids, *cpus;
    enum pfl_group_by by;
    bool in_time_order;
    bool no_inlined;                /* --no-inline was asked for, not implied */
    struct filter filter;           /* leads into the lists above */
    struct weigher_options weigher; /* likewise */
    struct filter_time at_time;     /* --at TIME */
    const char *in_use_option;      /* "--at" or "--older-than", if given */
    struct shape_options shape;     /* likewise */
    struct resolve_options resolve; /* likewise */
    uint32_t most_events;           /* 0: all */
    unsigned threads;               /* 0: as many as are of use */
    void (*progress)(void *context, uint64_t done, uint64_t all);
    void *progress_context;
};

/* Errors: PFL_ERROR_USAGE with what is wrong, PFL_ERROR_MEMORY. `given` may be NULL. */
int options_init(struct options *options, const struct pfl_profile_options *given,
                 struct pfl_error *err);
void options_done(struct options *options);

/* How many threads to work with: where nobody said, as many as can run at once, if there is so much
 * to do that it is `worth` them. */
unsigned options_thread_count(const struct options *options, bool worth);

/* True if the filter asks for more than folded text can tell. */
bool options_filter_samples(const struct options *options);

/* The same without its events, which a picture knows. */
bool options_filter_threads(const struct options *options);

#endif
