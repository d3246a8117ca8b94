/* SPDX-License-Identifier: MIT */
/* The text that `perf script` prints, as an input: what people have kept, or were sent. */
#ifndef PFL_TREE_SCRIPT_TEXT_H
#define PFL_TREE_SCRIPT_TEXT_H

#include "base/error.h"
#include "base/source.h"
#include "tree/trie.h"

/* What the first line of a sample says. Texts live during the call. */
struct script_sample {
    const char *comm, *event;
    uint32_t pid, tid, cpu; /* UINT32_MAX where not printed */
    uint64_t time;          /* ns; 0 where not printed */
    uint64_t period;        /* 1 where not printed */
    bool has_period;
};

/* Asked for each sample: fills the root frame's name (NULL: none) and returns 1 to count it, 0 to
 * leave it out; a negative code ends the reading and is forwarded. Without a filter every sample
 * counts, under its comm. One number in the text is the tid. */
struct script_filter {
    int (*select)(void *context, const struct script_sample *sample, const char **ret_group);
    void *context;
    bool hits; /* each sample weighs 1, whatever was printed */
};

/* True if the first bytes look like perf script's output. */
bool script_text_recognises(const char *text, size_t size);

/* True if there are such frames among the first lines. Where it is not recognised all the same, its
 * samples lack what must be known of them. */
bool script_text_has_frames(const char *text, size_t size);

/* Adds every sample to the column of its event: its period with the event's unit where periods
 * were printed and no filter wants hits, otherwise 1 ("samples"). Lines that make no sense, and
 * samples of events beyond LIMIT_COLUMNS, are skipped and counted. Stacks beyond LIMIT_STACK_FRAMES
 * lose their callers, under [truncated]. Not summed. */
int script_text_read(struct trie *trie, const struct source *source,
                     const struct script_filter *filter, uint64_t *ret_skipped,
                     struct pfl_error *err);

#endif
