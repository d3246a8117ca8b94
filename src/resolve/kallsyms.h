/* SPDX-License-Identifier: MIT */
/* The kernel's own symbol list: "ADDRESS TYPE NAME" per line, and "[MODULE]" behind it for what
 * belongs to a module (or to BPF). */
#ifndef PFL_RESOLVE_KALLSYMS_H
#define PFL_RESOLVE_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve/symbols.h"

/* Where the symbol that perf recorded with the kernel's mapping was then; the list at hand may
 * be of another boot of the same kernel, at other addresses. */
struct kallsyms_reference {
    const char *symbol; /* NULL: not recorded */
    uint64_t address;
};

/* How a list was. */
struct kallsyms_state {
    bool hidden;  /* all addresses are zero (kptr_restrict), so that there are no symbols */
    bool damaged; /* lines that hold a NUL were skipped */
};

/* Adds the symbols that perf takes. If the list is of another boot the kernel's are moved and
 * those of modules, which moved each by itself, are left out. Returns 0 or -1 without memory. */
int kallsyms_read(struct symbols *symbols, const char *text, size_t size,
                  const struct kallsyms_reference *reference, struct kallsyms_state *ret);

/* The same for a regular file, if there is one. Where it is known which addresses will be asked
 * for, no more of it is kept in memory than that needs; and no more of it is read if the kernel's
 * own symbols are `ordered` by address, as the kernel writes them. */
int kallsyms_load(struct symbols *symbols, const char *path,
                  const struct kallsyms_reference *reference, bool ordered,
                  struct kallsyms_state *ret);

/* 1 if a list cannot be of the kernel whose mapping ended at `end`, 0 if it can be, or does not
 * tell; -1 without memory. */
int kallsyms_contradicts(const char *path, const struct kallsyms_reference *reference,
                         uint64_t end);

/* True if a file begins as such a list does. */
bool kallsyms_recognises(const char *path);

#endif
