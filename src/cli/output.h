/* SPDX-License-Identifier: MIT */
/* Files that appear whole or not at all.
 *
 *     output_open ─▶ write to .NAME.XXXXXX beside NAME ─▶ output_commit: rename to NAME
 *                                                     └▶ output_discard, or a signal: unlink
 *
 * An existing file that is not regular (/dev/null, a FIFO) and standard output are written
 * directly. */
#ifndef PFL_CLI_OUTPUT_H
#define PFL_CLI_OUTPUT_H

#include <perflame/sink.h>

#include "cli/message.h"

#define OUTPUTS_MAX 16

struct output {
    const char *name; /* as given; "-" is standard output */
    int fd;
    char *target;    /* what is replaced: a symbolic link's target */
    char *temporary; /* NULL where the file is written directly */
    int error;       /* errno of a write that failed */
};

/* Removes temporary files when a signal ends perflame. To be called once. */
void output_catch_signals(void);

/* True for "-", and for a name of the file that standard output is (/dev/stdout): to replace that
 * one would take from it what others have written there. */
bool output_is_standard(const char *name);

/* Says what is known to be wrong with a name before there is anything to write: a long reading
 * shall not end with that. */
enum status output_check(const char *name);

/* Opens for writing; says what is wrong. */
enum status output_open(struct output *output, const char *name);

/* Where the library writes. */
struct pfl_sink output_sink(struct output *output);

/* Makes the file appear; says what is wrong. */
enum status output_commit(struct output *output);

/* Leaves what was there before. Harmless after output_commit. */
void output_discard(struct output *output);

#endif
