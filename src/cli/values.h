/* SPDX-License-Identifier: MIT */
/* Values of options: each parser says what is wrong and what would be right. */
#ifndef PFL_CLI_VALUES_H
#define PFL_CLI_VALUES_H

#include "cli/message.h"

/* The number of a word in a NULL-terminated list. */
enum status value_word(const char *option, const char *text, const char *const *words,
                       int *ret_number);

/* A number within bounds. */
enum status value_number(const char *option, const char *text, double least, double most,
                         double *ret_number);

/* A size of the picture, whose bounds are the library's to know; 0, its default, is none. */
enum status value_size(const char *option, const char *text, double *ret_size);

/* A whole number from `least` up. */
enum status value_count(const char *option, const char *text, int least, int *ret_count);

#endif
