/* SPDX-License-Identifier: MIT */
/* Text inputs line by line, read in blocks: what folded text and perf script text share. */
#ifndef PFL_TREE_LINES_H
#define PFL_TREE_LINES_H

#include <stdbool.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/source.h"

/* Zero-initialise but for the source.
 *
 *     data:  ....|this line\nnext li|        |
 *                begin              end      capacity
 */
struct lines {
    const struct source *source;
    uint64_t offset; /* of the next block */
    char *data;
    size_t begin, end, capacity;
    size_t searched; /* bytes behind `begin` in which there is no line break */
    bool over;       /* nothing follows `end` */
    bool dropping;   /* inside a line that is too long */
};

/* The next line, without its line break ("\n" or "\r\n"), valid until the next call. Returns 1;
 * 2 for a line beyond LIMIT_LINE_BYTES, which is dropped; 0 at the end; or an error. */
int lines_next(struct lines *lines, const char **ret_line, size_t *ret_length,
               struct pfl_error *err);

/* Takes a line off the front of a text in memory, likewise without its line break; *ret_ended says
 * whether it had one. False where nothing is left. */
bool lines_take(const char **text, size_t *size, const char **ret_line, size_t *ret_length,
                bool *ret_ended);

static inline void lines_done(struct lines *lines)
{
    mem_free(lines->data);
}

#endif
