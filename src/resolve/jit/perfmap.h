/* SPDX-License-Identifier: MIT */
/* /tmp/perf-PID.map, which JIT compilers write: "START SIZE NAME" per line, hexadecimal. */
#ifndef PFL_RESOLVE_JIT_PERFMAP_H
#define PFL_RESOLVE_JIT_PERFMAP_H

#include <stddef.h>

#include "resolve/symbols.h"

struct perfmap {
    char *text; /* NULL: there is none */
    size_t size;
};

/* Adds the symbols of maps, as if each went on where the one before ends; lines that are not
 * entries are skipped. Names may hold spaces; code that was replaced keeps only its latest name.
 * Returns 0, or -1 without memory. */
int perfmap_read(struct symbols *symbols, const struct perfmap *maps, size_t count);

#endif
