/* SPDX-License-Identifier: MIT */
#include "perflame/version.h"

const char *pfl_version(void)
{
    return PFL_VERSION;
}
