/* SPDX-License-Identifier: MIT */
/* Notices: what a person must be told about the inputs, each with its share and its remedy. */
#ifndef PFL_LIB_NOTICE_H
#define PFL_LIB_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "perflame/profile.h"

struct input;

struct notice {
    enum pfl_notice_kind kind;
    char *input, *text;
    bool warning;
};

struct notice_list {
    struct notice *items;
    size_t count, capacity;
};

int notice_add(struct notice_list *list, enum pfl_notice_kind kind, bool warning, const char *input,
               struct pfl_error *err, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* What a count asks of the words behind it. */
static inline const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}
static inline const char *were(uint64_t count)
{
    return count == 1 ? "was" : "were";
}

/* All that an input deserves, once it is read. */
int notice_input(struct notice_list *list, const struct input *input, struct pfl_error *err);

void notice_list_done(struct notice_list *list);

#endif
