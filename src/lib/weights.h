/* SPDX-License-Identifier: MIT */
/* What must be said of a recording's weights: what could not be followed and how to record it,
 * and how sure what is in use is. */
#ifndef PFL_LIB_WEIGHTS_H
#define PFL_LIB_WEIGHTS_H

#include "lib/notice.h"
#include "weigh/weigh.h"

int notice_weights(struct notice_list *list, const struct input *input,
                   const struct weigher *weigher, struct pfl_error *err);

#endif
