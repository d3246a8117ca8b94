/* SPDX-License-Identifier: MIT */
/* The two kinds of lines that perf script prints for a sample, taken apart without copying. */
#ifndef PFL_TREE_SCRIPT_LINE_H
#define PFL_TREE_SCRIPT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree/frames.h"

struct slice {
    const char *text;
    size_t length;
};

/* COMM PID[/TID] [CPU] TIME: PERIOD EVENT: REST, where CPU, TIME and PERIOD may be missing. */
struct script_header {
    struct slice comm, event, rest;
    uint32_t pid, tid, cpu;
    uint64_t time, period;
    bool has_period;
};

/* False if the line is none. */
bool script_header_parse(const char *line, size_t length, struct script_header *ret_header);

/* ADDRESS SYMBOL+0xOFFSET (DSO): what is behind the address. False if the line is none. */
bool script_frame_split(const char *line, size_t length, struct slice *ret_place);

/* The frame of "SYMBOL+0xOFFSET (DSO)" and its variants, or FRAMES_FAILED. */
uint32_t script_frame_add(struct frames *frames, struct slice place);

#endif
