/* SPDX-License-Identifier: MIT */
/* What stands behind the data: facts about the machine, names of events, build ids. A feature
 * that is missing or damaged is as if it had never been written. */
#ifndef PFL_PERF_FEATURE_H
#define PFL_PERF_FEATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/source.h"
#include "perf/header.h"
#include "perf/session.h"

struct raw_record;

#define FEATURES_TEXTS 6

/* Zero-initialise to begin. */
struct features {
    struct perf_facts facts; /* its texts are those of `texts` */
    char *texts[FEATURES_TEXTS];
    struct perf_build_id *build_ids;
    uint32_t build_id_count;
    size_t build_id_capacity;
    uint8_t *tracing; /* formats of tracepoints, as perf took them from tracefs */
    size_t tracing_size;
    char **event_names; /* by number of the event; NULL where the file has none */
    uint32_t event_name_count;
    bool cut; /* the table, or something it tells of, lies outside the file */
};

void features_done(struct features *features);

/* Errors: IO and MEMORY alone. */
int features_read(struct features *features, const struct source *source,
                  const struct header *header, struct pfl_error *err);

/* What a pipe has as records: a FEATURE, a BUILD_ID. Errors: MEMORY. */
int features_take_record(struct features *features, const struct raw_record *raw,
                         struct pfl_error *err);
int features_take_build_id(struct features *features, const struct raw_record *raw,
                           struct pfl_error *err);

/* The formats of tracepoints, whose memory becomes the features'. */
void features_take_tracing(struct features *features, uint8_t *bytes, size_t size);

#endif
