/* SPDX-License-Identifier: MIT */
/* A recording, opened: its events, what its header says, and its records in time order.
 *
 *     source ─▶ header ─▶ strands (one per file) ─▶ rounds ─▶ perf_session_next
 *               events    raw records, in blocks    by time   decoded
 *
 * The room knows the perf.data format and nothing about symbols. */
#ifndef PFL_PERF_SESSION_H
#define PFL_PERF_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/source.h"
#include "perf/event.h"
#include "perf/record.h"

struct perf_session;

/* What the header says about the recording; NULL or 0 where it says nothing. */
struct perf_facts {
    const char *hostname, *os_release, *perf_version, *arch, *cpu_description;
    const char *command_line; /* arguments joined by spaces */
    uint32_t cpus_online, cpus_available;
    uint64_t first_sample_time, last_sample_time; /* SAMPLE_TIME, ns; 0 and 0 where absent */
    bool closed; /* false: perf was killed before it could finish the header */
    bool has_auxtrace, has_stat, compressed;
    bool pipe;    /* the pipe format: what it says of itself may come late */
    bool swapped; /* recorded on a machine of the other byte order */
};

/* A build id that the header's table gives for a file (perf writes it at the end, for what was
 * hit by samples). */
struct perf_build_id {
    const char *path; /* as mapped: "/usr/bin/x", "[kernel.kallsyms]", "[vdso]" */
    int32_t pid;
    uint16_t cpumode; /* PERF_RECORD_MISC_CPUMODE_MASK part */
    uint8_t size;
    uint8_t bytes[20];
};

/* What could not be read, or was not there to read. */
struct perf_losses {
    uint64_t lost_records;  /* LOST: records of any kind that the ring had no room for */
    uint64_t lost_samples;  /* LOST_SAMPLES */
    uint64_t throttled;     /* THROTTLE */
    uint64_t unknown;       /* records of a type this version does not know */
    uint64_t damaged;       /* records too small for what they must hold */
    uint64_t out_of_order;  /* records that came later than their round allows */
    uint64_t maps_cut;      /* processes whose mappings perf had no time to read to the end */
    uint64_t aux_records;   /* AUX, AUXTRACE: not stacks */
    uint64_t undescribed;   /* samples of events that a pipe told of after its first round */
    uint64_t junk;          /* bytes behind a pipe's records that are none */
    bool truncated;         /* the file ends before its header says, or parts_missing */
    uint64_t parts_missing; /* files of a directory that its index of ids promises */
    uint64_t read_until;    /* byte at which reading ended */
    uint64_t missing;       /* bytes of records that the header promises behind it */
};

/* The same for one event. */
struct perf_event_losses {
    uint64_t lost_records, lost_samples, throttled;
    /* What was lost in all. Where events count what they lose (read_format has LOST: kernel 6.0),
     * perf tells it of each in a LOST_SAMPLES at the end; the LOST of before tell of the same, but
     * of all events of a ring under the name of the one whose record found room again. Of a
     * recording that has no such end, LOST is what there is. Elsewhere the two add up. */
    uint64_t lost;
};

/* Opens a recording whose bytes `source` has: a file, a stream in the pipe format, a directory's
 * main file with its parts. The source must outlive the session. Errors: PFL_ERROR_FORMAT (not a
 * recording, or damaged before the first record), PFL_ERROR_UNSUPPORTED (v1: named in the
 * message), LIMIT, IO, MEMORY. */
int perf_session_open(struct perf_session **ret_session, struct source *source,
                      struct pfl_error *err);
void perf_session_free(struct perf_session *session);
MEM_CLEANUP(perf_session_cleanup, struct perf_session, perf_session_free)

/* The next record in time order: returns 1 and fills *ret_record, whose pointers live until the
 * next call; 0 at the end; or an error. Damaged records are skipped and counted. */
int perf_session_next(struct perf_session *session, struct perf_record *ret_record,
                      struct pfl_error *err);

/* Lets a second thread read ahead from here on: the records are the same. False where that cannot
 * be; all goes on without. What the session says of losses is to be asked for at the end alone. */
bool perf_session_read_ahead(struct perf_session *session);

/* Of one that reads ahead: from here on records live until perf_session_forget, which must be
 * called before one is asked for that is not ready. Where nobody reads ahead none is ever ready. */
void perf_session_keep(struct perf_session *session);
bool perf_session_is_ready(const struct perf_session *session);
void perf_session_forget(struct perf_session *session);

/* Events by number, 0 to count - 1, in the order of the header. Those of a pipe are what it told of
 * before its first record was due; samples of later ones are counted, but not given. */
uint32_t perf_session_event_count(const struct perf_session *session);
const struct perf_event *perf_session_event(const struct perf_session *session, uint32_t event);

/* Gives an event a name that the recording has lost. Errors: MEMORY. */
int perf_session_name_event(struct perf_session *session, uint32_t event, const char *name,
                            struct pfl_error *err);

const struct perf_facts *perf_session_facts(const struct perf_session *session);
const struct perf_losses *perf_session_losses(const struct perf_session *session);
struct perf_event_losses perf_session_event_losses(const struct perf_session *session,
                                                   uint32_t event);

/* True if its times are of CLOCK_MONOTONIC (perf record -k mono). */
bool perf_session_is_monotonic(const struct perf_session *session);

/* The header's build ids; *ret_count of them. */
const struct perf_build_id *perf_session_build_ids(const struct perf_session *session,
                                                   uint32_t *ret_count);

/* The formats of tracepoints (perf's copy of tracefs, as struct tracing_data of
 * tools/perf/util/trace-event-info.c has it): *ret_size bytes, or NULL. */
const uint8_t *perf_session_tracing(const struct perf_session *session, size_t *ret_size);

/* Gives it formats that it has lost, which are copied. Errors: MEMORY. */
int perf_session_set_tracing(struct perf_session *session, const void *data, size_t size,
                             struct pfl_error *err);

/* True if the first bytes (at least 16) are those of a recording that can be read as a stream. */
bool perf_session_recognises_pipe(const uint8_t *bytes, size_t size);

/* True if the first bytes (at least 8) are those of a perf.data file of any kind. */
bool perf_session_recognises(const uint8_t *bytes, size_t size);

#endif
