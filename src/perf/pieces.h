/* SPDX-License-Identifier: MIT */
/* Memory that records stand in. Whoever leads into a piece holds it, so that what was read need not
 * be copied for who looks at it later; one that nobody holds is used again.
 *
 *     block ────┐
 *     window ─┐ └▶ [ rec │ rec │ re ]   held by the block and a batch
 *             └──▶ [ rec │ rec │ rec ]  held by the window
 *     spare ─────▶ [                ]
 *
 * Holds are counted by one thread alone. */
#ifndef PFL_PERF_PIECES_H
#define PFL_PERF_PIECES_H

#include <stddef.h>
#include <stdint.h>

struct pieces {
    size_t size;         /* of each */
    struct piece *spare; /* that nobody holds */
};

struct piece {
    struct pieces *home;
    struct piece *next; /* spare one */
    uint32_t holds;
    uint64_t batch; /* the last one that held it (perf/batch.h); 0: none */
    uint8_t bytes[];
};

/* Frees those that are spare. Nobody may hold one any more. */
void pieces_done(struct pieces *pieces);

/* A piece that is held once; NULL without memory. */
struct piece *piece_take(struct pieces *pieces);

static inline void piece_hold(struct piece *piece)
{
    piece->holds++;
}

/* NULL is fine. */
void piece_release(struct piece *piece);

/* Sees to it that *piece can be written to: it is, or becomes, one that nobody else holds. *piece
 * may be NULL. Returns 0, or -1 without memory. */
int piece_own(struct pieces *pieces, struct piece **piece);

#endif
