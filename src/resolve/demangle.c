/* SPDX-License-Identifier: MIT */
/* libiberty's string interface lets one hostile name of 270 bytes take gigabytes; its callbacks
 * hand the text over piece by piece, and a jump out of them is the only way to make it stop. */
#include "resolve/demangle.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "resolve/elf/build_id.h"

struct demangling {
    struct buffer *to;
    size_t limit; /* size of the buffer at which to give up */
    jmp_buf give_up;
};

static void demangling_take(const char *text, size_t size, void *data)
{
    struct demangling *job = data;
    if (size > job->limit - job->to->size)
        longjmp(job->give_up, 1);
    buffer_append(job->to, text, size);
}

/* perf demangles with DMGL_NO_OPTS: no parameters (DMGL_PARAMS), no const and the like after
 * them (DMGL_ANSI), no hash of a Rust crate (DMGL_VERBOSE). */
static bool demangle_run(struct demangling *job, const char *name, bool parameters)
{
    int options = parameters ? DMGL_PARAMS | DMGL_ANSI : DMGL_NO_OPTS;
    if (setjmp(job->give_up))
        return false;
    if (rust_demangle_callback(name, options, demangling_take, job))
        return true;
    /* What a failed attempt has appended goes. */
    job->to->size = job->limit - LIMIT_NAME_BYTES;
    return cplus_demangle_v3_callback(name, options, demangling_take, job) != 0;
}

bool demangle(struct buffer *to, const char *name, bool parameters)
{
    /* Cheap refusal of what is not mangled, as most names of C are not. "_Z" and "_R" may have
     * more underscores before them; "_GLOBAL_" begins the names of C++ initialisers. */
    const char *first = name + strspn(name, "_");
    if (first == name || (*first != 'Z' && *first != 'R' && strncmp(first, "GLOBAL_", 7) != 0) ||
        strnlen(name, LIMIT_NAME_BYTES) >= LIMIT_NAME_BYTES)
        return false;
    size_t before = to->size;
    struct demangling job = {.to = to, .limit = before + LIMIT_NAME_BYTES};
    if (demangle_run(&job, name, parameters) && !to->failed && to->size > before)
        return true;
    to->size = before;
    return false;
}

/* The value of two hexadecimal digits; 0 if they are none. */
static unsigned char hex_pair(const char *digits)
{
    int high = build_id_digit(digits[0]), low = high < 0 ? -1 : build_id_digit(digits[1]);
    return low < 0 ? 0 : (unsigned char)(high << 4 | low);
}

/* A module's symbols begin with "caml" and its name; "__" parts modules and functions, and "$2b" is
 * a character of an operator (tools/perf/util/demangle-ocaml.c). */
bool demangle_ocaml(struct buffer *to, const char *name)
{
    size_t before = to->size;
    if (strncmp(name, "caml", 4) != 0 || name[4] < 'A' || name[4] > 'Z' ||
        strnlen(name, LIMIT_NAME_BYTES) >= LIMIT_NAME_BYTES)
        return false;
    for (const char *at = name + 4; *at;) {
        unsigned char coded = *at == '$' ? hex_pair(at + 1) : 0;
        if (coded) {
            buffer_char(to, (char)coded);
            at += 3;
        } else if (at[0] == '_' && at[1] == '_') {
            buffer_char(to, '.');
            at += 2;
        } else {
            buffer_char(to, *at++);
        }
    }
    if (!to->failed)
        return true;
    to->size = before;
    return false;
}

/* Bounds for names of D: libiberty has no callback for them. It calls itself for each nested type;
 * and a "Q" repeats an earlier type, which may hold others, so that each can double the text. */
#define D_BYTES   1024
#define D_REPEATS 8

/* Where the parameters of a function begin, "(...)" at the end of its form; else the end. Those of
 * a template stand behind "!". */
static size_t d_parameters(const char *form)
{
    size_t length = strlen(form), depth = 0;
    for (size_t i = length; i-- > 0 && form[length - 1] == ')';) {
        depth += form[i] == ')';
        depth -= form[i] == '(';
        if (depth == 0)
            return i && form[i - 1] != '!' ? i : length;
    }
    return length;
}

bool demangle_d(struct buffer *to, const char *name, bool parameters)
{
    size_t length, repeats = 0, before = to->size;
    if (strncmp(name, "_D", 2) != 0 || (length = strnlen(name, D_BYTES)) >= D_BYTES)
        return false;
    for (size_t i = 0; i < length; i++)
        repeats += name[i] == 'Q';
    char *form = repeats <= D_REPEATS ? dlang_demangle(name, DMGL_NO_OPTS) : NULL;
    if (!form)
        return false;
    size_t size = parameters ? strlen(form) : d_parameters(form);
    if (size < LIMIT_NAME_BYTES)
        buffer_append(to, form, size);
    free(form);
    if (!to->failed && to->size > before)
        return true;
    to->size = before;
    return false;
}
