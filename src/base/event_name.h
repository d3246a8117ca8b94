/* SPDX-License-Identifier: MIT */
/* Names of events as perf writes them, in recordings and in perf script's text:
 *
 *     cycles:ppp           plain: cycles             bare: cycles
 *     cpu_core/cycles/u           cpu_core/cycles/         cycles
 *     cycles/period=1000/u        cycles/period=1000/      cycles
 *     kmem:kmalloc                kmem:kmalloc             kmem:kmalloc
 *
 * Plain is without modifiers, bare also without the PMU, or what says how to record it. */
#ifndef PFL_BASE_EVENT_NAME_H
#define PFL_BASE_EVENT_NAME_H

#include <stdbool.h>
#include <stddef.h>

struct event_name {
    const char *text;
    size_t length;
    bool of_tracepoint; /* its first colon parts system from name: "probe:bpe" has no modifiers */
};

/* The bare part of a name. */
struct event_name event_name_bare(struct event_name name);

/* True if `wanted` means this event: equal, equal when the name is plain or bare, or a glob that
 * matches one of these forms. */
bool event_name_matches(const char *name, bool of_tracepoint, const char *wanted);

/* What the names of an event on several PMUs have in common: "cycles:u" of "cpu_core/cycles/u" and
 * "cpu_atom/cycles/u". Writes at most `size` bytes; false if the name has no PMU. */
bool event_name_common(const char *name, char *common, size_t size);

#endif
