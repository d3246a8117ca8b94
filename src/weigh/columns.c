/* SPDX-License-Identifier: MIT */
#include "weigh/columns.h"

#include <string.h>

#include "base/limits.h"

void columns_done(struct columns *columns)
{
    mem_free(columns->list);
    *columns = (struct columns){0};
}

int columns_new(struct columns *columns, const char *event, const char *weight, const char *unit,
                bool derived, uint32_t *ret_column, struct pfl_error *err)
{
    if (columns->count >= LIMIT_COLUMNS)
        return error_set(err, PFL_ERROR_LIMIT, "more than %d weights", LIMIT_COLUMNS);
    if (mem_grow(&columns->list, &columns->capacity, columns->count + 1, sizeof *columns->list) < 0)
        return error_memory(err);
    struct weigher_column *column = &columns->list[columns->count];
    *column = (struct weigher_column){.event = event, .weight = weight, .derived = derived};
    size_t length = strnlen(unit, sizeof column->unit - 1);
    memcpy(column->unit, unit, length);
    *ret_column = (uint32_t)columns->count++;
    return 0;
}
