/* SPDX-License-Identifier: MIT */
/* Options that no input can heed. One that concerns some of several inputs works for those; what
 * would be a wrong answer without a word is an error. */
#ifndef PFL_LIB_HEED_H
#define PFL_LIB_HEED_H

#include "lib/profile_data.h"

/* To be asked when all inputs are read, and nothing is named yet. Errors: ABSENT. */
int heed_check(const struct pfl_profile *profile, struct pfl_error *err);

#endif
