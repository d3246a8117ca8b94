/* SPDX-License-Identifier: MIT */
#include "resolve/vdso.h"

#include <link.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/mem.h"
#include "resolve/files.h"
#include "resolve/narrow_vdso.h"

/* The section table is the last thing in the image. */
static size_t vdso_size(const void *image)
{
    ElfW(Ehdr) header;
    memcpy(&header, image, sizeof header);
    return header.e_shoff + (size_t)header.e_shnum * header.e_shentsize;
}

static int vdso_ours(struct elf_file **ret_file)
{
    const void *image = (const void *)(uintptr_t)getauxval(AT_SYSINFO_EHDR);
    return image ? elf_file_image(ret_file, image, vdso_size(image)) : 0;
}

/* That of 32-bit programs, which costs a child: the kernel is asked once. */
static int vdso_narrow(struct names *names, struct elf_file **ret_file)
{
    struct buffer *image = &names->narrow_vdso;
    if (!names->narrow_vdso_asked && narrow_vdso_read(image) < 0)
        return -1;
    names->narrow_vdso_asked = true;
    return image->size ? elf_file_image(ret_file, image->data, image->size) : 0;
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

int vdso_open(struct names *names, uint32_t number, struct elf_file **ret_file)
{
    CLEANUP(elf_file_cleanup) struct elf_file *here = NULL, *taken = NULL;
    const struct object *object = &names->objects->items[number];
    bool narrow =
        strcmp(intern_text(&names->objects->paths, object->path), OBJECT_VDSO_NARROW) == 0;
    if (!narrow && vdso_ours(&here) < 0)
        return -1;
    vdso_take(object, &here, names->symfs, &taken);
    if (!taken && object->build_id.size && vdso_kept(names, object, &taken) < 0)
        return -1;
    if (!taken && narrow && (object->build_id.size || object->local)) {
        if (vdso_narrow(names, &here) < 0)
            return -1;
        vdso_take(object, &here, names->symfs, &taken);
    }
    *ret_file = MEM_TAKE(taken);
    return 0;
}
