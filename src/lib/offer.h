/* SPDX-License-Identifier: MIT */
/* Which events a profile offers, where not all of them are wanted. */
#ifndef PFL_LIB_OFFER_H
#define PFL_LIB_OFFER_H

#include "lib/profile_data.h"

/* Keeps the columns of the first event and of those with most samples, `most` events in all, in
 * their order; the others are named in a notice. Nodes that have weight in no column that is left
 * stay. Returns 1 if any was dropped, 0, or MEMORY. */
int offer_most_sampled(struct pfl_profile *profile, uint32_t most, struct pfl_error *err);

#endif
