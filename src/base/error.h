/* SPDX-License-Identifier: MIT */
/* Filling the public struct pfl_error.
 *
 * Doctrine: a negative return is fatal for the operation and is forwarded unchanged; only the
 * function in which it began fills the error. 0 is success. Positive returns are documented per
 * function and handled by its direct caller. */
#ifndef PFL_BASE_ERROR_H
#define PFL_BASE_ERROR_H

#include <stdarg.h>
#include <stdint.h>

#include "perflame/error.h"

/* Fills err (if not NULL) and returns -code, so that the origin reads `return error_set(...)`.
 * Control characters in the message are replaced: names from a recording may be quoted in it. */
int error_set(struct pfl_error *err, enum pfl_error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, about a byte of the input. */
int error_at(struct pfl_error *err, enum pfl_error_code code, uint64_t offset, const char *format,
             ...) __attribute__((format(printf, 4, 5)));

/* Out of memory: needs no memory to say so. */
int error_memory(struct pfl_error *err);

/* A failed system call: `what` failed with errno `number`. */
int error_errno(struct pfl_error *err, int number, const char *what);

#endif
