/* SPDX-License-Identifier: MIT */
/* Pages of the kernel's: 2^order of them at once, aligned to their number.
 *
 *     pfn 8, order 2:  [8  9  10  11]     freeing page 9 leaves [8] and [10 11]: a buddy each
 */
#ifndef PFL_WEIGH_PAGES_H
#define PFL_WEIGH_PAGES_H

#include "weigh/allocs.h"

/* The number of a sample's first page (from 1 up, so that page 0 is one too) and the bytes of all.
 * False if there is no page, as after a failure. */
bool pages_read(const struct allocs *allocs, const struct role *role,
                const struct perf_sample *sample, uint64_t *ret_pointer, uint64_t *ret_size);

/* Pages end, which may be a part of what was allocated as one. Returns 1, 0 if nobody saw them
 * allocated, or -1 without memory. */
int pages_end(struct allocs *allocs, uint64_t pointer, uint64_t size);

#endif
