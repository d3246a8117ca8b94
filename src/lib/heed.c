/* SPDX-License-Identifier: MIT */
#include "lib/heed.h"

int heed_check(const struct pfl_profile *profile, struct pfl_error *err)
{
    const struct options *options = &profile->options;
    bool in_use = false, of_heap = false;
    for (size_t i = 0; i < profile->input_count; i++) {
        in_use |= profile->inputs[i].in_use;
        of_heap |= profile->inputs[i].of_heap;
    }
    if (options->in_use_option && !in_use)
        return error_set(err, PFL_ERROR_ABSENT,
                         "%s is for what is in use: it needs a recording of allocations and of "
                         "frees, and none is counted here",
                         options->in_use_option);
    if (options->pairs && !of_heap)
        return error_set(err, PFL_ERROR_ABSENT,
                         "--alloc-pair is for weights such as alloc-bytes, of a recording that has "
                         "its events, and none is counted here");
    return 0;
}
