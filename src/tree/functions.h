/* SPDX-License-Identifier: MIT */
/* The table of functions of a trie: what each weighs by itself and with all that it calls. */
#ifndef PFL_TREE_FUNCTIONS_H
#define PFL_TREE_FUNCTIONS_H

#include "base/error.h"
#include "tree/trie.h"

struct function {
    uint32_t frame;      /* one of those that are this function */
    int64_t self, total; /* total counts once per stack, however often the function recurses */
};

struct function_list {
    struct function *items;
    size_t count;
    int64_t sum; /* of the columns: what 100 % is */
};

enum function_order { FUNCTIONS_BY_SELF, FUNCTIONS_BY_TOTAL, FUNCTIONS_BY_NAME };

/* Functions (frames other than groups) of the sum of `count` columns, the heaviest first, by self
 * or by total; of equal ones the other of the two decides, then the name, then the object. Frames
 * of one name and object are one function, whether called or inlined; what weighs nothing is left
 * out. The caller releases the list with functions_done. */
int functions_list(const struct trie *trie, const uint32_t *columns, uint32_t count,
                   enum function_order order, struct function_list *ret_list,
                   struct pfl_error *err);
void functions_done(struct function_list *list);

#endif
