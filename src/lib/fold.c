/* SPDX-License-Identifier: MIT */
#include "perflame/fold.h"

#include "lib/profile_data.h"
#include "tree/folded.h"

int pfl_fold_write(const struct pfl_profile *profile, const uint32_t *columns, uint32_t count,
                   const struct pfl_fold_options *options, const struct pfl_sink *sink,
                   struct pfl_error *err)
{
    if (options && options->size != sizeof *options)
        return error_set(err, PFL_ERROR_USAGE, "pfl_fold_options.size is not set");
    int r = profile_check_columns(profile, &columns, &count, err);
    if (r < 0)
        return r;
    const struct folded_options folded = {.suffixes = options && options->suffixes};
    return folded_write(profile->trie, columns, count, &folded, sink, err);
}
