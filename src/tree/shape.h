/* SPDX-License-Identifier: MIT */
/* Changing the shape of a trie: each operation makes a new trie with the same columns from an
 * old one, so operations chain. Sums (trie_sum) are made anew by the last. */
#ifndef PFL_TREE_SHAPE_H
#define PFL_TREE_SHAPE_H

#include "base/error.h"
#include "tree/trie.h"

/* What cli.md calls the shape of stacks, in the order in which it is applied. Pattern lists are
 * NULL-terminated or NULL; patterns are POSIX extended regular expressions, unanchored, with
 * "(?i)" in front to ignore case, matched against a frame's name or its object. Group frames
 * choose whole stacks (ignore, focus), but are never removed: they are no callers. Groups and
 * marks are of both kinds. max_depth counts the group frame. */
struct shape_options {
    const char *const *ignore;    /* drop stacks with a match */
    const char *const *focus;     /* keep stacks with a match */
    const char *const *show_from; /* drop the callers of the match nearest the root */
    const char *const *hide;      /* remove frames; weight and callees go to the caller */
    bool no_inlined;              /* as if inlined frames were not there, before all else */
    bool collapse_recursion;      /* what a function calls, it calls from its outermost call */
    bool only_kernel, only_user;  /* --frames */
    uint32_t max_depth;           /* keep that many frames nearest the root; 0: all */
    bool reverse;                 /* leaf first; group frames stay at the root */
};

/* True if the options change nothing. */
bool shape_is_identity(const struct shape_options *options);

/* The trie in its new shape, summed. Where stacks were dropped, the columns' `samples` are not
 * known any more (0); `recorded` stays. Errors: PFL_ERROR_USAGE (a bad pattern, with its
 * column), PFL_ERROR_MEMORY. */
int shape_apply(const struct trie *trie, const struct shape_options *options,
                struct trie **ret_trie, struct pfl_error *err);

/* Adds all of `from`, columns matched by event, weight and unit, to `to`. Not summed. Errors:
 * PFL_ERROR_LIMIT (beyond LIMIT_COLUMNS), PFL_ERROR_MEMORY. */
int shape_merge(struct trie *to, const struct trie *from, struct pfl_error *err);

#endif
