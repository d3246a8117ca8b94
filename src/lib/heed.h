/* SPDX-License-Identifier: MIT */
/* Options that no input can heed. One that concerns some of several inputs works for those; where
 * the numbers would not be those asked for, that is an error, and where only the names would not be
 * those, a warning. */
#ifndef PFL_LIB_HEED_H
#define PFL_LIB_HEED_H

#include "lib/profile_data.h"

/* To be asked when all inputs are read, at least one, and before anything is named. Errors:
 * ABSENT, MEMORY. */
int heed_check(struct pfl_profile *profile, struct pfl_error *err);

#endif
