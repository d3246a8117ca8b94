/* SPDX-License-Identifier: MIT */
/* What the payloads of a recording's tracepoints, kprobes and uprobes are made of.
 *
 *     tracing data ─▶ libtraceevent ─▶ event 0: [bytes_req @24+8] [bytes_alloc @32+8] ...
 *     (once, at the start)             event 1: ...
 *
 * Afterwards a field is read by its offset alone. formats.c is the home of libtraceevent. */
#ifndef PFL_WEIGH_FORMATS_H
#define PFL_WEIGH_FORMATS_H

#include "base/error.h"
#include "perf/session.h"
#include "weigh/field.h"

/* A numeric field; others (texts, arrays) are not kept. */
struct format_field {
    char *name;
    struct field at;
};

struct format {
    struct format_field *fields; /* in the order of the payload; the common ones come last */
    uint32_t count, own;         /* all; without the common ones (common_pid, ...) */
    uint32_t damaged;            /* fields that could not be read */
    bool missing;                /* a tracepoint whose format the recording has not */
};

/* Zero-initialise to begin. */
struct formats {
    struct format *list; /* by the session's number */
    uint32_t count;
    uint32_t page_size; /* of the machine recorded; 0: not told */
};

/* An event without a format, or whose format makes no sense, has no fields. Errors: MEMORY. */
int formats_read(struct formats *formats, const struct perf_session *session,
                 struct pfl_error *err);
void formats_done(struct formats *formats);

/* The field of this name, or NULL. */
const struct field *format_find(const struct format *format, const char *name);

/* What a field counts, by its name: "bytes", "ns", or the name itself. */
void format_unit(const char *name, char *unit, size_t size);

#endif
