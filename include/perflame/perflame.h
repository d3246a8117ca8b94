/* SPDX-License-Identifier: MIT */
/** All of libperflame. */
#ifndef PERFLAME_PERFLAME_H
#define PERFLAME_PERFLAME_H

#include "perflame/error.h"
#include "perflame/fold.h"
#include "perflame/info.h"
#include "perflame/number.h"
#include "perflame/picture.h"
#include "perflame/profile.h"
#include "perflame/sink.h"
#include "perflame/table.h"
#include "perflame/text.h"
#include "perflame/version.h"

#endif
