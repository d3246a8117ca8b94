/* SPDX-License-Identifier: MIT */
/* What a sample adds, and to which column.
 *
 *     event ─┬─ "samples": 1
 *            ├─ "period":  its period, in the event's unit
 *            ├─ FIELD:     a number of its payload, once for each hit that it stands for
 *            └─ role ─┬─ allocs ─▶ alloc-*, inuse-*, uncertain-*     of the whole family
 *                     └─ waits  ─▶ off-cpu, runqueue
 *
 * weigh.h is the room's door: lib feeds it records in time order and gives it rows for stacks. */
#ifndef PFL_WEIGH_WEIGH_H
#define PFL_WEIGH_WEIGH_H

#include "base/mem.h"
#include "perf/session.h"
#include "weigh/allocs.h"
#include "weigh/columns.h"
#include "weigh/filter.h"
#include "weigh/host.h"
#include "weigh/waits.h"
#include "weigh/where.h"

struct weigher;

/* Lists are NULL-terminated; all is borrowed, and must outlive the weigher. */
struct weigher_options {
    const char *const *events;  /* names, globs or families; NULL: all but perf's dummy */
    const char *const *weights; /* NULL: each event's default */
    const char *const *pairs;   /* --alloc-pair; or NULL */
    const struct where *where;  /* or NULL */
    uint64_t older_than;        /* ns */
    enum allocs_at at;
};

/* Decides the columns of a recording. Errors: ABSENT with the list of what there is, MEMORY,
 * LIMIT. */
int weigher_new(struct weigher **ret_weigher, const struct perf_session *session,
                const struct weigher_options *options, struct stacks *stacks,
                const struct weigher_host *host, struct pfl_error *err);
void weigher_free(struct weigher *weigher);
MEM_CLEANUP(weigher_cleanup, struct weigher, weigher_free)

uint32_t weigher_column_count(const struct weigher *weigher);
const struct weigher_column *weigher_column(const struct weigher *weigher, uint32_t column);

/* Which column of the stacks a column adds to: to be told of all before the first sample. */
void weigher_set_target(struct weigher *weigher, uint32_t column, uint32_t target);

/* --time, and the moment of --at TIME; to be told before the first sample. */
void weigher_set_window(struct weigher *weigher, struct filter_window window, uint64_t at);

/* True if an event was named (or none was, and it is not perf's dummy). */
bool weigher_wants(const struct weigher *weigher, uint32_t event);

/* True if a sample will likely be asked the row of for what it adds by itself: for who wants to
 * find its stack before weigher_sample asks. */
bool weigher_counts(const struct weigher *weigher, const struct perf_record *record);

/* True if a sample of the event adds to some column. */
bool weigher_weighs(const struct weigher *weigher, uint32_t event);

/* True if no row is kept beyond the sample that it was asked for. */
bool weigher_is_plain(const struct weigher *weigher);

/* Takes a sample, or another record. Errors: MEMORY, LIMIT, or the host's. */
int weigher_sample(struct weigher *weigher, const struct perf_record *record,
                   struct pfl_error *err);
int weigher_record(struct weigher *weigher, const struct perf_record *record,
                   struct pfl_error *err);

/* The end of the recording: what is left open is settled. Errors: as above; ABSENT (waiting was
 * asked for, and no switch-in was recorded). */
int weigher_finish(struct weigher *weigher, const struct perf_losses *losses,
                   struct pfl_error *err);

/* True if a weight that is asked for, perhaps by pprof's name of it, is this one. */
bool weigher_means(const char *asked, const char *weight);

/* True if a weight is of what is in use, which depends on when one looks. */
bool weigher_is_in_use(const char *weight);

/* What must be said of a recording's weights. */
struct weigher_report {
    struct weigher_family {
        bool present; /* the recording has events that allocate in it */
        bool chosen;  /* and it has columns */
        bool sized, followed;
        bool returns; /* of functions; true for families without functions */
        bool frees;
        bool sampled;      /* not every hit was recorded */
        bool walked;       /* entries by frame pointers: their caller is missing */
        const char *event; /* the first that allocates */
        struct book_counts counts;
    } families[FAMILY_COUNT];
    struct wait_counts waits;
    bool switches_without_ins; /* sched_switch, and nobody recorded who came back */
    bool switches_sampled;     /* not every switch was recorded */
    bool waits_chosen;
    uint64_t negative; /* samples whose field was below zero: they count nothing */
};
const struct weigher_report *weigher_report(const struct weigher *weigher);

/* The fields of an event that can be weights, for info. */
const struct format *weigher_format(const struct weigher *weigher, uint32_t event);

#endif
