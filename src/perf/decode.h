/* SPDX-License-Identifier: MIT */
/* From the bytes of one record to struct perf_record. */
#ifndef PFL_PERF_DECODE_H
#define PFL_PERF_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "perf/events.h"
#include "perf/record.h"

/* struct perf_event_header: type, misc, size. */
#define RECORD_HEADER_SIZE 8

/* perf's own records (enum perf_user_event_type, tools/lib/perf/include/perf/event.h). */
enum user_record {
    USER_FIRST = 64,
    USER_ATTR = 64,
    USER_EVENT_TYPE = 65,
    USER_TRACING_DATA = 66,
    USER_BUILD_ID = 67,
    USER_FINISHED_ROUND = 68,
    USER_ID_INDEX = 69,
    USER_AUXTRACE_INFO = 70,
    USER_AUXTRACE = 71,
    USER_STAT_CONFIG = 75,
    USER_STAT_ROUND = 77,
    USER_EVENT_UPDATE = 78,
    USER_FEATURE = 80,
    USER_COMPRESSED = 81,
    USER_COMPRESSED2 = 83,
    USER_LAST = 86, /* SCHEDSTAT_DOMAIN */
};

struct piece;

/* A record as it stands in a block. */
struct raw_record {
    const uint8_t *bytes; /* the header first */
    struct piece *piece;  /* that holds them */
    uint32_t size;        /* of all, at least RECORD_HEADER_SIZE */
    uint32_t type;
    uint16_t misc;
    bool swap;
    uint64_t offset; /* in the file */
    uint32_t gap; /* where bytes begin that were not read (perf/stack_gap.h); 0: there are none */
    struct gap_home *home; /* has them; the record stands there at home_at */
    uint64_t home_at;
};

/* Counters that were read with a sample: the event's own, or all of its group's (-e '{a,b}:S').
 *
 *     a group's:  [value id lost] [value id lost] ...         stride 3, id_at 1 here
 *     its own:    [value enabled running id lost]             stride 5, id_at 3 here
 */
struct sample_counters {
    struct perf_words words;
    uint32_t stride; /* words each; 0: none, or without ids */
    uint32_t id_at;
};

enum record_timing {
    RECORD_TIMED,
    RECORD_TIMELESS, /* it has no time, or a time that means none */
    RECORD_DAMAGED,  /* too small for its time, or of an event that nobody knows */
};

/* The time of a record of the kernel, without decoding the rest. */
enum record_timing record_peek(struct events *events, const struct raw_record *raw,
                               uint64_t *ret_time);

/* Decodes a record of the kernel. False if it is damaged. */
bool record_decode(struct events *events, const struct raw_record *raw,
                   struct perf_record *ret_record, struct sample_counters *ret_counters);

/* `count` items of `each` words; count is whatever the file says. */
struct perf_words decode_words(struct cursor *c, uint64_t count, uint32_t each);

/* The body of a sample; the cursor stands behind the record's header. */
bool sample_decode(const struct perf_event *event, struct cursor *c, struct perf_record *record,
                   struct sample_counters *ret_counters);

#endif
