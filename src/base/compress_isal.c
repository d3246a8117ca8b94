/* SPDX-License-Identifier: MIT */
#include <isa-l/igzip_lib.h>
#include <stdbool.h>

#include "base/mem.h"
#include "base/unzlib.h"

struct unzlib {
    struct inflate_state state;
    bool begun; /* the two bytes in front are read */
};

struct unzlib *unzlib_new(void)
{
    struct unzlib *unzlib = mem_alloc(sizeof *unzlib);
    if (!unzlib)
        return NULL;
    isal_inflate_init(&unzlib->state);
    unzlib->begun = false;
    return unzlib;
}

void unzlib_free(struct unzlib *unzlib)
{
    mem_free(unzlib);
}

/* What follows is taken as plain deflate: to keep the check sum up to date would be a twentieth of
 * the time. */
static int unzlib_begin(struct unzlib *unzlib)
{
    struct isal_zlib_header header;
    int r = isal_read_zlib_header(&unzlib->state, &header);
    unzlib->begun = r == ISAL_DECOMP_OK;
    return unzlib->begun && header.dict_flag ? ISAL_NEED_DICT : r;
}

enum unzlib_state unzlib_run(struct unzlib *unzlib, const uint8_t **data, size_t *size,
                             uint8_t **to, size_t *room)
{
    struct inflate_state *state = &unzlib->state;
    const uint32_t most = 1 << 30;
    uint32_t given = *size > most ? most : (uint32_t)*size,
             space = *room > most ? most : (uint32_t)*room;
    state->next_in = (uint8_t *)(uintptr_t)*data; /* it only reads */
    state->avail_in = given;
    state->next_out = *to;
    state->avail_out = space;
    int r = unzlib->begun ? isal_inflate(state) : unzlib_begin(unzlib);
    *data += given - state->avail_in;
    *size -= given - state->avail_in;
    *to += space - state->avail_out;
    *room -= space - state->avail_out;
    if (r != ISAL_DECOMP_OK && r != ISAL_END_INPUT && r != ISAL_OUT_OVERFLOW)
        return UNZLIB_DAMAGED;
    return state->block_state == ISAL_BLOCK_FINISH ? UNZLIB_ENDED : UNZLIB_MORE;
}
