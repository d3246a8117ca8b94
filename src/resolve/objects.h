/* SPDX-License-Identifier: MIT */
/* What code lies in: files, the kernel and its modules, the vdso, a process's JIT area.
 *
 *     mapping record ─▶ object_key ─▶ number ─▶ struct object ─▶ symbols, once a name is wanted
 *
 * A number is for ever; equal keys get equal numbers, so that places of different processes and
 * recordings can be the same. Number 0 is the object of addresses that nothing holds. */
#ifndef PFL_RESOLVE_OBJECTS_H
#define PFL_RESOLVE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/index.h"
#include "base/intern.h"
#include "resolve/elf/build_id.h"
#include "resolve/symbols.h"

enum object_kind {
    OBJECT_UNKNOWN = 0,
    OBJECT_FILE,
    OBJECT_KERNEL,
    OBJECT_MODULE, /* a kernel module; its path is "[name]" */
    OBJECT_VDSO,
    OBJECT_JIT,     /* code in no file; its path is /tmp/perf-PID.map */
    OBJECT_PASSING, /* code of the kernel that comes and goes, of BPF say; its path is its name */
    OBJECT_GUEST,   /* whatever a guest runs */
};

/* Why an object has no names. */
enum trouble {
    TROUBLE_NONE = 0,
    TROUBLE_NOT_FOUND,
    TROUBLE_STRIPPED,
    TROUBLE_DIFFERS,    /* the file at hand has another build id */
    TROUBLE_ELSEWHERE,  /* not found, for the recording is of another machine */
    TROUBLE_FOREIGN,    /* likewise, and no build id was recorded by which to know a file */
    TROUBLE_HOSTLESS,   /* no build id was recorded, nor which machine it was */
    TROUBLE_CHANGED,    /* no build id was recorded, and the file was changed since */
    TROUBLE_DELETED,    /* deleted or replaced while it was mapped */
    TROUBLE_PERMISSION, /* its file, or its map, may not be read */
    TROUBLE_NO_FILE,    /* what the kernel maps that is in no file */
    TROUBLE_OLD_MAP,    /* the list at hand is of a process of before that had the same number */
    TROUBLE_NO_MAP,     /* code of a JIT compiler that left no list of it */
    TROUBLE_HIDDEN,     /* kernel addresses are hidden */
    TROUBLE_GIVEN,      /* the kernel's list or image that was given has none */
};

#define OBJECTS_UNKNOWN 0u
#define OBJECTS_GUEST   1u

/* The path of the vdso that programs of 32 bits have under a kernel of 64. */
#define OBJECT_VDSO_NARROW "[vdso32]"

/* What makes an object this one. Zero what does not apply. */
struct object_key {
    enum object_kind kind;
    const char *path;
    size_t path_length;
    struct build_id build_id;
    uint32_t recording; /* 0 where a build id says which it is */
    uint32_t major, minor;
    uint64_t inode, generation;
    uint64_t reference; /* kernel: where its reference symbol was */
    uint32_t parent;    /* JIT: the object of code that a process was forked with; 0: its own */
};

struct object {
    enum object_kind kind;
    uint32_t path;        /* number in `paths` */
    uint32_t file;        /* likewise: where the file was; a module's path is its name alone */
    uint32_t pid;         /* a process that maps it; 0: none */
    uint64_t code_offset; /* file: offset of its first code mapping; module: where it was loaded */
    struct build_id build_id;
    uint32_t recording, major, minor;
    uint64_t inode, generation, reference;
    uint32_t reference_symbol; /* kernel: number in `paths`; 0: not recorded */
    uint64_t text_end;         /* kernel: where its mapping ended; 0: not recorded */
    uint32_t release;          /* number in `paths`: of the kernel recorded */
    uint32_t kernel;           /* module: the kernel's object */
    uint32_t parent;           /* JIT: the object that this code was its process's parent's by */
    bool local;                /* recorded on this machine, so that its files may be asked */
    bool hostless;             /* the recording does not tell its machine: perf was killed, say */
    int64_t recorded_until;    /* seconds since 1970; 0: unknown */
    int64_t began;             /* JIT: when its process did, likewise */
    bool loaded;               /* an attempt was made to read its symbols */
    uint32_t loaded_for;       /* of the places before this one */
    struct symbols symbols;
    uint32_t program, debug; /* files: what was mapped, and what has its debug information if
                                that is another; numbers in `paths`; 0: none */
    uint32_t expanded;       /* places before this one were asked for inlined functions */
    enum trouble trouble;    /* why there are none */
    uint32_t shown;          /* number of its name as shown, for whoever names; 0: not yet */
};

struct objects {
    struct object *items;
    size_t count, capacity;
    struct index index;
    struct intern paths;
};

/* Returns 0, or -1 without memory. */
int objects_init(struct objects *objects);
void objects_done(struct objects *objects);

/* The number of the object of `key`: returns 1 if it is new, 0 if not, or -1 without memory. */
int objects_add(struct objects *objects, const struct object_key *key, uint32_t *ret_object);

static inline const char *objects_path(const struct objects *objects, uint32_t object)
{
    return intern_text(&objects->paths, objects->items[object].path);
}

/* True unless a file, by what stat says of it, is certainly not the one that was mapped. btrfs and
 * overlayfs tell stat another device than mappings have, and the latter another inode; such a
 * device, which no disk is behind, has no major number. */
bool object_may_be(const struct object *object, uint32_t major, uint32_t minor, uint64_t inode);

/* The last part of a path, without the " (deleted)" that the kernel adds; its length goes to
 * *ret_length. */
const char *objects_base(const char *path, size_t *ret_length);

#endif
