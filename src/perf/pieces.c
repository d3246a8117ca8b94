/* SPDX-License-Identifier: MIT */
#include "perf/pieces.h"

#include "base/mem.h"

void pieces_done(struct pieces *pieces)
{
    for (struct piece *piece; (piece = pieces->spare);) {
        pieces->spare = piece->next;
        mem_free(piece);
    }
}

struct piece *piece_take(struct pieces *pieces)
{
    struct piece *piece = pieces->spare;
    if (piece)
        pieces->spare = piece->next;
    else if (!(piece = mem_alloc(sizeof *piece + pieces->size)))
        return NULL;
    piece->home = pieces;
    piece->next = NULL;
    piece->holds = 1;
    piece->batch = 0;
    return piece;
}

void piece_release(struct piece *piece)
{
    if (!piece || --piece->holds)
        return;
    piece->next = piece->home->spare;
    piece->home->spare = piece;
}

int piece_own(struct pieces *pieces, struct piece **piece)
{
    if (*piece && (*piece)->holds == 1)
        return 0;
    piece_release(*piece);
    *piece = piece_take(pieces);
    return *piece ? 0 : -1;
}
