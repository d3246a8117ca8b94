/* SPDX-License-Identifier: MIT */
/* Names for people out of the compilers' names. Go's are such names already. */
#ifndef PFL_RESOLVE_DEMANGLE_H
#define PFL_RESOLVE_DEMANGLE_H

#include <stdbool.h>

#include "base/buffer.h"

/* Each appends the demangled form of `name`, with or without the parameters. It returns false, and
 * appends nothing, if that is not a mangled name of the language or if its form is longer than
 * LIMIT_NAME_BYTES. */

/* C++ (Itanium) and Rust (legacy and v0). */
bool demangle(struct buffer *to, const char *name, bool parameters);

/* OCaml: camlStdlib__list__map_123 becomes Stdlib.list.map_123, as perf has it. */
bool demangle_ocaml(struct buffer *to, const char *name);

/* D. perf 6.1 leaves its names alone. */
bool demangle_d(struct buffer *to, const char *name, bool parameters);

/* Java: Ljava/lang/String;::hashCode becomes java.lang.String.hashCode. perf does so to those of
 * ELF files, with parameters. Without them, "int A.f(int)" becomes A.f. */
bool demangle_java(struct buffer *to, const char *name, bool parameters);

#endif
