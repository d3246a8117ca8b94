/* SPDX-License-Identifier: MIT */
/* From a command line to a finished profile. */
#ifndef PFL_CLI_LOAD_H
#define PFL_CLI_LOAD_H

#include "cli/args.h"

/* Reads all inputs and finishes the profile; says what is wrong, and the notices. On success
 * *ret_profile is the caller's. `empty_is_fine`: a profile without samples is a success (info). */
enum status load_profile(const struct args *args, bool empty_is_fine,
                         struct pfl_profile **ret_profile);

/* The columns that fold and top add up: those of the first weight asked for; of the first event
 * unless -e chose. *ret_columns (at least one) is the caller's to free. */
enum status load_columns(const struct args *args, const struct pfl_profile *profile,
                         uint32_t **ret_columns, uint32_t *ret_count);

/* Says which events a picture or text of the first event alone leaves out. */
void load_say_left_out(const struct args *args, const struct pfl_profile *profile);

/* Turns a failure of the library into an exit status, saying it. `about` may be NULL. */
enum status load_failed(const struct pfl_error *error, const char *about);

/* One line with the unit and the totals. */
void load_summary(const struct args *args, const struct pfl_profile *profile,
                  const uint32_t *columns, uint32_t count, const char *written);

#endif
