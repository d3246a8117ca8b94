/* SPDX-License-Identifier: MIT */
#include "resolve/given.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "resolve/elf/file.h"
#include "resolve/kallsyms.h"

enum given_kind { GIVEN_FOLDER, GIVEN_ANY, GIVEN_LIST, GIVEN_IMAGE };

static const char *trouble_of_system(int error)
{
    switch (error) {
    case ENOENT: return "no such file or folder";
    case ENOTDIR: return "a part of the path is no folder";
    case EACCES: return "permission denied";
    default: return "cannot be read";
    }
}

/* An ELF file; `told`: what to say of others. Returns 0, or -1 without memory. */
static int elf_fault(const char *path, bool by_id, const char *told, const char **ret_why)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    if (elf_file_open(&file, path) < 0)
        return -1;
    *ret_why = NULL;
    if (!file)
        *ret_why = told;
    else if (by_id && !elf_file_build_id(file).size)
        *ret_why = "has no build id to know it by";
    return 0;
}

static int file_fault(const char *path, enum given_kind kind, const char **ret_why)
{
    *ret_why = NULL;
    if (access(path, R_OK) < 0)
        *ret_why = trouble_of_system(errno);
    else if (kind == GIVEN_ANY && !kallsyms_recognises(path)) /* perf's cache has lists as well */
        return elf_fault(path, true, "neither an ELF file nor a folder", ret_why);
    else if (kind == GIVEN_IMAGE)
        return elf_fault(path, false, "not an ELF file (an unpacked kernel)", ret_why);
    else if (kind == GIVEN_LIST && !kallsyms_recognises(path))
        *ret_why = "not a list of kernel symbols (a copy of /proc/kallsyms)";
    return 0;
}

static int given_fault(const char *path, enum given_kind kind, const char **ret_why)
{
    struct stat st;
    *ret_why = NULL;
    if (stat(path, &st) < 0)
        *ret_why = trouble_of_system(errno);
    else if (S_ISDIR(st.st_mode) && access(path, R_OK | X_OK) < 0)
        *ret_why = trouble_of_system(errno);
    else if (S_ISDIR(st.st_mode) && kind != GIVEN_FOLDER && kind != GIVEN_ANY)
        *ret_why = "a folder";
    else if (S_ISREG(st.st_mode) && kind == GIVEN_FOLDER)
        *ret_why = "not a folder";
    else if (S_ISREG(st.st_mode))
        return file_fault(path, kind, ret_why);
    return 0;
}

int given_next(const struct resolve_options *options, uint32_t *at, struct given_fault *ret_fault)
{
    const struct {
        const char *option, *path;
        enum given_kind kind;
    } single[] = {
        {"--symfs", options->symfs, GIVEN_FOLDER},
        {"--buildid-dir", options->buildid_dir, GIVEN_FOLDER},
        {"--kallsyms", options->kallsyms, GIVEN_LIST},
        {"--vmlinux", options->vmlinux, GIVEN_IMAGE},
    };
    const uint32_t count = sizeof single / sizeof *single;
    for (; *at < count || (options->symbols && options->symbols[*at - count]); ++*at) {
        bool one = *at < count;
        struct given_fault fault = {one ? single[*at].option : "--symbols",
                                    one ? single[*at].path : options->symbols[*at - count], NULL};
        if (!fault.path || !*fault.path)
            continue;
        if (given_fault(fault.path, one ? single[*at].kind : GIVEN_ANY, &fault.why) < 0)
            return -1;
        if (!fault.why)
            continue;
        ++*at;
        *ret_fault = fault;
        return 1;
    }
    return 0;
}
