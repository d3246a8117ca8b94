/* SPDX-License-Identifier: MIT */
/* The evaluator of those DWARF expressions in CFI that no rule covers: bounded in steps, in depth
 * and in what it reads. */
#ifndef PFL_RESOLVE_UNWIND_CFI_EXPRESSION_H
#define PFL_RESOLVE_UNWIND_CFI_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve/unwind/cfi.h"

/* What the expression may ask for. */
struct cfi_context {
    const uint64_t *registers; /* CFI_REGISTERS of them */
    uint64_t known;            /* bits: which of them have a value */
    uint8_t word;              /* bytes of an address */
    bool swap;                 /* the expression's own byte order */
    /* Reads `size` (1, 2, 4, 8) bytes of the stack; false if they were not captured. */
    bool (*read)(void *memory, uint64_t address, unsigned size, uint64_t *ret_value);
    void *memory;
};

/* Evaluates; `first` lies on the stack at the beginning if it is not NULL. */
bool cfi_evaluate(const struct cfi_context *context, const uint8_t *expression, size_t size,
                  const uint64_t *first, uint64_t *ret_value);

#endif
