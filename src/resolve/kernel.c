/* SPDX-License-Identifier: MIT */
#include "resolve/kernel.h"

#include <string.h>
#include <unistd.h>

#include "base/source.h"
#include "resolve/files.h"
#include "resolve/kallsyms.h"
#include "resolve/resolver.h"

/* True if the build id is that of the kernel that runs; *ret_differs if that is certainly wrong. */
static bool kernel_has_id(const struct build_id *id, bool *ret_differs)
{
    CLEANUP(mem_cleanup) char *notes = NULL;
    size_t size;
    struct build_id running;
    if (source_read_text_if_any("/sys/kernel/notes", &notes, &size) < 0 || !notes ||
        !build_id_from_notes(&running, notes, size, false))
        return false;
    bool same = build_id_equal(&running, id);
    *ret_differs = !same;
    return same;
}

/* True if the kernel that runs is the one recorded; *ret_differs likewise. */
static bool kernel_runs(const struct object *object, bool symfs, bool *ret_differs)
{
    return object->build_id.size ? kernel_has_id(&object->build_id, ret_differs)
                                 : object->local && !symfs;
}

bool resolver_kernel_runs(const struct perf_mmap *kernel)
{
    bool differs;
    struct build_id id = build_id_of(kernel->build_id, kernel->build_id_size);
    return id.size && kernel_has_id(&id, &differs);
}

static const char *kernel_reference(struct names *names, const struct object *object)
{
    return object->reference_symbol ? intern_text(&names->objects->paths, object->reference_symbol)
                                    : NULL;
}

/* Reads a list. `ordered`: the kernel's, or perf's copy, in which all is as the kernel wrote it. */
static int kernel_kallsyms(struct names *names, struct object *object, const char *path,
                           bool ordered)
{
    struct kallsyms_reference reference = {kernel_reference(names, object), object->reference};
    struct kallsyms_state state;
    int r = kallsyms_load(&object->symbols, path, &reference, ordered, &state);
    if (state.damaged && !names->damaged_list &&
        !(names->damaged_list = mem_copy_text(path, strlen(path))))
        return -1;
    if (state.hidden) {
        names->kernel_is_hidden = true;
        object->trouble = TROUBLE_HIDDEN;
    }
    return r;
}

/* Reads an image of the kernel. `given`: by the user, whose word is enough where the recording
 * has no build id. */
static int kernel_vmlinux(struct names *names, struct object *object, const char *path, bool given)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    if (elf_file_open(&file, path) < 0)
        return -1;
    if (!file)
        return 0;
    struct build_id id = elf_file_build_id(file);
    if (object->build_id.size ? !build_id_equal(&id, &object->build_id) : !given) {
        object->trouble = TROUBLE_DIFFERS;
        return 0;
    }
    const char *reference = kernel_reference(names, object);
    uint64_t value, moved = 0;
    if (reference && elf_file_symbol_value(file, reference, &value))
        moved = object->reference - value;
    if (elf_file_addresses(file, moved, &object->symbols) < 0)
        return -1;
    object->trouble = object->symbols.offered ? TROUBLE_NONE : TROUBLE_STRIPPED;
    return 0;
}

/* Where perf keeps a file of the kernel's. */
static const char *kernel_cached(struct names *names, const struct object *kernel, const char *file)
{
    buffer_clear(&names->scratch);
    build_id_cached(&names->scratch, names->buildid_dir, &kernel->build_id, file);
    return buffer_string(&names->scratch);
}

bool names_kernel_is_kept(struct names *names, const struct object *kernel)
{
    return kernel->build_id.size && access(kernel_cached(names, kernel, "kallsyms"), R_OK) == 0;
}

/* Tries all that is kept by build id. */
static int kernel_by_id(struct names *names, struct object *object, enum stock_kind kind,
                        const char *cached)
{
    if (!object->build_id.size)
        return 0;
    const char *path = kernel_cached(names, object, cached);
    for (size_t nth = 0; path && !object->symbols.offered; nth++) {
        int r = kind == STOCK_ELF ? kernel_vmlinux(names, object, path, false)
                                  : kernel_kallsyms(names, object, path, true);
        if (r < 0 || stock_find(&names->stock, &object->build_id, kind, nth, &path) < 0)
            return -1;
    }
    return 0;
}

/* Where distributions keep the kernel's image (vmlinux_paths of perf). */
static int kernel_image(struct names *names, struct object *object)
{
    static const char *const paths[] = {"/boot/vmlinux-%s", "/usr/lib/debug/boot/vmlinux-%s",
                                        "/lib/modules/%s/build/vmlinux",
                                        "/usr/lib/debug/lib/modules/%s/vmlinux"};
    const char *release = intern_text(&names->objects->paths, object->release);
    if (!*release || strchr(release, '/') || !object->build_id.size)
        return 0;
    for (size_t i = 0; i < sizeof paths / sizeof *paths && !object->symbols.offered; i++) {
        size_t before = strcspn(paths[i], "%");
        buffer_clear(&names->scratch);
        buffer_text(&names->scratch, names->symfs ? names->symfs : "");
        buffer_append(&names->scratch, paths[i], before);
        buffer_text(&names->scratch, release);
        buffer_text(&names->scratch, paths[i] + before + 2);
        if (kernel_vmlinux(names, object, buffer_string(&names->scratch), false) < 0)
            return -1;
    }
    return 0;
}

/* No kernel has so much code. Older versions of perf let its mapping go on to the first module,
 * which tells nothing. */
#define TEXT_MOST (UINT64_C(256) << 20)

/* Whether the list that the user gave may be of the kernel recorded. It is used all the same. */
static int kernel_doubt(struct names *names, const struct object *object)
{
    struct kallsyms_reference reference = {kernel_reference(names, object), object->reference};
    if (!object->symbols.offered || names->foreign_list || object->text_end <= object->reference ||
        object->text_end - object->reference > TEXT_MOST)
        return 0;
    int r = kallsyms_contradicts(names->kallsyms, &reference, object->text_end);
    if (r > 0)
        names->foreign_list = mem_copy_text(names->kallsyms, strlen(names->kallsyms));
    return r < 0 || (r > 0 && !names->foreign_list) ? -1 : 0;
}

/* The user's own choice. Returns 1 if there was one, else 0, or -1. */
static int kernel_given(struct names *names, struct object *object)
{
    if (names->kallsyms && (kernel_kallsyms(names, object, names->kallsyms, false) < 0 ||
                            kernel_doubt(names, object) < 0))
        return -1;
    if (names->vmlinux && !object->symbols.offered &&
        kernel_vmlinux(names, object, names->vmlinux, true) < 0)
        return -1;
    bool given = names->kallsyms || names->vmlinux;
    if (object->symbols.offered)
        object->trouble = TROUBLE_NONE;
    else if (given && object->trouble == TROUBLE_NOT_FOUND)
        object->trouble = TROUBLE_GIVEN;
    return given;
}

/* Why the kernel that runs gives no names. */
static enum trouble kernel_trouble(const struct object *object, bool differs)
{
    if (!object->local && !object->hostless)
        return object->build_id.size ? TROUBLE_ELSEWHERE : TROUBLE_FOREIGN;
    if (object->build_id.size)
        return differs ? TROUBLE_DIFFERS : TROUBLE_NOT_FOUND;
    return object->hostless ? TROUBLE_HOSTLESS : TROUBLE_NOT_FOUND;
}

int names_load_kernel(struct names *names, struct object *object)
{
    bool differs = false;
    object->trouble = TROUBLE_NOT_FOUND;
    int r = kernel_given(names, object);
    if (r)
        return r < 0 ? -1 : 0;
    if (kernel_by_id(names, object, STOCK_KALLSYMS, "kallsyms") < 0)
        return -1;
    bool runs = !object->symbols.offered && kernel_runs(object, names->symfs != NULL, &differs);
    if (runs && kernel_kallsyms(names, object, "/proc/kallsyms", true) < 0)
        return -1;
    if (!object->symbols.offered &&
        (kernel_by_id(names, object, STOCK_ELF, "elf") < 0 || kernel_image(names, object) < 0))
        return -1;
    if (object->symbols.offered) {
        object->trouble = TROUBLE_NONE;
        names->kernel_is_hidden = false;
        return 0;
    }
    if (!runs)
        object->trouble = kernel_trouble(object, differs);
    return names->debuginfod.urls && object->build_id.size;
}

int names_fetch_kernel(struct names *names, struct object *object)
{
    enum trouble trouble = object->trouble;
    buffer_clear(&names->scratch);
    if (!debuginfod_find(&names->debuginfod, DEBUGINFOD_DEBUG, &object->build_id,
                         "the kernel's image", &names->scratch))
        return 0;
    if (kernel_vmlinux(names, object, buffer_string(&names->scratch), false) < 0)
        return -1;
    if (object->symbols.offered)
        names->kernel_is_hidden = false;
    else
        object->trouble = trouble;
    return 0;
}

/* True if the kernel's list has symbols of a module. */
static bool kernel_lists(const struct symbols *kernel, const char *module)
{
    for (size_t i = 0; i < kernel->module_count; i++)
        if (strcmp(kernel->names + kernel->modules[i], module) == 0)
            return true;
    return false;
}

int names_load_module(struct names *names, uint32_t number)
{
    CLEANUP(files_done) struct files files = {0};
    struct object *object = &names->objects->items[number];
    if (kernel_lists(&names->objects->items[object->kernel].symbols,
                     objects_path(names->objects, number)))
        return 0;
    if (files_open(&files, names, number) < 0)
        return -1;
    struct elf_file *file = files.named ? files.named : files.mapped;
    object->trouble = file ? TROUBLE_NONE : files.trouble;
    return file ? elf_file_module(file, &object->symbols) : 0;
}
