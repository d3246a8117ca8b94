/* SPDX-License-Identifier: MIT */
/**
 * Errors, and how every function of this library fails.
 *
 * Functions that can fail return an int: 0 (or a documented positive number) on success, and
 * the negative of an enum pfl_error_code on failure. The function in which the trouble began
 * fills the caller's struct pfl_error once, with a message for people; pass NULL where only the
 * code matters. Outputs are written on success alone.
 *
 * The library never prints, never exits, keeps no global state and never looks at the locale.
 */
#ifndef PERFLAME_ERROR_H
#define PERFLAME_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks what the shared library exports; all else is hidden. */
#define PFL_EXPORT __attribute__((visibility("default")))

/** Why a call failed. The values never change once released. Since 0.1. */
enum pfl_error_code {
    PFL_ERROR_NONE = 0,
    PFL_ERROR_MEMORY = 1,      /**< an allocation failed */
    PFL_ERROR_IO = 2,          /**< the system refused: no such file, no permission, disk full */
    PFL_ERROR_FORMAT = 3,      /**< the input is not what it claims to be */
    PFL_ERROR_UNSUPPORTED = 4, /**< a known input that this version does not read */
    PFL_ERROR_LIMIT = 5,       /**< a size in the input is beyond the stated cap */
    PFL_ERROR_USAGE = 6,       /**< an option has an impossible value */
    PFL_ERROR_ABSENT = 7,      /**< the input has no such event or weight */
    PFL_ERROR_NO_SAMPLES = 8,  /**< no sample was recorded, or none is left after the filters */
    PFL_ERROR_SINK = 9,        /**< the caller's sink refused the bytes */
};

/** Offset of an error that is not about a place in a file. */
#define PFL_NO_OFFSET UINT64_MAX

/** What went wrong. Owned by the caller; needs no initialisation and no release. Since 0.1. */
struct pfl_error {
    enum pfl_error_code code;
    uint64_t offset;   /**< byte in the input, or PFL_NO_OFFSET */
    char message[512]; /**< one line, NUL-terminated, without control characters */
};

#ifdef __cplusplus
}
#endif

#endif
