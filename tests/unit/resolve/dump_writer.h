/* SPDX-License-Identifier: MIT */
/* Writes jitdump files in memory, in either byte order. */
#ifndef PFL_TESTS_UNIT_RESOLVE_DUMP_WRITER_H
#define PFL_TESTS_UNIT_RESOLVE_DUMP_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A file under construction. */
struct written {
    uint8_t bytes[1024];
    size_t size;
    bool swap;
};

static void put(struct written *w, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        w->bytes[w->size++] = (uint8_t)(value >> 8 * (w->swap ? width - 1 - i : i));
}

static void put_header(struct written *w, bool swap)
{
    *w = (struct written){.swap = swap};
    put(w, 0x4a695444, 4);
    put(w, 1, 4);
    put(w, 40, 4);
    put(w, 62, 4);
    put(w, 0, 4);
    put(w, 77, 4);
    put(w, 5, 8);
    put(w, 0, 8);
}

static void put_load(struct written *w, uint64_t time, uint64_t address, uint64_t size,
                     uint64_t number, const char *name)
{
    put(w, 0, 4);
    put(w, 16 + 40 + strlen(name) + 1 + 4, 4);
    put(w, time, 8);
    put(w, 77, 4);
    put(w, 77, 4);
    put(w, address, 8);
    put(w, address, 8);
    put(w, size, 8);
    put(w, number, 8);
    memcpy(w->bytes + w->size, name, strlen(name) + 1);
    w->size += strlen(name) + 1;
    put(w, 0xcccccccc, 4); /* the code */
}

#endif
