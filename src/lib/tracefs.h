/* SPDX-License-Identifier: MIT */
/* Names and formats of tracepoints that a recording has lost, from this machine's kernel. */
#ifndef PFL_LIB_TRACEFS_H
#define PFL_LIB_TRACEFS_H

#include "perf/session.h"
#include "resolve/resolver.h"

/* perf writes names and formats when it ends; killed, it leaves the numbers of tracepoints alone.
 * Where the recording says by build id that its kernel is the one that runs, and was made since
 * that kernel was started, tracefs knows what they mean; otherwise nothing changes. Errors: IO
 * (of the recording), MEMORY, FORMAT. */
int tracefs_restore(struct perf_session *session, struct source *source, struct pfl_error *err);

#endif
