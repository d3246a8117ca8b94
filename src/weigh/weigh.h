/* SPDX-License-Identifier: MIT */
/* What a sample adds, and to which column.
 *
 *     event ─┬─ "samples": 1
 *            └─ "period":  its period, in the event's unit        columns count up from 0
 *
 * Fields of tracepoints, allocations and waits will be weights of their own here. */
#ifndef PFL_WEIGH_WEIGH_H
#define PFL_WEIGH_WEIGH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/mem.h"
#include "perf/session.h"

enum weight_kind { WEIGHT_SAMPLES, WEIGHT_PERIOD };

struct weigher_column {
    uint32_t event; /* number in the session */
    enum weight_kind kind;
    char unit[32];
    uint64_t samples; /* counted so far */
    int64_t total;
};

struct weigher;

/* Decides the columns of a recording: for every event that `events` names (NULL: every event but
 * perf's dummy), one per weight that `weights` names (NULL: the event's default). Both are
 * NULL-terminated. Errors: PFL_ERROR_ABSENT with the list of what there is. */
int weigher_new(struct weigher **ret_weigher, const struct perf_session *session,
                const char *const *events, const char *const *weights, struct pfl_error *err);
void weigher_free(struct weigher *weigher);
MEM_CLEANUP(weigher_cleanup, struct weigher, weigher_free)

uint32_t weigher_column_count(const struct weigher *weigher);
const struct weigher_column *weigher_column(const struct weigher *weigher, uint32_t column);

/* The name of a kind: "samples", "period". */
const char *weight_kind_name(enum weight_kind kind);

/* True if samples of this event add anything. */
bool weigher_wants(const struct weigher *weigher, uint32_t event);

struct weigher_addition {
    uint32_t column;
    int64_t amount;
};

/* What a sample adds: *ret_additions of the returned count, valid until the next call. It is
 * counted in the columns. */
uint32_t weigher_weigh(struct weigher *weigher, const struct perf_sample *sample,
                       const struct weigher_addition **ret_additions);

#endif
