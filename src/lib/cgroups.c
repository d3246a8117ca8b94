/* SPDX-License-Identifier: MIT */
#include "lib/cgroups.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"

void cgroups_done(struct cgroups *cgroups)
{
    intern_done(&cgroups->paths);
    index_done(&cgroups->index);
    mem_free(cgroups->list);
    *cgroups = (struct cgroups){0};
}

static struct cgroup *cgroups_find(const struct cgroups *cgroups, uint64_t id)
{
    struct index_probe probe = index_probe(&cgroups->index, hash_pair(id, 0));
    for (uint32_t at; (at = index_next(&probe)) != INDEX_NONE;)
        if (cgroups->list[at].id == id)
            return &cgroups->list[at];
    return NULL;
}

int cgroups_add(struct cgroups *cgroups, const struct perf_cgroup *cgroup)
{
    if (!cgroups->ready && intern_init(&cgroups->paths) < 0)
        return -1;
    cgroups->ready = true;
    uint32_t path;
    if (intern_add(&cgroups->paths, cgroup->path, cgroup->path_length, &path) < 0)
        return -1;
    struct cgroup *known = cgroups_find(cgroups, cgroup->id);
    if (known) {
        known->path = path;
        return 0;
    }
    if (mem_grow(&cgroups->list, &cgroups->capacity, cgroups->count + 1, sizeof *cgroups->list) <
            0 ||
        index_add(&cgroups->index, hash_pair(cgroup->id, 0), (uint32_t)cgroups->count) < 0)
        return -1;
    cgroups->list[cgroups->count++] = (struct cgroup){.id = cgroup->id, .path = path};
    return 0;
}

const char *cgroups_path(const struct cgroups *cgroups, uint64_t id)
{
    const struct cgroup *found = cgroups_find(cgroups, id);
    return found ? intern_text(&cgroups->paths, found->path) : "[unknown cgroup]";
}

bool cgroups_accept(const struct cgroups *cgroups, uint64_t id, const char *const *globs)
{
    if (!globs)
        return true;
    const char *path = cgroups_path(cgroups, id);
    for (; *globs; globs++)
        if (text_glob(*globs, path))
            return true;
    return false;
}
