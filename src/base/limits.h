/* SPDX-License-Identifier: MIT */
/* Every cap on what an input can make perflame allocate, in one place. Each is far above what
 * real recordings need, and is checked before the allocation. */
#ifndef PFL_BASE_LIMITS_H
#define PFL_BASE_LIMITS_H

#include <stdint.h>

/* All interned texts of one table: its offsets are 32 bits wide. */
#define LIMIT_TEXT_BYTES (UINT32_C(1) << 31)

/* One name: a demangled C++ template may be long, but nobody reads more than this. */
#define LIMIT_NAME_BYTES (64 * 1024)

/* A line of folded or perf script text. */
#define LIMIT_LINE_BYTES (16 * 1024 * 1024)

/* Distinct frame lines of perf script text that are kept to be recognised. */
#define LIMIT_SCRIPT_CACHE_BYTES (128 * 1024 * 1024)

/* Nodes times events that are weighed apart, for perf script text of any size; and how many more
 * for each byte of it. */
#define LIMIT_SCRIPT_CELLS    (2 * 1024 * 1024)
#define LIMIT_SCRIPT_PER_BYTE 2

/* A regular expression: glibc's regcomp recurses for each parenthesis of it. */
#define LIMIT_PATTERN_BYTES 2048

/* Frames of one stack; the kernel's own bound is 127 unless raised by sysctl. */
#define LIMIT_STACK_FRAMES 65536

/* Event attributes of a recording, ids of all of them together. */
#define LIMIT_EVENTS    4096
#define LIMIT_EVENT_IDS (1024 * 1024)

/* Counters that samples read (-e '{a,b}:S'): of each event, CPU and thread. */
#define LIMIT_COUNTERS (1024 * 1024)

/* A feature section of the header (build ids, command line, event descriptions). */
#define LIMIT_FEATURE_BYTES (64 * 1024 * 1024)

/* Bytes of a recording held at once while it is brought into order: what is beyond that is read
 * again when its turn comes. */
#define LIMIT_RESIDENT_BYTES (16 * 1024 * 1024)

/* Records held at once while they are brought into order. perf closes a round long before; a
 * recording without marks is cut into rounds of half of these. */
#define LIMIT_HELD_RECORDS (2 * 1024 * 1024)

/* Samples whose user call chain is still to come. */
#define LIMIT_DEFERRED_SAMPLES (16 * 1024)

/* What something compressed may grow to: this much, and so many times its size. Folded text, and
 * the data of a picture, shrink to a fiftieth; captured stacks of 64 KiB that are much like the
 * ones before them to a two-thousandth, which is read piece by piece. */
#define LIMIT_INFLATED_BYTES     (UINT64_C(64) * 1024 * 1024)
#define LIMIT_INFLATED_TIMES     128
#define LIMIT_INFLATED_RECORDING 4096

/* Memory of a decompressor: what xz -9 and zstd --ultra -22 need. */
#define LIMIT_INFLATE_MEMORY (UINT64_C(160) * 1024 * 1024)

/* Files of a perf.data directory: perf writes one per CPU. */
#define LIMIT_PARTS 4096

/* The description of one tracepoint, and its fields. */
#define LIMIT_FORMAT_BYTES  (256 * 1024)
#define LIMIT_FORMAT_FIELDS 1024

/* Blocks of memory alive at once in a recording of allocations (48 bytes each, and 16 to find it
 * by). */
#define LIMIT_LIVE_BLOCKS (256 * 1024 * 1024)

/* Mappings of one address space, and processes alive at once. */
#define LIMIT_SPACE_MAPS (1024 * 1024)
#define LIMIT_PROCESSES  (4 * 1024 * 1024)

/* Mappings of all address spaces together, where each child of a process of many has changed one:
 * 128 MiB of them. */
#define LIMIT_MAPS (4 * 1024 * 1024)

/* A path in the file system (PATH_MAX); the kernel records no longer ones. */
#define LIMIT_PATH_BYTES 4096

/* Objects: files, modules, JIT areas. */
#define LIMIT_OBJECTS (4 * 1024 * 1024)

/* Debug information: one section, unpacked; units of a file; how far a code of a table of
 * abbreviations may run ahead; attributes of one code; how deep entries nest; how many references
 * lead to a name. */
#define LIMIT_DEBUG_SECTION    (UINT64_C(1) << 33)
#define LIMIT_DEBUG_UNITS      (4 * 1024 * 1024)
#define LIMIT_DEBUG_GAP        1024
#define LIMIT_DEBUG_ATTRIBUTES 256
#define LIMIT_DEBUG_DEPTH      4096
#define LIMIT_DEBUG_REFERENCES 16

/* Symbols of one object. */
#define LIMIT_SYMBOLS (64 * 1024 * 1024)

/* A compressed ELF file (a kernel module, .gnu_debugdata), before and after. */
#define LIMIT_PACKED_BYTES   (UINT64_C(100) << 20)
#define LIMIT_EXPANDED_BYTES ((size_t)100 << 20)

/* Files and folders looked at under what --symbols names. */
#define LIMIT_STOCK_FILES (1024 * 1024)

/* Call frame information of one file, unpacked, and program counters of it that were unwound. */
#define LIMIT_CFI_BYTES    (UINT64_C(1) << 29)
#define LIMIT_UNWIND_SLOTS (UINT32_C(1) << 28)

/* Pieces of code in one jitdump file, and such files in one recording. */
#define LIMIT_JIT_STEPS (1024 * 1024)
#define LIMIT_JIT_DUMPS 4096

/* Nodes of a trie: its numbers are 32 bits wide. */
#define LIMIT_TRIE_NODES (UINT32_C(1) << 30)

/* Nodes of a flame chart, which grow with its samples; and what its samples add, kept until they
 * are named (16 bytes each). */
#define LIMIT_TIMED_NODES     (UINT32_C(1) << 25)
#define LIMIT_TIMED_ADDITIONS (UINT32_C(1) << 25)

/* Columns of weights in one profile: every event of a recording may have a few. */
#define LIMIT_COLUMNS (4 * LIMIT_EVENTS)

/* Values of a column beside each other: this many, and so many for each addition. Others stand with
 * their row. */
#define LIMIT_COLUMN_VALUES       512
#define LIMIT_COLUMN_PER_ADDITION 8

/* Text read whole: a perf-PID.map, a kallsyms. */
#define LIMIT_TEXT_FILE_BYTES (UINT64_C(1) << 30)

/* A picture that is an input, and its trie when inflated: one of a million nodes has 4 MB. */
#define LIMIT_PICTURE_BYTES (512 * 1024 * 1024)
#define LIMIT_PAYLOAD_BYTES (1024 * 1024 * 1024)

/* Nodes of a picture's trie: this many, and so many for each byte of its data. Recordings have one
 * or two. */
#define LIMIT_PAYLOAD_NODES    (1024 * 1024)
#define LIMIT_PAYLOAD_PER_BYTE 8

/* Pixels of a PNG: along one side (cairo's bound), and in all (4 bytes each). */
#define LIMIT_PICTURE_PX     32767
#define LIMIT_PICTURE_PIXELS (256 * 1024 * 1024)

/* A page of a PDF, in points: the format's own bound, 200 inches. */
#define LIMIT_PDF_POINTS 14400

#endif
