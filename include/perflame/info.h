/* SPDX-License-Identifier: MIT */
/** What is in a recording: events, weights, samples, losses, quality. */
#ifndef PERFLAME_INFO_H
#define PERFLAME_INFO_H

#include "perflame/profile.h"
#include "perflame/sink.h"

#ifdef __cplusplus
extern "C" {
#endif

enum pfl_info_format { PFL_INFO_TEXT = 0, PFL_INFO_JSON };

/** Describes the inputs of a profile; it need not have samples. Errors: MEMORY, SINK. Since 0.1. */
PFL_EXPORT int pfl_info_write(const struct pfl_profile *profile, enum pfl_info_format format,
                              const struct pfl_sink *sink, struct pfl_error *err);

#ifdef __cplusplus
}
#endif

#endif
