/* SPDX-License-Identifier: MIT */
/* The fixed header at the start of a perf.data file: where everything else lies.
 *
 *     header (104 bytes) │ ids │ attrs │ data: records ... │ feature table │ features ...
 *                          └── anywhere, by offset ──┘      └ one (offset, size) per feature bit
 *
 * feature.h reads what stands behind the data, events.h the attrs and ids. */
#ifndef PFL_PERF_HEADER_H
#define PFL_PERF_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/source.h"

struct header_section {
    uint64_t offset, size;
};

/* Bits of the feature bitmap (tools/perf/util/header.h) that are looked at. */
enum header_feature {
    HEADER_TRACING_DATA = 1,
    HEADER_BUILD_ID = 2,
    HEADER_HOSTNAME = 3,
    HEADER_OSRELEASE = 4,
    HEADER_VERSION = 5,
    HEADER_ARCH = 6,
    HEADER_NRCPUS = 7,
    HEADER_CPUDESC = 8,
    HEADER_CMDLINE = 11,
    HEADER_EVENT_DESC = 12,
    HEADER_AUXTRACE = 18,
    HEADER_STAT = 19,
    HEADER_SAMPLE_TIME = 21,
    HEADER_DIR_FORMAT = 24,
    HEADER_COMPRESSED = 27,
};
#define HEADER_FEATURE_WORDS 4

struct header {
    uint64_t attr_size; /* of one entry of attrs: the attr and the section of its ids */
    struct header_section attrs, data;
    uint64_t features[HEADER_FEATURE_WORDS];
    bool swap;         /* written in the other byte order */
    bool pipe;         /* nothing else is known: all comes as records, from byte 16 */
    bool closed;       /* perf wrote the size of the data when it ended */
    bool cut;          /* the file ends before the end of the data */
    uint64_t data_end; /* where records end, inside the file */
};

/* Errors: FORMAT (not a recording, or cut inside its header), UNSUPPORTED (other kinds). */
int header_read(struct header *ret_header, struct source *source, struct pfl_error *err);

/* True if the first bytes are those of a perf.data file of any kind; of the pipe format. */
bool header_recognises(const uint8_t *bytes, size_t size);
bool header_recognises_pipe(const uint8_t *bytes, size_t size);

#define HEADER_PIPE_SIZE 16

static inline bool header_has(const struct header *header, unsigned feature)
{
    return header->features[feature / 64] >> (feature % 64) & 1;
}

/* True if the section lies inside a file of `size` bytes. */
static inline bool header_section_fits(struct header_section section, uint64_t size)
{
    return section.offset <= size && section.size <= size - section.offset;
}

#endif
