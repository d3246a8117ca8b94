/* SPDX-License-Identifier: MIT */
/* Coordinates as attributes have them, the same in every locale. data/script writes the same. */
#ifndef PFL_DRAW_PX_H
#define PFL_DRAW_PX_H

#include "base/buffer.h"

/* At most two decimals, none of them a trailing zero. */
void px_append(struct buffer *to, double value);

#endif
