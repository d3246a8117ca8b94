/* SPDX-License-Identifier: MIT */
/* The columns of a recording: what each is called, and how a weight comes into it.
 *
 *     column   event       weight        unit          target: its number in the stacks
 *     0        cpu-clock   period        ns            3
 *     1        slab        alloc-bytes   bytes         4 */
#ifndef PFL_WEIGH_COLUMNS_H
#define PFL_WEIGH_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "stacks/stacks.h"

#define COLUMN_NONE UINT32_MAX
#define ROW_NONE    UINT32_MAX /* of what is followed but not counted */

struct weigher_column {
    const char *event;  /* the event's name, or its family's */
    const char *weight; /* "samples", "alloc-bytes", a field's name */
    char unit[32];
    bool derived;     /* of a family: never added to another column */
    uint32_t target;  /* column of the stacks; the caller sets it */
    uint64_t samples; /* that counted */
    int64_t recorded; /* the whole recording's, before filters */
};

/* Zero-initialise to begin. */
struct columns {
    struct weigher_column *list;
    size_t count, capacity;
    struct stacks *stacks;
};

void columns_done(struct columns *columns);

/* Texts are borrowed, but for the unit's. Errors: LIMIT, MEMORY. */
int columns_new(struct columns *columns, const char *event, const char *weight, const char *unit,
                bool derived, uint32_t *ret_column, struct pfl_error *err);

/* What the recording holds, whether it counts or not. COLUMN_NONE is fine. */
static inline void columns_record(struct columns *columns, uint32_t column, int64_t amount)
{
    if (column != COLUMN_NONE)
        columns->list[column].recorded = weight_add(columns->list[column].recorded, amount);
}

/* Adds at a row; COLUMN_NONE and ROW_NONE are fine. Returns 0, or -1 without memory. */
static inline int columns_add(struct columns *columns, uint32_t column, uint32_t row,
                              int64_t amount)
{
    if (column == COLUMN_NONE || row == ROW_NONE)
        return 0;
    columns->list[column].samples++;
    return stacks_add(columns->stacks, columns->list[column].target, row, amount);
}

#endif
