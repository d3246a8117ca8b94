/* SPDX-License-Identifier: MIT */
#ifndef PERFLAME_VERSION_H
#define PERFLAME_VERSION_H

#include "perflame/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The version of the library that is running, such as "0.1.0". Since 0.1. */
PFL_EXPORT const char *pfl_version(void);

#ifdef __cplusplus
}
#endif

#endif
