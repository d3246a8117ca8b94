/* SPDX-License-Identifier: MIT */
/* Small tries, and a sink into memory, for the tests of this room. */
#ifndef PFL_TESTS_UNIT_DRAW_SAMPLE_H
#define PFL_TESTS_UNIT_DRAW_SAMPLE_H

#include "../check.h"

#include "base/buffer.h"
#include "perflame/sink.h"
#include "tree/trie.h"

static inline uint32_t sample_child(struct trie *trie, uint32_t parent, const char *name,
                                    enum frame_kind kind, const char *object)
{
    uint32_t frame = frames_add(&trie->frames, name, strlen(name), kind, object);
    assert_true(frame != FRAMES_FAILED);
    uint32_t node = trie_child(trie, parent, frame);
    assert_true(node != TRIE_FAILED);
    return node;
}

/*     leaf 10 (kernel)
 *     zeta 20    alpha 30       idle 60
 *     main 50 + self 0          (group app)
 *     all 120: app 110, other 10 */
static inline struct trie *sample_trie(void)
{
    struct trie *trie = trie_new();
    assert_non_null(trie);
    trie_column(trie, "cpu-clock", "period", "ns");
    uint32_t app = sample_child(trie, 0, "app", FRAME_GROUP, NULL);
    uint32_t main_node = sample_child(trie, app, "main", FRAME_USER, "app");
    uint32_t zeta = sample_child(trie, main_node, "zeta", FRAME_USER, "libz.so.1");
    uint32_t alpha = sample_child(trie, main_node, "alpha", FRAME_INLINED, "app");
    uint32_t leaf = sample_child(trie, zeta, "leaf", FRAME_KERNEL, "[kernel]");
    uint32_t idle = sample_child(trie, app, "idle", FRAME_JIT, NULL);
    uint32_t other = sample_child(trie, 0, "other", FRAME_GROUP, NULL);
    trie_add(trie, 0, leaf, 10);
    trie_add(trie, 0, zeta, 10);
    trie_add(trie, 0, alpha, 30);
    trie_add(trie, 0, idle, 60);
    trie_add(trie, 0, other, 10);
    assert_int_equal(trie_sum(trie), 0);
    return trie;
}

static inline int sample_write(void *context, const void *data, size_t size)
{
    buffer_append(context, data, size);
    return 0;
}

static inline int sample_refuse(void *context, const void *data, size_t size)
{
    return 1;
}

#endif
