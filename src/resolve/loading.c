/* SPDX-License-Identifier: MIT */
/* Where an object's symbols are found. */
#include "resolve/loading.h"

#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/source.h"
#include "resolve/files.h"
#include "resolve/perfmap.h"

int loading_text(const char *path, char **ret_text, size_t *ret_size)
{
    struct pfl_error error;
    struct stat st;
    *ret_text = NULL;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    int r = source_read_text(path, ret_text, ret_size, &error);
    return r < 0 && error.code == PFL_ERROR_MEMORY ? -1 : 0;
}

/* Notes where debug information is. */
static int file_note(struct names *names, struct object *object, const struct files *files)
{
    struct intern *paths = &names->objects->paths;
    const char *mapped = files->mapped ? elf_file_path(files->mapped) : NULL;
    const char *named = files->named ? elf_file_path(files->named) : NULL;
    if (named && intern_add(paths, named, strlen(named), &object->debug) < 0)
        return -1;
    object->program = object->debug;
    return mapped ? intern_add(paths, mapped, strlen(mapped), &object->program) : 0;
}

static int file_load(struct names *names, uint32_t number)
{
    CLEANUP(files_done) struct files files = {0};
    struct object *object = &names->objects->items[number];
    if (files_open(&files, names, number) < 0)
        return -1;
    object->trouble = files.trouble;
    struct elf_file *named = files.named ? files.named : files.mapped;
    if (!named)
        return 0;
    bool rich;
    if (file_note(names, object, &files) < 0)
        return -1;
    int r = elf_file_symbols(named, files.mapped ? files.mapped : named, &object->symbols, &rich);
    object->trouble = rich ? TROUBLE_NONE : TROUBLE_STRIPPED;
    return r;
}

/* The vdso: the kernel's own little library, in no file. */

/* The section table is the last thing in the image. */
static size_t vdso_size(const void *image)
{
    ElfW(Ehdr) header;
    memcpy(&header, image, sizeof header);
    return header.e_shoff + (size_t)header.e_shnum * header.e_shentsize;
}

/* Takes an image that fits, unless there is one already. */
static void vdso_take(const struct object *object, struct elf_file **file, bool elsewhere,
                      struct elf_file **taken)
{
    enum trouble trouble;
    if (*file && !*taken && (!elsewhere || object->build_id.size) &&
        files_fit(*file, object, elsewhere, &trouble))
        *taken = MEM_TAKE(*file);
}

static int vdso_file(const struct object *object, const char *path, struct elf_file **taken)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    if (!*taken && elf_file_open(&file, path) < 0)
        return -1;
    vdso_take(object, &file, true, taken);
    return 0;
}

/* What is kept of it by build id: perf's cache, --symbols, and what kernels install for
 * debuggers, which has the one for 32-bit programs too. */
static int vdso_kept(struct names *names, const struct object *object, struct elf_file **taken)
{
    static const char *const installed[] = {"vdso64.so", "vdso32.so", "vdso.so"};
    const char *path, *release = intern_text(&names->objects->paths, object->release);
    buffer_clear(&names->scratch);
    build_id_cached(&names->scratch, names->buildid_dir, &object->build_id, "vdso");
    if (vdso_file(object, buffer_string(&names->scratch), taken) < 0)
        return -1;
    for (size_t nth = 0; !*taken; nth++) {
        if (stock_find(&names->stock, &object->build_id, STOCK_ELF, nth, &path) < 0)
            return -1;
        if (!path)
            break;
        if (vdso_file(object, path, taken) < 0)
            return -1;
    }
    for (size_t i = 0; i < sizeof installed / sizeof *installed && *release; i++) {
        buffer_clear(&names->scratch);
        buffer_printf(&names->scratch, "%s/lib/modules/%s/vdso/%s",
                      names->symfs ? names->symfs : "", release, installed[i]);
        if (vdso_file(object, buffer_string(&names->scratch), taken) < 0)
            return -1;
    }
    return 0;
}

int loading_vdso(struct names *names, uint32_t number, struct elf_file **ret_file)
{
    CLEANUP(elf_file_cleanup) struct elf_file *here = NULL, *taken = NULL;
    const struct object *object = &names->objects->items[number];
    const void *image = (const void *)(uintptr_t)getauxval(AT_SYSINFO_EHDR);
    if (image && elf_file_image(&here, image, vdso_size(image)) < 0)
        return -1;
    vdso_take(object, &here, names->symfs != NULL, &taken);
    if (!taken && object->build_id.size && vdso_kept(names, object, &taken) < 0)
        return -1;
    *ret_file = MEM_TAKE(taken);
    return 0;
}

static int vdso_load(struct names *names, uint32_t number)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    struct object *object = &names->objects->items[number];
    bool rich;
    if (loading_vdso(names, number, &file) < 0)
        return -1;
    object->trouble = file ? TROUBLE_NONE : TROUBLE_NOT_FOUND;
    return file ? elf_file_symbols(file, file, &object->symbols, &rich) : 0;
}

/* JIT code */

static int jit_load(struct names *names, struct object *object, const char *path)
{
    CLEANUP(mem_cleanup) char *text = NULL;
    size_t size = 0;
    object->trouble = TROUBLE_NO_MAP;
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
    object->trouble = TROUBLE_NONE;
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
    case OBJECT_KERNEL: return names_load_kernel(names, object);
    case OBJECT_MODULE: return names_load_module(names, number);
    case OBJECT_FILE: return file_load(names, number);
    case OBJECT_VDSO: return vdso_load(names, number);
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
