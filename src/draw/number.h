/* SPDX-License-Identifier: MIT */
/* Numbers for people and for attributes, the same in every locale. data/flame.js writes the
 * same forms. */
#ifndef PFL_DRAW_NUMBER_H
#define PFL_DRAW_NUMBER_H

#include <stdint.h>

#include "base/buffer.h"

/* 1234567 → 1,234,567 */
void number_append(struct buffer *to, int64_t value);

/* A weight with its unit, three digits where the unit has multiples: "41.4 s" (ns),
 * "1.23 MiB" (bytes), "206,749 samples" (any other unit, "1 sample"). */
void number_append_weight(struct buffer *to, int64_t value, const char *unit);

/* part of whole in percent with two decimals: "12.34%"; "<0.01%" for what is not nothing. */
void number_append_share(struct buffer *to, int64_t part, int64_t whole);

/* A coordinate: at most two decimals, none of them a trailing zero. */
void number_append_px(struct buffer *to, double value);

#endif
