/* SPDX-License-Identifier: MIT */
#include "lib/heed.h"

int heed_check(const struct pfl_profile *profile, struct pfl_error *err)
{
    const struct options *options = &profile->options;
    bool in_use = false;
    for (size_t i = 0; i < profile->input_count; i++)
        in_use |= profile->inputs[i].in_use;
    if (options->in_use_option && !in_use)
        return error_set(err, PFL_ERROR_ABSENT,
                         "%s is for what is in use: it needs a recording of allocations and of "
                         "frees, and none is counted here",
                         options->in_use_option);
    return 0;
}
