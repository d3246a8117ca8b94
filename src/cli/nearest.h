/* SPDX-License-Identifier: MIT */
/* The word that was probably meant. */
#ifndef PFL_CLI_NEAREST_H
#define PFL_CLI_NEAREST_H

#include <stddef.h>

/* How many single-letter edits (insert, delete, replace, swap neighbours) lie between two words;
 * words longer than 63 letters count as far apart. */
size_t nearest_distance(const char *a, const char *b);

#endif
