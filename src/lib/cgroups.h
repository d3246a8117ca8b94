/* SPDX-License-Identifier: MIT */
/* Which cgroup a sample's number means: perf record --all-cgroups tells each before its samples. */
#ifndef PFL_LIB_CGROUPS_H
#define PFL_LIB_CGROUPS_H

#include "base/index.h"
#include "base/intern.h"
#include "perf/record.h"

/* Zero-initialise to begin. */
struct cgroups {
    struct intern paths;
    struct index index; /* id → entry */
    struct cgroup {
        uint64_t id;
        uint32_t path;
    } * list;
    size_t count, capacity;
    bool ready;
};

void cgroups_done(struct cgroups *cgroups);

/* Takes note of a CGROUP record; a number that is told again means what was told last. 0, or -1
 * without memory. */
int cgroups_add(struct cgroups *cgroups, const struct perf_cgroup *cgroup);

/* The path of a number, "[unknown cgroup]" if it was never told; valid until the next
 * cgroups_add. */
const char *cgroups_path(const struct cgroups *cgroups, uint64_t id);

/* True if the path matches one of the globs (NULL-terminated; NULL: all match). */
bool cgroups_accept(const struct cgroups *cgroups, uint64_t id, const char *const *globs);

#endif
