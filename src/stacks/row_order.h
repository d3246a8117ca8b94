/* SPDX-License-Identifier: MIT */
/* An order of rows in which those that begin alike stand side by side, so that whoever walks them
 * from their outermost place finds most of each walked already: by the row before.
 *
 *     key:   16 bits of a hash of the group and the outermost
 *            4 places | 8 places | 16 places | 32 places
 *
 * Rows with the same outermost places have the same first bits. Two that share some bits by chance
 * cost a walk and nothing else. */
#ifndef PFL_STACKS_ROW_ORDER_H
#define PFL_STACKS_ROW_ORDER_H

#include "stacks/stacks.h"

/* The numbers of all rows, to be freed with mem_free; NULL without memory. */
uint32_t *stacks_row_order(const struct stacks *stacks);

#endif
