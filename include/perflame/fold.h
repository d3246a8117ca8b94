/* SPDX-License-Identifier: MIT */
/** Folded stacks: ROOT;...;LEAF WEIGHT, one per line, sorted by bytes. */
#ifndef PERFLAME_FOLD_H
#define PERFLAME_FOLD_H

#include "perflame/profile.h"
#include "perflame/sink.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Zero-initialise, set `size`. Since 0.1. */
struct pfl_fold_options {
    size_t size;
    int suffixes; /**< _[k] kernel, _[i] inlined, _[j] JIT behind names */
};

/**
 * Writes the given columns of a finished profile, summed. columns may be NULL with count 0: the
 * first column. Errors: USAGE (no such column, or units that differ), MEMORY, SINK. Since 0.1.
 */
PFL_EXPORT int pfl_fold_write(const struct pfl_profile *profile, const uint32_t *columns,
                              uint32_t count, const struct pfl_fold_options *options,
                              const struct pfl_sink *sink, struct pfl_error *err);

#ifdef __cplusplus
}
#endif

#endif
