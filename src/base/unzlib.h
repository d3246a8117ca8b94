/* SPDX-License-Identifier: MIT */
/* What zlib has packed (RFC 1950), unpacked as far as it is needed, by the one of two libraries
 * that was there when perflame was built: ISA-L (compress_isal.c), which takes 40 % of the time but
 * is not to be had for every machine, or else zlib (compress_zlib.c). The check sum behind the end
 * is not asked for: few read as far. */
#ifndef PFL_BASE_UNZLIB_H
#define PFL_BASE_UNZLIB_H

#include <stddef.h>
#include <stdint.h>

struct unzlib;

enum unzlib_state { UNZLIB_MORE, UNZLIB_ENDED, UNZLIB_DAMAGED };

/* NULL without memory. */
struct unzlib *unzlib_new(void);
void unzlib_free(struct unzlib *unzlib);

/* Unpacks on; moves on what is packed and the room for what is not. */
enum unzlib_state unzlib_run(struct unzlib *unzlib, const uint8_t **data, size_t *size,
                             uint8_t **to, size_t *room);

#endif
