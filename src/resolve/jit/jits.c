/* SPDX-License-Identifier: MIT */
#include "resolve/jit/jits.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"

void jits_done(struct jits *jits)
{
    for (size_t i = 0; i < jits->count; i++)
        jitdump_done(&jits->items[i].dump);
    mem_free(jits->items);
    *jits = (struct jits){0};
}

bool jits_is_dump(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    if (strncmp(base, "jit-", 4) != 0)
        return false;
    size_t digits = strspn(base + 4, "0123456789");
    return digits && strcmp(base + 4 + digits, ".dump") == 0;
}

/* Gives a process the next steps of a dump, as long as they are not later than `time`. */
static int jit_advance(struct jit *jit, struct tasks *tasks, uint64_t time)
{
    for (; jit->next < jit->dump.count && jit->dump.steps[jit->next].time <= time; jit->next++) {
        const struct jitdump_step *step = &jit->dump.steps[jit->next];
        struct space_map map = {
            .start = step->address,
            .end = step->address + step->size,
            .offset = step->offset,
            .object = jit->object,
            .code = true,
        };
        if (tasks_overlay(tasks, jit->pid, &map) < 0)
            return -1;
    }
    return 0;
}

/* True if a file may be the one that was mapped. The number of an inode is soon given to the next
 * file; where the file system counts how often, the recording may know. */
static bool jit_fits(const struct object *object, int fd, const struct stat *st)
{
    int generation;
    if (!object_may_be(object, major(st->st_dev), minor(st->st_dev), st->st_ino))
        return false;
    return !object->generation || ioctl(fd, FS_IOC_GETVERSION, &generation) < 0 ||
           (uint32_t)generation == object->generation;
}

/* Opens a dump, if it is the one of this object or is to be believed to be (NULL). Whoever may
 * write in its folder has chosen what is there: to open a FIFO would wait for whoever writes into
 * it. */
static bool jit_open(const char *path, const struct object *object, int *ret_fd)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (object && !jit_fits(object, fd, &st))) {
        close(fd);
        return false;
    }
    *ret_fd = fd;
    return true;
}

static int jit_read(struct jit *jit, struct symbols *symbols, int fd)
{
    struct source source;
    if (source_open_fd(&source, fd, NULL) < 0)
        return 0;
    int r = jitdump_read(&jit->dump, symbols, &source);
    source_close(&source);
    return r;
}

int jits_add(struct jits *jits, struct objects *objects, struct tasks *tasks, uint32_t pid,
             uint32_t number, const char *path, bool elsewhere, bool timed)
{
    int fd;
    struct object *object = &objects->items[number];
    if (object->loaded || jits->count >= LIMIT_JIT_DUMPS ||
        !jit_open(path, elsewhere ? NULL : object, &fd))
        return 0;
    object->loaded = true;
    object->loaded_for = UINT32_MAX;
    struct jit jit = {.pid = pid, .object = number};
    int r = jit_read(&jit, &object->symbols, fd);
    close(fd);
    if (r < 0 || mem_grow(&jits->items, &jits->capacity, jits->count + 1, sizeof jit) < 0) {
        jitdump_done(&jit.dump);
        return -1;
    }
    jits->items[jits->count++] = jit;
    timed = timed && !jit.dump.other_clock;
    return timed ? 0 : jit_advance(&jits->items[jits->count - 1], tasks, UINT64_MAX);
}

int jits_advance(struct jits *jits, struct tasks *tasks, uint32_t pid, uint64_t time)
{
    for (size_t i = 0; i < jits->count; i++)
        if (jits->items[i].pid == pid && jit_advance(&jits->items[i], tasks, time) < 0)
            return -1;
    return 0;
}

void jits_exec(struct jits *jits, uint32_t pid)
{
    for (size_t i = 0; i < jits->count; i++)
        if (jits->items[i].pid == pid)
            jits->items[i].next = jits->items[i].dump.count;
}
