/* SPDX-License-Identifier: MIT */
#include "resolve/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compress.h"

void files_done(struct files *files)
{
    elf_file_free(files->mapped);
    elf_file_free(files->named);
    *files = (struct files){0};
}

/* True if a file was not touched since it was recorded or, as a new link or mode touches it too,
 * is at least the same inode and was not written. */
static bool file_unchanged(const struct elf_file *file, const struct object *object)
{
    struct elf_file_stat stat = elf_file_stat(file);
    bool same = !object->inode || object->inode == stat.inode;
    if (!object_may_be(object, stat.major, stat.minor, stat.inode))
        return false;
    if (!object->recorded_until)
        return same;
    return stat.changed <= object->recorded_until ||
           (same && stat.written <= object->recorded_until);
}

bool files_fit(const struct elf_file *file, const struct object *object, bool elsewhere,
               enum trouble *ret_trouble)
{
    struct build_id id = elf_file_build_id(file);
    if (object->build_id.size) {
        *ret_trouble = TROUBLE_DIFFERS;
        return build_id_equal(&id, &object->build_id);
    }
    if (elsewhere) /* the user's word; perf notes the ids of what was hit by leaves alone */
        return true;
    *ret_trouble = object->hostless ? TROUBLE_HOSTLESS : TROUBLE_FOREIGN;
    if (!object->local)
        return false;
    *ret_trouble = TROUBLE_CHANGED;
    return file_unchanged(file, object);
}

/* The search in progress. */
struct search {
    struct files files;
    struct names *names;
    const struct object *object;
    const char *root;   /* what stands before paths: --symfs, or "" */
    struct buffer file; /* the path recorded, without " (deleted)" */
    struct buffer path; /* the path being tried */
};

static void search_done(struct search *search)
{
    files_done(&search->files);
    buffer_done(&search->file);
    buffer_done(&search->path);
}

/* True if the mapped file does not say all that is wanted: `strip -g` leaves the symbols and takes
 * the rest. */
static bool search_lacks(const struct search *search)
{
    const struct elf_file *mapped = search->files.mapped;
    bool dwarf = search->names->inlines || search->names->lines;
    return !elf_file_has_symtab(mapped) || (dwarf && !elf_file_has_dwarf(mapped));
}

/* True if a file says more than what is at hand. */
static bool search_gains(const struct search *search, const struct elf_file *file)
{
    const struct elf_file *mapped = search->files.mapped;
    return elf_file_has_symtab(file) &&
           (!mapped || !elf_file_has_symtab(mapped) || elf_file_has_dwarf(file));
}

static bool search_over(const struct search *search)
{
    const struct files *files = &search->files;
    return files->mapped && (files->named || !search_lacks(search));
}

/* Keeps a file that fits, if it is of use. */
static void search_keep(struct search *search, struct elf_file **file)
{
    struct files *files = &search->files;
    if (!files->mapped && elf_file_has_code(*file))
        files->mapped = MEM_TAKE(*file);
    else if (!files->named && search_gains(search, *file))
        files->named = MEM_TAKE(*file);
}

/* Tries a path as that of the object. */
static int search_try(struct search *search, const char *path, bool elsewhere)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    if (search_over(search))
        return 0;
    if (elf_file_open(&file, path) < 0)
        return -1;
    enum trouble trouble = TROUBLE_NOT_FOUND;
    if (!file && access(path, R_OK) < 0 && errno == EACCES)
        trouble = TROUBLE_PERMISSION;
    if (file && files_fit(file, search->object, elsewhere, &trouble))
        search_keep(search, &file);
    else if (search->files.trouble == TROUBLE_NOT_FOUND)
        search->files.trouble = trouble;
    return 0;
}

static int search_cache(struct search *search)
{
    static const char *const cached[] = {"elf", "debug"};
    const struct build_id *id = &search->object->build_id;
    const char *path;
    if (!id->size)
        return 0;
    for (size_t i = 0; i < sizeof cached / sizeof *cached; i++) {
        buffer_clear(&search->path);
        build_id_cached(&search->path, search->names->buildid_dir, id, cached[i]);
        if (search_try(search, buffer_string(&search->path), false) < 0)
            return -1;
    }
    for (size_t nth = 0;; nth++) {
        if (stock_find(&search->names->stock, id, STOCK_ELF, nth, &path) < 0)
            return -1;
        if (!path)
            return 0;
        if (search_try(search, path, false) < 0)
            return -1;
    }
}

/* True if a process still runs and has another root than we have. */
static bool process_is_elsewhere(uint32_t pid)
{
    char path[64];
    struct stat here, there;
    snprintf(path, sizeof path, "/proc/%u/root/", pid);
    return pid && stat("/", &here) == 0 && stat(path, &there) == 0 &&
           (here.st_dev != there.st_dev || here.st_ino != there.st_ino);
}

/* The recorded path as a process sees it that still runs, for it may be that of a container; and
 * its program, if that was replaced while it runs. */
static int search_process(struct search *search)
{
    uint32_t pid = search->object->pid;
    if (!search->object->local || !pid || search->files.mapped)
        return 0;
    buffer_clear(&search->path);
    buffer_printf(&search->path, "/proc/%u/root%s", pid, buffer_string(&search->file));
    if (search_try(search, buffer_string(&search->path), false) < 0)
        return -1;
    if (search->files.mapped || !search->object->build_id.size)
        return 0;
    buffer_clear(&search->path);
    buffer_printf(&search->path, "/proc/%u/exe", pid);
    return search_try(search, buffer_string(&search->path), false);
}

/* The recorded path, under --symfs or here. */
static int search_path(struct search *search)
{
    const struct object *object = search->object;
    if (search->file.size == 0 || *search->file.data != '/') {
        search->files.trouble = TROUBLE_NO_FILE;
        return 0; /* "[uprobes]" and the like are no files of the working folder */
    }
    bool elsewhere = search->names->symfs != NULL;
    buffer_clear(&search->path);
    buffer_printf(&search->path, "%s%s", search->root, buffer_string(&search->file));
    /* Without a build id a container's file is not to be taken for ours. */
    if ((elsewhere || object->build_id.size || !process_is_elsewhere(object->pid)) &&
        search_try(search, buffer_string(&search->path), elsewhere) < 0)
        return -1;
    return elsewhere ? 0 : search_process(search);
}

/* The CRC-32 of a file; false if it cannot be read. */
static bool file_checksum(const char *path, uint32_t *ret_checksum)
{
    char block[32 * 1024];
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    *ret_checksum = 0;
    while ((got = read(fd, block, sizeof block)) > 0)
        *ret_checksum = compress_crc32(*ret_checksum, block, (size_t)got);
    close(fd);
    return got == 0;
}

/* What a stripped file's debug information must be known by. */
struct debug_key {
    struct build_id id;
    const char *link; /* NULL without */
    uint32_t checksum;
};

/* Tries the path at hand as that of the debug information of the mapped file. */
static int search_debug_try(struct search *search, const struct debug_key *key)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    const char *path = buffer_string(&search->path);
    uint32_t checksum;
    if (search_over(search))
        return 0;
    if (elf_file_open(&file, path) < 0)
        return -1;
    if (!file || !search_gains(search, file))
        return 0;
    struct build_id id = elf_file_build_id(file);
    bool fits = key->id.size
                    ? build_id_equal(&id, &key->id)
                    : key->link && file_checksum(path, &checksum) && checksum == key->checksum;
    if (fits)
        search->files.named = MEM_TAKE(file);
    return 0;
}

/* What is tried for the debug information of a file DIR/BASE: FORMAT with two texts. */
static int search_debug_path(struct search *search, const struct debug_key *key, const char *root,
                             const char *folder, size_t folder_length, const char *between,
                             const char *base)
{
    buffer_clear(&search->path);
    buffer_printf(&search->path, "%s%.*s%s%s", root, (int)folder_length, folder, between, base);
    return search_debug_try(search, key);
}

/* .gnu_debuglink: beside the file, in .debug beside it, under /usr/lib/debug. */
static int search_link(struct search *search, const struct debug_key *key)
{
    const char *file = buffer_string(&search->file);
    const char *slash = strrchr(file, '/');
    if (!key->link || !slash)
        return 0;
    size_t folder = (size_t)(slash - file);
    if (search_debug_path(search, key, search->root, file, folder, "/", key->link) < 0 ||
        search_debug_path(search, key, search->root, file, folder, "/.debug/", key->link) < 0)
        return -1;
    buffer_clear(&search->path);
    buffer_printf(&search->path, "%s/usr/lib/debug%.*s/%s", search->root, (int)folder, file,
                  key->link);
    return search_debug_try(search, key);
}

/* Where debug information lies by build id: /usr/lib/debug/.build-id/xx/yyyy.debug, and what
 * debuginfod's client has fetched before. */
static int search_by_id(struct search *search, const struct debug_key *key)
{
    const char *home = getenv("HOME"), *cache = getenv("XDG_CACHE_HOME");
    if (!key->id.size)
        return 0;
    buffer_clear(&search->path);
    buffer_text(&search->path, search->root);
    build_id_cached(&search->path, "/usr/lib/debug", &key->id, "");
    if (search->path.size)
        search->path.size--; /* the slash before the name */
    buffer_text(&search->path, ".debug");
    if (search_debug_try(search, key) < 0)
        return -1;
    if (!cache && !home)
        return 0;
    buffer_clear(&search->path);
    buffer_printf(&search->path, "%s%s/debuginfod_client/", cache ? cache : home,
                  cache ? "" : "/.cache");
    build_id_text(&search->path, &key->id);
    buffer_text(&search->path, "/debuginfo");
    return search_debug_try(search, key);
}

static int search_debug(struct search *search)
{
    struct debug_key key = {.id = search->object->build_id};
    const struct elf_file *mapped = search->files.mapped;
    if (search_over(search) || search->files.named)
        return 0;
    if (mapped) {
        key.id = elf_file_build_id(mapped);
        key.link = elf_file_debuglink(mapped, &key.checksum);
    }
    return search_by_id(search, &key) < 0 || search_link(search, &key) < 0 ? -1 : 0;
}

/* Asks debuginfod servers for what is still missing. */
static int search_fetch(struct search *search)
{
    struct debuginfod *debuginfod = &search->names->debuginfod;
    struct debug_key key = {.id = search->object->build_id};
    const char *about = buffer_string(&search->file);
    if (!debuginfod->urls || search_over(search) || search->files.named || *about != '/')
        return 0;
    if (search->files.mapped)
        key.id = elf_file_build_id(search->files.mapped);
    buffer_clear(&search->path);
    if (!search->files.mapped &&
        debuginfod_find(debuginfod, DEBUGINFOD_EXECUTABLE, &key.id, about, &search->path) &&
        search_try(search, buffer_string(&search->path), false) < 0)
        return -1;
    buffer_clear(&search->path);
    if (!search_over(search) &&
        debuginfod_find(debuginfod, DEBUGINFOD_DEBUG, &key.id, about, &search->path))
        return search_debug_try(search, &key);
    return 0;
}

/* Of a recording of another machine, a file that is missing here, or another, is no news. */
static void search_elsewhere(struct search *search)
{
    const struct object *object = search->object;
    enum trouble *trouble = &search->files.trouble;
    if (!object->local && !object->hostless && !search->names->symfs &&
        (*trouble == TROUBLE_NOT_FOUND || *trouble == TROUBLE_DIFFERS))
        *trouble = TROUBLE_ELSEWHERE;
}

int files_open(struct files *ret_files, struct names *names, uint32_t number)
{
    static const char deleted[] = " (deleted)";
    struct object *object = &names->objects->items[number];
    CLEANUP(search_done)
    struct search search = {
        .files.trouble = TROUBLE_NOT_FOUND,
        .names = names,
        .object = object,
        .root = names->symfs ? names->symfs : "",
    };
    const char *path = intern_text(&names->objects->paths, object->file);
    size_t length = strlen(path), tail = sizeof deleted - 1;
    if (length > tail && strcmp(path + length - tail, deleted) == 0) {
        length -= tail;
        search.files.trouble = TROUBLE_DELETED;
    }
    buffer_append(&search.file, path, length);
    if (search_cache(&search) < 0 || search_path(&search) < 0 || search_debug(&search) < 0 ||
        search_fetch(&search) < 0 || search.file.failed || search.path.failed)
        return -1;
    if (search.files.named && !elf_file_has_code(search.files.named))
        elf_file_set_code_offset(search.files.named, object->code_offset);
    search_elsewhere(&search);
    *ret_files = search.files;
    search.files = (struct files){0};
    return 0;
}
