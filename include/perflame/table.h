/* SPDX-License-Identifier: MIT */
/** The table of functions: SELF, SELF%, TOTAL, TOTAL%, FUNCTION, OBJECT. */
#ifndef PERFLAME_TABLE_H
#define PERFLAME_TABLE_H

#include "perflame/profile.h"
#include "perflame/sink.h"

#ifdef __cplusplus
extern "C" {
#endif

enum pfl_table_format { PFL_TABLE_TEXT = 0, PFL_TABLE_TSV, PFL_TABLE_JSON };
enum pfl_table_sort { PFL_TABLE_BY_SELF = 0, PFL_TABLE_BY_TOTAL, PFL_TABLE_BY_NAME };

/** Zero-initialise, set `size`. Since 0.1. */
struct pfl_table_options {
    size_t size;
    enum pfl_table_format format;
    enum pfl_table_sort sort;
    uint32_t rows;  /**< at most; 0: all */
    uint32_t width; /**< text: columns of a terminal that the rows are fitted to; 0: not fitted */
    int colour;     /**< text: with a terminal's escape sequences */
};

/**
 * Writes the functions of the given columns, summed, as pfl_fold_write takes them. The first line
 * gives the total of what is left after the filters, that of the recording, and the unit; a
 * function that recurses counts once per stack. Errors: USAGE, MEMORY, SINK. Since 0.1.
 */
PFL_EXPORT int pfl_table_write(const struct pfl_profile *profile, const uint32_t *columns,
                               uint32_t count, const struct pfl_table_options *options,
                               const struct pfl_sink *sink, struct pfl_error *err);

#ifdef __cplusplus
}
#endif

#endif
