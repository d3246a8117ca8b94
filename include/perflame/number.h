/* SPDX-License-Identifier: MIT */
/** Numbers as the tables and pictures show them. */
#ifndef PERFLAME_NUMBER_H
#define PERFLAME_NUMBER_H

#include "perflame/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Room for any text of pfl_number_weight, with its NUL. Since 0.1. */
#define PFL_NUMBER_SIZE 40

/** Writes a weight in its unit: "1.53 s" for "ns", "4.00 KiB" for "bytes", otherwise a count with
 * separators: "1,234,567". Never fails. Since 0.1. */
PFL_EXPORT void pfl_number_weight(char text[PFL_NUMBER_SIZE], int64_t value, const char *unit);

#ifdef __cplusplus
}
#endif

#endif
