/* SPDX-License-Identifier: MIT */
/* What --symbols names: files, and folders in any layout, by the build ids of what is in them.
 *
 *     roots ─▶ all files below, once, when first asked ─▶ (build id, path)
 *
 * ELF files tell their build id. A list of kernel symbols has none inside, but perf keeps it in a
 * folder of that name: .../ID/kallsyms or .build-id/xx/yyyy/kallsyms. */
#ifndef PFL_RESOLVE_STOCK_H
#define PFL_RESOLVE_STOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/index.h"
#include "base/intern.h"
#include "resolve/elf/build_id.h"

enum stock_kind { STOCK_ELF, STOCK_KALLSYMS };

struct stock_file {
    struct build_id id;
    uint32_t path; /* number in `texts` */
    enum stock_kind kind;
};

/* Zero-initialise to begin; a stock without roots has nothing. */
struct stock {
    struct intern texts; /* paths */
    uint32_t *roots;     /* numbers in `texts` */
    size_t root_count, root_capacity;
    bool read;
    struct stock_file *files;
    size_t count, capacity;
    struct index by_id;
};

/* Adds a file or folder. Returns 0, or -1 without memory. */
int stock_add(struct stock *stock, const char *path);
void stock_done(struct stock *stock);

/* The path of the `nth` file of a build id goes to *ret_path, NULL if there are not so many; it
 * lives as long as the stock. The first call reads the folders. Returns 0, or -1 without memory. */
int stock_find(struct stock *stock, const struct build_id *id, enum stock_kind kind, size_t nth,
               const char **ret_path);

#endif
