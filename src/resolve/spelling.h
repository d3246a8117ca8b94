/* SPDX-License-Identifier: MIT */
/* How names are written: demangled, with what stands for one that is not known, with lines. Each is
 * a number in `texts`, and made once. They return 0, or -1 without memory. */
#ifndef PFL_RESOLVE_SPELLING_H
#define PFL_RESOLVE_SPELLING_H

#include "resolve/names.h"

/* The name of a symbol. */
int spell_symbol(struct names *names, struct symbols *symbols, struct symbol *symbol,
                 enum resolve_kind kind, uint32_t *ret);

/* The name of a function of the debug information, by its number in dwarf.texts. */
int spell_inlined(struct names *names, uint32_t name, uint32_t *ret);

/* The name of an object; a kernel's symbol may be of a module. */
int spell_object(struct names *names, uint32_t number, const struct symbols *symbols,
                 const struct symbol *symbol, uint32_t *ret);

/* What stands for the name of an address without symbol in an object that is shown by this name. */
int spell_unnamed(struct names *names, const struct object *object, uint32_t shown, uint64_t offset,
                  uint32_t *ret);

/* Adds " (file:line)" to a name. */
int spell_line(struct names *names, const struct dwarf_frame *at, uint32_t *name);

#endif
