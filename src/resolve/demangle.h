/* SPDX-License-Identifier: MIT */
/* Names for people out of the compilers' names: C++ (Itanium) and Rust (legacy and v0). */
#ifndef PFL_RESOLVE_DEMANGLE_H
#define PFL_RESOLVE_DEMANGLE_H

#include <stdbool.h>

#include "base/buffer.h"

/* Appends the demangled form of `name`, with or without the parameters. Returns false, and
 * appends nothing, if it is not a mangled name or its form is longer than LIMIT_NAME_BYTES. */
bool demangle(struct buffer *to, const char *name, bool parameters);

#endif
