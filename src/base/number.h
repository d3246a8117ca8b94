/* SPDX-License-Identifier: MIT */
/* Numbers for people, the same in every locale: printf would ask it for the decimal point.
 * data/script writes the same forms. */
#ifndef PFL_BASE_NUMBER_H
#define PFL_BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* Room for any of the texts that are written into one, with the NUL. */
#define NUMBER_SIZE 40

/* A weight in its unit, with three digits: "1.53 s", "12.3 ms", "4.00 KiB" for "ns" and "bytes";
 * other units count things: "1,234,567". */
void number_weight(char text[NUMBER_SIZE], int64_t value, const char *unit);

/* The same with a word for what is counted: "206,749 samples", "1 sample". */
void number_append_weight(struct buffer *to, int64_t value, const char *unit);

/* With thousands separators: "-1,234". */
void number_count(char text[NUMBER_SIZE], int64_t value);

/* part / whole in percent, rounded to `decimals` (at most 4) places: "12.34"; "0.00" of nothing. */
void number_percent(char text[NUMBER_SIZE], int64_t part, int64_t whole, unsigned decimals);

/* The same with its sign, where "<0.01%" is not nothing: "12.34%". */
void number_append_share(struct buffer *to, int64_t part, int64_t whole);

#endif
