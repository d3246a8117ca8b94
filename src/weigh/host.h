/* SPDX-License-Identifier: MIT */
/* What weigh asks of its caller, who knows threads and address spaces. */
#ifndef PFL_WEIGH_HOST_H
#define PFL_WEIGH_HOST_H

#include "base/error.h"
#include "perf/record.h"

struct weigher_host {
    void *context;

    /* Whether a sample passes the filters, but for its time and --where. */
    bool (*accepts)(void *context, const struct perf_record *record);

    /* The row of a sample's stack. `function` is 0, or the address of a function that has just
     * returned to the stack's leaf and is to stand on it. */
    int (*row)(void *context, const struct perf_record *record, uint64_t function,
               uint32_t *ret_row, struct pfl_error *err);

    /* A sample at the entry of a function whose return is probed, with a captured stack: its return
     * address is hidden from the stacks of what it calls. */
    int (*entered)(void *context, const struct perf_record *record, struct pfl_error *err);

    /* The row of the same stack under [still waiting]. */
    int (*still_waiting)(void *context, uint32_t row, uint32_t *ret_row, struct pfl_error *err);
};

#endif
