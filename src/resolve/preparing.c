/* SPDX-License-Identifier: MIT */
#include "resolve/preparing.h"

#include <stdlib.h>

#include "base/mem.h"
#include "resolve/files.h"
#include "resolve/kernel.h"
#include "resolve/loading.h"

/* From so many places on, at each time that there are twice as many, is looked which objects have
 * this many: those are likely to matter in the end. */
#define FORESEE_FROM   2048u
#define FORESEE_PLACES 64u

/* So few places, in so little debug information, are asked while a thread begins; and all that
 * threads share becomes dearer by a twentieth as soon as there are two. */
#define SOON_PLACES 4096u
#define SOON_BYTES  (4u << 20)

/* Begins so many threads at most, this one among them, that look for inlined functions; true if
 * there are any. */
static bool names_employ(struct names *names, unsigned threads)
{
    /* Where servers may be asked, each in a child process, no other thread is begun. */
    if (!names->expander.thread_count && threads > 1 && (names->inlines || names->lines) &&
        !names->debuginfod.urls)
        expander_begin(&names->expander, &names->dwarf, threads - 1);
    return names->expander.thread_count;
}

/* Begins threads if it takes long to ask for an object's places, unless there are any; opens what
 * is asked. Returns 0, or -1 without memory. */
static int names_weigh(struct names *names, struct dwarf_files *files, size_t place_count)
{
    CLEANUP(dwarf_file_cleanup) struct dwarf_file *file = NULL;
    if (names->expander.thread_count || !names->threads)
        return 0;
    if (dwarf_frames_open(&file, files->program, files->debug, names->symfs) < 0)
        return -1;
    if (file && (place_count > SOON_PLACES || file->sections[DWARF_INFO].size > SOON_BYTES))
        (void)names_employ(names, names->threads);
    if (!names->expander.thread_count)
        files->open = MEM_TAKE(file);
    return 0;
}

int names_expand(struct names *names, uint32_t number)
{
    struct object *object = &names->objects->items[number];
    uint32_t count = stacks_place_count(names->stacks), from = object->expanded;
    if ((!names->inlines && !names->lines) || !object->program || from == count)
        return 0;
    const struct intern *paths = &names->objects->paths;
    object->expanded = count;
    size_t place_count;
    const uint32_t *places = groups_of(&names->groups, number, &place_count);
    while (place_count && *places < from) { /* those were asked already */
        places++;
        place_count--;
    }
    buffer_clear(&names->scratch);
    buffer_printf(&names->scratch, "%s%s", names->symfs ? names->symfs : "",
                  intern_text(paths, object->file));
    struct dwarf_files files = {
        .program = intern_text(paths, object->program),
        .debug = object->debug ? intern_text(paths, object->debug) : NULL,
        .recorded = buffer_string(&names->scratch),
        .code_offset = object->code_offset,
        .go = !names->compat,
    };
    if (names_weigh(names, &files, place_count) < 0)
        return -1;
    if (names->expander.thread_count)
        return expander_give(&names->expander, number, places, place_count, &files);
    CLEANUP(dwarf_found_done) struct dwarf_found found = {0};
    return dwarf_places_find(&names->dwarf, places, place_count, &files, &found) < 0 ||
                   dwarf_places_take(&names->dwarf, &found) < 0
               ? -1
               : 0;
}

/* What of an object will be needed in any case. */
static int foresee(struct names *names, uint32_t number)
{
    CLEANUP(files_done) struct files files = {0};
    struct object *object = &names->objects->items[number];
    const struct intern *paths = &names->objects->paths;
    size_t place_count;
    groups_of(&names->groups, number, &place_count);
    if (object->kind != OBJECT_FILE || object->program || place_count < FORESEE_PLACES)
        return 0;
    if (files_open(&files, names, number) < 0 || names_note_files(names, object, &files) < 0)
        return -1;
    return object->program
               ? expander_foresee(&names->expander, number, intern_text(paths, object->program),
                                  object->debug ? intern_text(paths, object->debug) : NULL)
               : 0;
}

int names_foresee(struct names *names, unsigned threads)
{
    uint32_t count = stacks_place_count(names->stacks);
    if (count / 2 < names->foreseen || count < FORESEE_FROM || !names_employ(names, threads))
        return 0;
    names->foreseen = count;
    if (groups_update(&names->groups, names->stacks) < 0)
        return -1;
    for (uint32_t number = 0; number < names->objects->count; number++)
        if (foresee(names, number) < 0)
            return -1;
    return 0;
}

struct asked_object {
    uint32_t number;
    size_t places;
};

static int asked_compare(const void *left, const void *right)
{
    const struct asked_object *a = left, *b = right;
    if (a->places != b->places)
        return a->places < b->places ? 1 : -1;
    return a->number < b->number ? -1 : 1;
}

/* Those with most places come first: they take longest, and matter most to whoever must wait for a
 * server. */
int names_prepare(struct names *names, unsigned threads, bool brief)
{
    size_t count = names->objects->count, asked = 0;
    CLEANUP(mem_cleanup) struct asked_object *objects = mem_zalloc(count, sizeof *objects);
    if (!objects || groups_update(&names->groups, names->stacks) < 0)
        return -1;
    for (uint32_t number = 0; number < count; number++) {
        groups_of(&names->groups, number, &objects[asked].places);
        objects[asked].number = number;
        const struct object *object = &names->objects->items[number];
        if (objects[asked].places && object->kind == OBJECT_KERNEL)
            brief = brief && names_kernel_is_kept(names, object);
        asked += objects[asked].places != 0;
    }
    if (asked)
        qsort(objects, asked, sizeof *objects, asked_compare);
    names->threads = brief ? threads : 0;
    if (!brief)
        names_employ(names, threads);
    expander_hurry(&names->expander);
    for (size_t i = 0; i < asked; i++)
        if (names_expand(names, objects[i].number) < 0) /* of which the files are known */
            return -1;
    for (size_t i = 0; i < asked; i++)
        if (names_load(names, objects[i].number) < 0 || names_expand(names, objects[i].number) < 0)
            return -1;
    names->threads = 0;
    return expander_end(&names->expander);
}
