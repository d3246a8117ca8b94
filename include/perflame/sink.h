/* SPDX-License-Identifier: MIT */
/** Where output goes: a function of the caller's. */
#ifndef PERFLAME_SINK_H
#define PERFLAME_SINK_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Takes output. `write` is called with consecutive pieces and returns 0, or any other number to
 * stop; the writing function then returns -PFL_ERROR_SINK. Since 0.1.
 */
struct pfl_sink {
    int (*write)(void *context, const void *data, size_t size);
    void *context;
};

#ifdef __cplusplus
}
#endif

#endif
