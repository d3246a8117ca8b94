/* SPDX-License-Identifier: MIT */
/* A weigher from the inside: weigh.c feeds it, choice.c decides its columns. */
#ifndef PFL_WEIGH_WEIGHER_H
#define PFL_WEIGH_WEIGHER_H

#include "weigh/weigh.h"

enum plain_kind { PLAIN_SAMPLES, PLAIN_PERIOD, PLAIN_FIELD, PLAIN_OFF_CPU };

/* A column that a sample adds to by itself. */
struct plain {
    uint32_t column;
    enum plain_kind kind;
    struct field field;
};

/* The plain columns of one event lie side by side. */
struct event_plains {
    uint32_t first, count;
};

struct weigher {
    const struct perf_session *session;
    const struct weigher_options *options;
    struct weigher_host host;
    struct formats formats;
    struct roles roles;
    struct columns columns;
    struct judge judge;
    struct allocs allocs;
    struct waits waits;
    struct plain *plains;
    size_t plain_count, plain_capacity;
    struct event_plains *events; /* by the session's number */
    uint32_t event_count;
    uint64_t lost_records, lost_samples; /* told by records so far */
    struct weigher_report report;
};

/* Makes the columns that the options ask for. Errors: as weigher_new. */
int choice_make(struct weigher *weigher, struct pfl_error *err);

#endif
