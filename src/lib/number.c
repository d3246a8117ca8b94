/* SPDX-License-Identifier: MIT */
#include "perflame/number.h"

#include "base/number.h"

_Static_assert(PFL_NUMBER_SIZE == NUMBER_SIZE, "callers have the room that is used");

void pfl_number_weight(char text[PFL_NUMBER_SIZE], int64_t value, const char *unit)
{
    number_weight(text, value, unit);
}
