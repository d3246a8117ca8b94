/* SPDX-License-Identifier: MIT */
/* What surrounds an entry of a unit: namespaces, classes, functions.
 *
 *     items:  unit ◀─ namespace app ◀─ namespace ◀─ struct Parser     each with the one around it
 *                        [entry, end)   [entry, end)   [entry, end) passed over
 *
 * An entry does not tell what it is in. Of the unit asked last, the namespaces are walked through
 * once; classes and functions, where nearly all entries are, only if one inside is asked for. */
#ifndef PFL_RESOLVE_DWARF_SCOPE_H
#define PFL_RESOLVE_DWARF_SCOPE_H

#include "resolve/dwarf/unit.h"

#define DWARF_SCOPE_NONE UINT32_MAX

struct dwarf_scope {
    uint64_t entry, end; /* the end of what is inside */
    uint32_t around;     /* DWARF_SCOPE_NONE: it is the unit */
    uint16_t tag;
    bool passed; /* what is inside was not walked through */
};

/* Zero-initialise to begin. */
struct dwarf_scopes {
    const struct dwarf_file *file; /* whose unit it is; NULL: none */
    uint64_t unit;                 /* where that begins */
    struct dwarf_scope *items;     /* by entry; then what is around the one asked last */
    size_t count, capacity;
    size_t kept; /* how many are not of that one */
};

void dwarf_scopes_done(struct dwarf_scopes *scopes);

/* The innermost scope around an entry of a unit goes to *ret_scope: DWARF_SCOPE_NONE if it is not
 * found while the unit's cost is below `budget`. Valid until the next call. Returns 0, or -1
 * without memory. */
int dwarf_scopes_find(struct dwarf_scopes *scopes, const struct dwarf_unit *unit, uint64_t entry,
                      uint64_t budget, uint32_t *ret_scope);

#endif
