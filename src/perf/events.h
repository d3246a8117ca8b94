/* SPDX-License-Identifier: MIT */
/* The events of a recording, and which of them a record belongs to.
 *
 *     attrs: [attr 0 │ ids →] [attr 1 │ ids →] ...
 *     ids:   id → event, by hash; each CPU and thread has an id of its own
 *
 * A record names its event by an id. Where the id stands depends on the event's sample_type, so
 * it can be found only where all events agree on the place (PERF_SAMPLE_IDENTIFIER was made for
 * that); otherwise, and where there is one event only, the first one is meant. */
#ifndef PFL_PERF_EVENTS_H
#define PFL_PERF_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/index.h"
#include "base/source.h"
#include "perf/event.h"
#include "perf/feature.h"
#include "perf/header.h"

struct raw_record;

#define EVENTS_NONE   UINT32_MAX
#define EVENTS_RECENT 64

/* Where an event's records keep what must be known before they are decoded; in bytes. */
struct event_layout {
    int16_t time_at, id_at; /* in a sample, from its start; -1: not there */
    uint16_t trailer_size;  /* of the sample_id trailer; 0: none */
    uint16_t trailer_time;  /* from the end of the record; 0: not there */
    uint16_t trailer_id;
};

struct event_id {
    uint64_t id;
    uint32_t event;
    uint32_t machine_pid; /* of a guest: the process that it is here; 0: the host's own */
};

/* What a counter said last; for samples that read counters. Where children inherit an event, their
 * counters share its id, and are told apart by thread; else tid is 0. */
struct event_counter {
    uint64_t id, value;
    uint32_t tid;
};

/* Zero-initialise to begin. */
struct events {
    struct perf_event *list;
    struct event_layout *layouts;
    struct perf_event_losses *losses;
    uint32_t count;
    size_t capacity, layout_capacity, loss_capacity;
    bool cut; /* some attrs or ids lie outside the file */
    struct event_id *ids;
    size_t id_count, id_capacity;
    size_t claimed; /* ids, each as often as an event claims it */
    struct index index;
    struct event_counter *counters;
    size_t counter_count, counter_capacity;
    struct index counter_index;
    int id_at;           /* that all events agree on; -1: the first event is meant */
    unsigned trailer_id; /* likewise; 0: the first event is meant */
    struct event_id recent[EVENTS_RECENT]; /* found last, by id: few events take turns */
    uint32_t machine_pid;                  /* of the record that was decoded last */
};

/* Errors: FORMAT (no event at all), LIMIT, IO, MEMORY. */
int events_read(struct events *events, const struct source *source, const struct header *header,
                const struct features *features, struct pfl_error *err);
void events_done(struct events *events);

/* An event of a pipe, which comes as a record: an attr, then its ids. Repeated ones change nothing.
 * What makes no sense is left out. Errors: LIMIT, MEMORY. */
int events_take_record(struct events *events, const struct raw_record *raw,
                       const struct features *features, struct pfl_error *err);

/* A name that comes later, by the event's id (EVENT_UPDATE), or by number in the features. Errors:
 * MEMORY. */
int events_take_update(struct events *events, const struct raw_record *raw, struct pfl_error *err);
int events_take_names(struct events *events, const struct features *features,
                      struct pfl_error *err);
int event_rename(struct perf_event *event, const char *name, size_t length, struct pfl_error *err);

/* Which ids are those of guests (ID_INDEX): perf inject --guest-data joins their recordings with
 * the host's. */
void events_take_index(struct events *events, const struct raw_record *raw);

/* The rings that ids of this ID_INDEX belong to: the greatest number of one, and 1. */
uint64_t events_count_rings(const struct raw_record *raw);

/* The event of an id, or EVENTS_NONE; events_search is for one that was not found lately. */
uint32_t events_search(struct events *events, uint64_t id);
static inline uint32_t events_find(struct events *events, uint64_t id)
{
    const struct event_id *recent = &events->recent[id % EVENTS_RECENT];
    if (recent->id != id || !id)
        return events_search(events, id);
    events->machine_pid = recent->machine_pid;
    return recent->event;
}

/* The entry of an id, or NULL. */
struct event_id *events_entry(struct events *events, uint64_t id);

/* Where the last value of a counter is kept, 0 at first; until the next call. Errors: MEMORY,
 * LIMIT. */
int events_counter(struct events *events, uint64_t id, uint32_t tid, uint64_t **ret_value,
                   struct pfl_error *err);

/* Layout of the records of an event. */
struct event_layout event_layout_of(const struct perf_event *event);

/* For an event without a name in the file: made from type and config. NULL without memory.
 * `flags` are those of the attr. */
char *event_make_name(const struct perf_event *event, uint64_t flags);

#endif
