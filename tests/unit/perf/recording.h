/* SPDX-License-Identifier: MIT */
/* Builds small recordings, byte by byte, for the tests of the perf room.
 *
 *     struct recording recording = {0};
 *     recording_event(&recording, (struct recording_event){.sample_type = PERF_SAMPLE_TIME});
 *     record_begin(&recording, PERF_RECORD_SAMPLE, PERF_CPUMODE_USER);
 *     put_u64(&recording.data, 1000);
 *     record_end(&recording);
 *     struct source source = recording_open(&recording, RECORDING_WHOLE);
 */
#ifndef PFL_TESTS_UNIT_PERF_RECORDING_H
#define PFL_TESTS_UNIT_PERF_RECORDING_H

#include "../check.h"

#include "base/buffer.h"
#include "base/source.h"
#include "perf/session.h"

#define RECORDING_EVENTS   8
#define RECORDING_FEATURES 8
#define RECORDING_WHOLE    SIZE_MAX

#define FLAG_FREQUENCY     (UINT64_C(1) << 10)
#define FLAG_SAMPLE_ID_ALL (UINT64_C(1) << 18)

struct recording_event {
    uint32_t type;
    uint64_t config, sample_period, sample_type, read_format, flags, branch_sample_type;
    uint64_t regs_user, regs_intr;
    uint32_t stack_user;
    uint64_t ids[2];
    unsigned id_count;
};

struct recording {
    struct recording_event events[RECORDING_EVENTS];
    unsigned event_count;
    unsigned attr_size; /* 0: 128 */
    struct buffer data; /* the records */
    size_t record_at;   /* the one that is being written */
    struct {
        unsigned bit;
        struct buffer bytes;
    } features[RECORDING_FEATURES]; /* in the order of their bits */
    unsigned feature_count;
    bool killed; /* perf did not come back to write the size of the data */
};

void put_u16(struct buffer *to, uint16_t value);
void put_u32(struct buffer *to, uint32_t value);
void put_u64(struct buffer *to, uint64_t value);
void put_text(struct buffer *to, const char *text); /* with NULs up to a multiple of 8 */

void recording_event(struct recording *recording, struct recording_event event);
void record_begin(struct recording *recording, uint32_t type, uint16_t misc);
void record_end(struct recording *recording);
void record_mark(struct recording *recording, uint32_t type); /* nothing but a header */

/* A feature section to be filled. */
struct buffer *recording_feature(struct recording *recording, unsigned bit);

/* The file, as bytes; and as a source that is cut to `size`. Closed and freed by the tests. */
void recording_compose(const struct recording *recording, struct buffer *ret_file);
struct source bytes_open(const void *bytes, size_t size);
struct source recording_open(const struct recording *recording, size_t size);
void recording_done(struct recording *recording);

/* Offset at which the data begin. */
size_t recording_data_offset(const struct recording *recording);

/* All records, in the order given, in an array of `most`; returns their count or the error. The
 * pointers in them are not to be followed. */
int recording_read(struct perf_session *session, struct perf_record *ret_records, int most);

/* Opens, or fails the test. */
struct perf_session *session_of(struct source *source);

#endif
