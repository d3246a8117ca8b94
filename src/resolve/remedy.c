/* SPDX-License-Identifier: MIT */
#include "resolve/remedy.h"

#include <string.h>

const char *remedy_trouble(const struct object *object)
{
    static const char *const texts[] = {
        [TROUBLE_NONE] = "no symbol there",
        [TROUBLE_NOT_FOUND] = "not found",
        [TROUBLE_STRIPPED] = "stripped",
        [TROUBLE_DIFFERS] = "build id differs",
        [TROUBLE_ELSEWHERE] = "recorded elsewhere",
        [TROUBLE_FOREIGN] = "recorded elsewhere, without build id",
        [TROUBLE_HOSTLESS] = "neither build id nor machine recorded",
        [TROUBLE_CHANGED] = "changed since it was recorded",
        [TROUBLE_DELETED] = "deleted since",
        [TROUBLE_PERMISSION] = "may not be read",
        [TROUBLE_NO_FILE] = "in no file",
        [TROUBLE_OLD_MAP] = "JIT map older than its process",
        [TROUBLE_NO_MAP] = "no JIT map",
        [TROUBLE_HIDDEN] = "addresses are hidden",
        [TROUBLE_GIVEN] = "no names in the file given",
    };
    if (object->kind == OBJECT_UNKNOWN)
        return "addresses in no mapping that was recorded";
    return object->kind == OBJECT_GUEST ? "a guest's code" : texts[object->trouble];
}

/* How compilers at run time are told to write a map, by what their processes are called. */
static void remedy_map(struct buffer *to, const char *path, const char *comm)
{
    static const struct {
        const char *comm, *command;
    } runtimes[] = {
        {"node", "`node --perf-basic-prof`"},
        {"java", "`java -XX:+UnlockDiagnosticVMOptions -XX:+DumpPerfMapAtExit`"},
        {"python", "`python3 -X perf` (3.12 and later)"},
        {"dotnet", "`DOTNET_PerfMapEnabled=1`"},
    };
    for (size_t i = 0; i < sizeof runtimes / sizeof *runtimes; i++)
        if (strncmp(comm, runtimes[i].comm, strlen(runtimes[i].comm)) == 0) {
            buffer_printf(to, "record %s, which writes %s", runtimes[i].command, path);
            return;
        }
    buffer_printf(to,
                  "run it so that it writes %s (node --perf-basic-prof, java "
                  "-XX:+DumpPerfMapAtExit, python3 -X perf)",
                  path);
}

static void remedy_kernel(struct buffer *to, const struct object *object, bool asked)
{
    if (object->trouble == TROUBLE_HIDDEN)
        buffer_text(to, "`sysctl kernel.kptr_restrict=0`, then record again");
    else if (object->trouble == TROUBLE_GIVEN)
        buffer_text(to, "give that kernel's /proc/kallsyms, or no file, so that one is looked for");
    else if (object->trouble != TROUBLE_NONE)
        buffer_printf(to, "%s--kallsyms FILE with that kernel's /proc/kallsyms",
                      object->build_id.size && !asked ? "--debuginfod, or " : "");
}

/* The file itself is wanted. */
static void remedy_file(struct buffer *to, const struct object *object, const char *what)
{
    if (!object->build_id.size) {
        buffer_printf(to, "--symfs DIR with %s under its path", what);
        return;
    }
    buffer_printf(to, "--symbols PATH of %s (build id ", what);
    build_id_text(to, &object->build_id);
    buffer_char(to, ')');
}

static void remedy_user(struct buffer *to, const struct object *object, const char *path,
                        bool asked)
{
    bool can_ask = object->build_id.size && !asked && *path == '/';
    switch (object->trouble) {
    case TROUBLE_STRIPPED:
        buffer_text(to, can_ask ? "--debuginfod, or " : "");
        remedy_file(to, object, object->build_id.size ? "its debug file" : "the whole file");
        break;
    case TROUBLE_NOT_FOUND:
        buffer_text(to, can_ask ? "--debuginfod, or " : "");
        remedy_file(to, object, "the file");
        break;
    case TROUBLE_DIFFERS:
    case TROUBLE_CHANGED:
    case TROUBLE_DELETED:
        remedy_file(to, object, "the file as it was");
        buffer_text(to, ", or record again");
        break;
    case TROUBLE_ELSEWHERE:
        buffer_text(to, "`perf archive` there, then --buildid-dir DIR with what it packed");
        break;
    case TROUBLE_FOREIGN: buffer_text(to, "--symfs DIR with that machine's files"); break;
    case TROUBLE_HOSTLESS: buffer_text(to, "--symfs / if it was this machine"); break;
    case TROUBLE_PERMISSION:
        buffer_printf(to, "`sudo chmod a+r %s`, or run perflame as root", path);
        break;
    default: break;
    }
}

static void remedy_jit(struct buffer *to, const struct object *object, const char *path,
                       const char *comm)
{
    switch (object->trouble) {
    case TROUBLE_OLD_MAP:
    case TROUBLE_NO_MAP: remedy_map(to, path, comm); break;
    case TROUBLE_ELSEWHERE: buffer_printf(to, "--symfs DIR with that machine's %s", path); break;
    default: remedy_user(to, object, path, true);
    }
}

void remedy_append(struct buffer *to, const struct object *object, const char *path,
                   const char *comm, bool asked)
{
    switch (object->kind) {
    case OBJECT_KERNEL: remedy_kernel(to, object, asked); break;
    case OBJECT_JIT: remedy_jit(to, object, path, comm); break;
    case OBJECT_FILE:
    case OBJECT_VDSO:
    case OBJECT_MODULE: remedy_user(to, object, path, asked); break;
    default: break;
    }
}
