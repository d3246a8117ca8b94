/* SPDX-License-Identifier: MIT */
/* A frame's line, as sample__fprintf_callchain of tools/perf/util/evsel_fprintf.c prints it. */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "tree/script_line.h"

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool slice_is(struct slice slice, const char *text)
{
    return slice.length == strlen(text) && memcmp(slice.text, text, slice.length) == 0;
}

static bool slice_begins(struct slice slice, const char *text)
{
    size_t length = strlen(text);
    return slice.length >= length && memcmp(slice.text, text, length) == 0;
}

static bool slice_ends(struct slice slice, const char *text)
{
    size_t length = strlen(text);
    return slice.length >= length && memcmp(slice.text + slice.length - length, text, length) == 0;
}

static void slice_cut(struct slice *slice, const char *ending)
{
    if (slice_ends(*slice, ending))
        slice->length -= strlen(ending);
}

bool script_frame_split(const char *line, size_t length, struct slice *ret_place)
{
    size_t at = 0, digits = 0;
    while (at < length && (line[at] == ' ' || line[at] == '\t'))
        at++;
    for (; at < length && is_hex(line[at]); at++)
        digits++;
    if (digits == 0 || digits > 16 || at == length || line[at] != ' ')
        return false;
    while (at < length && line[at] == ' ')
        at++;
    while (length > at && line[length - 1] == ' ')
        length--;
    *ret_place = (struct slice){line + at, length - at};
    return length > at;
}

/* Cuts a "(DSO)" from the end of a place: the parenthesis that fits the last one, because DSOs
 * ("/lib/x.so (deleted)") and symbols ("f(int)") have parentheses too. */
static struct slice place_cut_dso(struct slice *place)
{
    struct slice none = {0};
    if (place->length == 0 || place->text[place->length - 1] != ')')
        return none;
    size_t open = 0, at = place->length;
    while (at > 0) {
        char c = place->text[--at];
        if (c == ')')
            open++;
        else if (c == '(' && --open == 0)
            break;
    }
    if (open || (at > 0 && place->text[at - 1] != ' '))
        return none;
    struct slice dso = {place->text + at + 1, place->length - at - 2};
    place->length = at > 0 ? at - 1 : 0;
    return dso;
}

static void place_cut_offset(struct slice *place)
{
    size_t at = place->length;
    while (at > 0 && is_hex(place->text[at - 1]))
        at--;
    if (at < place->length && at >= 4 && memcmp(place->text + at - 3, "+0x", 3) == 0)
        place->length = at - 3;
}

static struct slice base_name(struct slice path)
{
    slice_cut(&path, " (deleted)");
    const char *slash = path.length ? memrchr(path.text, '/', path.length) : NULL;
    if (slash && (size_t)(slash - path.text) + 1 < path.length) {
        path.length -= (size_t)(slash - path.text) + 1;
        path.text = slash + 1;
    }
    return path;
}

static bool dso_is_kernel(struct slice name)
{
    static const char user[][12] = {"[vdso]",  "[vdso32]", "[vdsox32]", "[vsyscall]", "[heap]",
                                    "[stack]", "[anon]",   "[unknown]", "[uprobes]"};
    if (slice_begins(name, "vmlinux") || slice_begins(name, "bpf_prog_") ||
        slice_ends(name, ".ko") || slice_ends(name, ".ko.xz") || slice_ends(name, ".ko.gz") ||
        slice_ends(name, ".ko.zst"))
        return true;
    if (name.length < 3 || name.text[0] != '[')
        return false;
    for (size_t i = 0; i < sizeof user / sizeof *user; i++)
        if (slice_is(name, user[i]))
            return false;
    return !slice_begins(name, "[stack:") && !slice_begins(name, "[anon:");
}

/* perf-PID.map and jitted-PID-INDEX.so: the files of Documentation/jit-interface.txt and of
 * perf inject --jit. */
static bool dso_is_jit(struct slice name)
{
    return (slice_begins(name, "perf-") && slice_ends(name, ".map")) ||
           (slice_begins(name, "jitted-") && slice_ends(name, ".so"));
}

/* An unresolved frame is named by its object. */
static uint32_t frames_add_unresolved(struct frames *frames, struct slice object,
                                      enum frame_kind kind, const char *object_text)
{
    if (object.text[0] == '[')
        return frames_add(frames, object.text, object.length, kind, object_text);
    char name[256 + 2];
    if (object.length > sizeof name - 2)
        object.length = sizeof name - 2;
    name[0] = '[';
    memcpy(name + 1, object.text, object.length);
    name[object.length + 1] = ']';
    return frames_add(frames, name, object.length + 2, kind, object_text);
}

uint32_t script_frame_add(struct frames *frames, struct slice place)
{
    bool inlined = slice_ends(place, " (inlined)");
    if (inlined)
        slice_cut(&place, " (inlined)");
    struct slice symbol = place;
    struct slice object = base_name(place_cut_dso(&symbol));
    if (inlined && object.length && object.text[0] != '[' &&
        (object.text == place.text || object.text[-1] != '/')) {
        symbol = place; /* "f (int)": the parameters of an inlined function, not an object */
        object.length = 0;
    }
    place_cut_offset(&symbol);
    bool known = object.length && !slice_is(object, "[unknown]");
    bool named = symbol.length && !slice_is(symbol, "[unknown]");
    if (!known && !named)
        return frames_add(frames, "[unknown]", 9, FRAME_MARK, NULL);
    enum frame_kind kind = inlined                 ? FRAME_INLINED
                           : dso_is_kernel(object) ? FRAME_KERNEL
                           : dso_is_jit(object)    ? FRAME_JIT
                                                   : FRAME_USER;
    CLEANUP(mem_cleanup) char *text = NULL;
    if (known && !(text = mem_copy_text(object.text, object.length)))
        return FRAMES_FAILED;
    if (!named)
        return frames_add_unresolved(frames, object, kind, text);
    return frames_add(frames, symbol.text, symbol.length, kind, text);
}
