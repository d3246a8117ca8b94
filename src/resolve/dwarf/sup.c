/* SPDX-License-Identifier: MIT */
/* The supplementary file: what dwz found to be common to several files. It is recognised by its
 * build id (.gnu_debugaltlink) or checksum (.debug_sup, DWARF 5 section 7.3.6). */
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "resolve/dwarf/file.h"
#include "resolve/dwarf/form.h"
#include "resolve/leb128.h"

struct sup_link {
    const char *name;
    const uint8_t *id;
    size_t id_size;
    bool is_sup; /* this is such a file itself */
};

/* A section whole. */
static struct cursor sup_section(struct dwarf_file *file, enum dwarf_section_id id)
{
    struct dwarf_section *section = &file->sections[id];
    if (!dwarf_section_need(section, 0, 0) || section->size > LIMIT_NAME_BYTES)
        return (struct cursor){.failed = true};
    return dwarf_file_cursor(file, id, 0, section->size);
}

static bool sup_link_read(struct dwarf_file *file, struct sup_link *ret_link)
{
    struct sup_link link = {0};
    struct cursor c = sup_section(file, DWARF_ALT_LINK);
    if (!c.failed) {
        link.name = cursor_text(&c, NULL);
        link.id_size = cursor_left(&c);
    } else {
        c = sup_section(file, DWARF_SUP);
        if (c.failed || cursor_u16(&c) < 5)
            return false;
        link.is_sup = cursor_u8(&c) != 0;
        link.name = cursor_text(&c, NULL);
        uint64_t size = leb128_unsigned(&c);
        link.id_size = size > cursor_left(&c) ? 0 : (size_t)size;
    }
    link.id = cursor_bytes(&c, link.id_size);
    *ret_link = link;
    return !c.failed && link.name && link.id_size > 0;
}

/* Whether a file is the one meant. */
static bool sup_fits(struct dwarf_file *sup, const struct sup_link *link)
{
    struct sup_link own;
    if (sup->build_id.size && sup->build_id.size == link->id_size &&
        memcmp(sup->build_id.bytes, link->id, link->id_size) == 0)
        return true;
    return sup_link_read(sup, &own) && own.is_sup && own.id_size == link->id_size &&
           memcmp(own.id, link->id, link->id_size) == 0;
}

static int sup_try(struct dwarf_file *file, struct buffer *path, const struct sup_link *link)
{
    CLEANUP(dwarf_file_cleanup) struct dwarf_file *sup = NULL;
    if (file->sup)
        return 0;
    if (path->failed || dwarf_file_open(&sup, buffer_string(path), false) < 0)
        return -1;
    if (!sup || !sup_fits(sup, link))
        return 0;
    if (dwarf_file_heads(sup) < 0)
        return -1;
    file->sup = MEM_TAKE(sup);
    return 0;
}

/* Tries a name relative to the folder of a file. */
static int sup_beside(struct dwarf_file *file, const char *beside, const struct sup_link *link,
                      struct buffer *path)
{
    const char *slash = beside ? strrchr(beside, '/') : NULL;
    if (!beside || *link->name == '/')
        return 0;
    buffer_clear(path);
    buffer_append(path, beside, slash ? (size_t)(slash - beside) + 1 : 0);
    buffer_text(path, link->name);
    return sup_try(file, path, link);
}

static int sup_search(struct dwarf_file *file, const struct sup_link *link, const char *symfs,
                      struct buffer *path)
{
    const char *base = strrchr(link->name, '/');
    if (sup_beside(file, file->path, link, path) < 0 ||
        sup_beside(file, file->recorded, link, path) < 0)
        return -1;
    buffer_clear(path);
    buffer_printf(path, "%s%s", symfs, link->name);
    if (*link->name == '/' && sup_try(file, path, link) < 0)
        return -1;
    buffer_clear(path);
    buffer_printf(path, "%s/usr/lib/debug/.dwz/%s", symfs, base ? base + 1 : link->name);
    if (sup_try(file, path, link) < 0)
        return -1;
    struct build_id id = build_id_of(link->id, link->id_size);
    buffer_clear(path);
    buffer_text(path, symfs);
    build_id_cached(path, "/usr/lib/debug", &id, "");
    if (path->size)
        path->size--; /* the slash before the name */
    buffer_text(path, ".debug");
    return sup_try(file, path, link);
}

int dwarf_file_sup(struct dwarf_file *file, const char *symfs, struct dwarf_file **ret_sup)
{
    struct sup_link link;
    if (!file->sup_tried) {
        CLEANUP(buffer_done) struct buffer path = {0};
        file->sup_tried = true;
        if (sup_link_read(file, &link) && !link.is_sup &&
            sup_search(file, &link, symfs ? symfs : "", &path) < 0)
            return -1;
    }
    *ret_sup = file->sup;
    return 0;
}
