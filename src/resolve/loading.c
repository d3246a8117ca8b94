/* SPDX-License-Identifier: MIT */
/* Where an object's symbols are found. A file gives names only if it is certainly the one that
 * was recorded: by its build id or, where none was recorded, because this is the machine and the
 * file has not changed since. */
#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/source.h"
#include "resolve/elf_file.h"
#include "resolve/kallsyms.h"
#include "resolve/names.h"
#include "resolve/perfmap.h"

/* The text of a list in a file; NULL in *ret_text if there is none. */
static int loading_text(const char *path, char **ret_text, size_t *ret_size)
{
    struct pfl_error error;
    struct stat st;
    *ret_text = NULL;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    int r = source_read_text(path, ret_text, ret_size, &error);
    return r < 0 && error.code == PFL_ERROR_MEMORY ? -1 : 0;
}

static const char *cached_path(struct names *names, const struct build_id *id, const char *name)
{
    buffer_clear(&names->scratch);
    build_id_cached(&names->scratch, names->buildid_dir, id, name);
    return buffer_string(&names->scratch);
}

/* Kernel */

/* True if the kernel that runs is the one recorded; *ret_differs if that is certainly wrong. */
static bool kernel_runs(const struct object *object, bool symfs, bool *ret_differs)
{
    if (!object->build_id.size)
        return object->local && !symfs;
    CLEANUP(mem_cleanup) char *notes = NULL;
    size_t size;
    struct build_id running;
    if (loading_text("/sys/kernel/notes", &notes, &size) < 0 || !notes ||
        !build_id_from_notes(&running, notes, size, false))
        return false;
    bool same = build_id_equal(&running, &object->build_id);
    *ret_differs = !same;
    return same;
}

static int kernel_read(struct names *names, struct object *object, const char *path,
                       bool *ret_found)
{
    CLEANUP(mem_cleanup) char *text = NULL;
    size_t size = 0;
    if (loading_text(path, &text, &size) < 0)
        return -1;
    *ret_found = text && size > 0;
    if (!*ret_found)
        return 0;
    struct kallsyms_reference reference = {.address = object->reference};
    if (object->reference_symbol)
        reference.symbol = intern_text(&names->objects->paths, object->reference_symbol);
    bool hidden = false;
    int r = kallsyms_read(&object->symbols, text, size, &reference, &hidden);
    if (hidden) {
        names->trouble.kernel_addresses_hidden = true;
        object->trouble = "addresses are hidden";
    }
    return r;
}

static int kernel_load(struct names *names, struct object *object)
{
    bool found = false, differs = false;
    object->trouble = NULL;
    if (names->kallsyms) {
        int r = kernel_read(names, object, names->kallsyms, &found);
        if (!found)
            object->trouble = "not found";
        return r;
    }
    if (object->build_id.size) {
        const char *path = cached_path(names, &object->build_id, "kallsyms");
        if (kernel_read(names, object, path, &found) < 0)
            return -1;
        if (found && object->symbols.count)
            return 0;
    }
    if (kernel_runs(object, names->symfs != NULL, &differs))
        return kernel_read(names, object, "/proc/kallsyms", &found);
    names->trouble.kernel_build_id_differs |= differs || !object->build_id.size;
    object->trouble = differs ? "build id differs" : "not found";
    return 0;
}

/* Files */

/* True if a file was not touched since it was recorded or, as a new link or mode touches it too,
 * is at least the same inode and was not written. Some file systems number their inodes
 * differently for mappings, so that a difference alone says nothing. */
static bool file_unchanged(const struct elf_file *file, const struct object *object)
{
    struct elf_file_stat stat = elf_file_stat(file);
    bool same = !object->inode || object->inode == stat.inode;
    if (!object->recorded_until)
        return same;
    return stat.changed <= object->recorded_until ||
           (same && stat.written <= object->recorded_until);
}

/* True if a file may name what was recorded; otherwise *ret_trouble says why not. */
static bool file_fits(const struct elf_file *file, const struct object *object, bool symfs,
                      const char **ret_trouble)
{
    struct build_id id = elf_file_build_id(file);
    if (object->build_id.size) {
        *ret_trouble = "build id differs";
        return build_id_equal(&id, &object->build_id);
    }
    *ret_trouble = "no build id recorded, and not this machine's";
    if (symfs || !object->local)
        return false;
    *ret_trouble = "changed since it was recorded";
    return file_unchanged(file, object);
}

/* Of the files that fit: the first is what was mapped, and the first with a .symtab has the
 * names; perf looks in the same order. */
struct file_choice {
    struct elf_file *mapped, *named;
    const char *trouble;
};

static void file_choice_done(struct file_choice *choice)
{
    elf_file_free(choice->mapped);
    elf_file_free(choice->named);
}

static bool file_choice_made(const struct file_choice *choice)
{
    return choice->named || (choice->mapped && elf_file_has_symtab(choice->mapped));
}

static int file_choice_try(struct file_choice *choice, const struct object *object,
                           const char *path, bool symfs)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    if (file_choice_made(choice))
        return 0;
    if (elf_file_open(&file, path) < 0)
        return -1;
    if (!file || !file_fits(file, object, symfs, &choice->trouble))
        return 0;
    if (!choice->mapped)
        choice->mapped = MEM_TAKE(file);
    else if (elf_file_has_symtab(file))
        choice->named = MEM_TAKE(file);
    return 0;
}

/* Where distributions keep what they strip: /usr/lib/debug/.build-id/xx/yyyy.debug. */
static int file_choice_debug(struct file_choice *choice, struct names *names)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    struct build_id wanted = {0};
    if (choice->mapped)
        wanted = elf_file_build_id(choice->mapped);
    if (file_choice_made(choice) || !wanted.size)
        return 0;
    buffer_clear(&names->scratch);
    buffer_text(&names->scratch, names->symfs ? names->symfs : "");
    build_id_cached(&names->scratch, "/usr/lib/debug", &wanted, "");
    if (names->scratch.size)
        names->scratch.size--; /* the slash before the name */
    buffer_text(&names->scratch, ".debug");
    if (elf_file_open(&file, buffer_string(&names->scratch)) < 0)
        return -1;
    struct build_id id = {0};
    if (file)
        id = elf_file_build_id(file);
    if (build_id_equal(&id, &wanted) && elf_file_has_symtab(file))
        choice->named = MEM_TAKE(file);
    return 0;
}

static int file_take(struct object *object, struct file_choice *choice)
{
    struct elf_file *named = choice->named ? choice->named : choice->mapped;
    object->trouble = elf_file_has_symtab(named) ? NULL : "stripped";
    return elf_file_symbols(named, choice->mapped, &object->symbols);
}

static int file_load(struct names *names, struct object *object, const char *path)
{
    CLEANUP(file_choice_done) struct file_choice choice = {.trouble = "not found"};
    if (object->build_id.size &&
        file_choice_try(&choice, object, cached_path(names, &object->build_id, "elf"), false) < 0)
        return -1;
    buffer_clear(&names->scratch);
    buffer_text(&names->scratch, names->symfs ? names->symfs : "");
    buffer_text(&names->scratch, path);
    if (*path != '/') /* "[uprobes]" and the like are no files of the working folder */
        buffer_clear(&names->scratch);
    if (file_choice_try(&choice, object, buffer_string(&names->scratch), names->symfs != NULL) <
            0 ||
        file_choice_debug(&choice, names) < 0)
        return -1;
    object->trouble = choice.trouble;
    return choice.mapped ? file_take(object, &choice) : 0;
}

/* The vdso: the kernel's own little library, in no file. */

/* The section table is the last thing in the image. */
static size_t vdso_size(const void *image)
{
    ElfW(Ehdr) header;
    memcpy(&header, image, sizeof header);
    return header.e_shoff + (size_t)header.e_shnum * header.e_shentsize;
}

static int vdso_load(struct names *names, struct object *object)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    const char *trouble;
    object->trouble = "not found";
    if (object->build_id.size &&
        elf_file_open(&file, cached_path(names, &object->build_id, "vdso")) < 0)
        return -1;
    if (file && file_fits(file, object, false, &trouble))
        object->trouble = NULL;
    const void *image = (const void *)(uintptr_t)getauxval(AT_SYSINFO_EHDR);
    if (object->trouble && image) {
        elf_file_free(MEM_TAKE(file));
        if (elf_file_image(&file, image, vdso_size(image)) < 0)
            return -1;
        if (file && file_fits(file, object, names->symfs != NULL, &trouble))
            object->trouble = NULL;
    }
    if (object->trouble)
        return 0;
    return elf_file_symbols(file, file, &object->symbols);
}

/* JIT code */

static int jit_load(struct names *names, struct object *object, const char *path)
{
    CLEANUP(mem_cleanup) char *text = NULL;
    size_t size = 0;
    object->trouble = "no map file";
    if (!names->symfs && !object->local)
        return 0;
    buffer_clear(&names->scratch);
    if (names->symfs)
        buffer_text(&names->scratch, names->symfs);
    buffer_text(&names->scratch, path);
    if (loading_text(buffer_string(&names->scratch), &text, &size) < 0)
        return -1;
    if (!text)
        return 0;
    object->trouble = NULL;
    return perfmap_read(&object->symbols, text, size);
}

static int loading_run(struct names *names, uint32_t number)
{
    struct object *object = &names->objects->items[number];
    CLEANUP(mem_cleanup)
    char *path = mem_copy_text(objects_path(names->objects, number),
                               strlen(objects_path(names->objects, number)));
    if (!path)
        return -1;
    switch (object->kind) {
    case OBJECT_KERNEL: return kernel_load(names, object);
    case OBJECT_MODULE: return names_load(names, object->kernel);
    case OBJECT_FILE: return file_load(names, object, path);
    case OBJECT_VDSO: return vdso_load(names, object);
    case OBJECT_JIT: return jit_load(names, object, path);
    default: return 0;
    }
}

int names_load(struct names *names, uint32_t number)
{
    struct object *object = &names->objects->items[number];
    if (object->loaded)
        return 0;
    object->loaded = true;
    return loading_run(names, number);
}
