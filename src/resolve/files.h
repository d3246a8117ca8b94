/* SPDX-License-Identifier: MIT */
/* Which files belong to an object. A file is taken only if it is certainly the one that was
 * recorded: by its build id or, where none was recorded, because this is the machine and the file
 * has not changed since.
 *
 *     mapped: what was mapped       its segments say where addresses lie; NULL if only the other
 *     named:  what was stripped off its .symtab and its DWARF; NULL if `mapped` has them   */
#ifndef PFL_RESOLVE_FILES_H
#define PFL_RESOLVE_FILES_H

#include "resolve/elf/file.h"
#include "resolve/names.h"

struct files {
    struct elf_file *mapped, *named;
    enum trouble trouble; /* why there are none */
};

void files_done(struct files *files);

/* Opens the files of an object of user code or of a kernel module. Returns 0, also if there are
 * none, or -1 without memory. */
int files_open(struct files *ret_files, struct names *names, uint32_t object);

/* True if a file may name what was recorded as this object; otherwise *ret_trouble says why not.
 * `elsewhere`: it lies under --symfs. */
bool files_fit(const struct elf_file *file, const struct object *object, bool elsewhere,
               enum trouble *ret_trouble);

#endif
