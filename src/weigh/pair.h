/* SPDX-License-Identifier: MIT */
/* --alloc-pair: a pair of events that the user says allocate and free. */
#ifndef PFL_WEIGH_PAIR_H
#define PFL_WEIGH_PAIR_H

#include "weigh/role.h"

/* "ALLOC:size=F:ptr=F,FREE:ptr=F" gives the events of that name, and the returns of theirs, a role
 * in the family heap. A return probe is known by the name that perf gives it (ALLOC__return), or by
 * ":return=EVENT" behind ALLOC. Errors: USAGE (it is no pair), ABSENT (no such event or field). */
int pair_apply(struct roles *roles, const struct perf_session *session,
               const struct formats *formats, const char *text, uint32_t number,
               struct pfl_error *err);

/* Whether a text is a pair at all, without a recording. Errors: USAGE. */
int pair_check(const char *text, struct pfl_error *err);

#endif
