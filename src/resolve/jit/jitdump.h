/* SPDX-License-Identifier: MIT */
/* A jitdump file: what code a JIT compiler wrote where, and when.
 *
 *     header   magic "JiTD" in the writer's byte order, version, pid, flags
 *     records  id, size, time; LOAD: address, size, number, name, code; MOVE: from, to, number
 *
 * The layout is that of tools/perf/Documentation/jitdump-specification.txt. Each piece of code gets
 * offsets of its own, so that a place means the same code for ever, whatever lies at its address
 * later:
 *
 *     address  ──── A ────▶ ─ C ─▶            pieces:  A [0, 64)  B [64, 96)  C [96, 112)
 *              ── B ──▶
 *              time 1       time 2 */
#ifndef PFL_RESOLVE_JIT_JITDUMP_H
#define PFL_RESOLVE_JIT_JITDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/source.h"
#include "resolve/symbols.h"

/* From `time` on, `size` bytes at `address` are the code at `offset`. */
struct jitdump_step {
    uint64_t time, address, size, offset;
};

/* Zero-initialise to begin. */
struct jitdump {
    struct jitdump_step *steps; /* in the order of the file */
    size_t count, capacity;
    bool other_clock; /* times are the processor's counter, not CLOCK_MONOTONIC */
};

void jitdump_done(struct jitdump *dump);

/* Reads a file; what is damaged ends it. Adds the names of the pieces to `symbols`, at their
 * offsets. Returns 0, or -1 without memory. */
int jitdump_read(struct jitdump *dump, struct symbols *symbols, const struct source *source);

#endif
