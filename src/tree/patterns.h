/* SPDX-License-Identifier: MIT */
/* Lists of regular expressions, asked about frames. */
#ifndef PFL_TREE_PATTERNS_H
#define PFL_TREE_PATTERNS_H

#include <stdbool.h>

#include "base/error.h"
#include "tree/frames.h"

/* Sets `bit` in verdicts[frame] for every frame whose name or object matches one of the patterns
 * (NULL-terminated; NULL: none). The nameless root never matches. */
int patterns_match(const char *const *patterns, const struct frames *frames, uint8_t *verdicts,
                   uint8_t bit, struct pfl_error *err);

#endif
