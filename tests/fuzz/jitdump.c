/* SPDX-License-Identifier: MIT */
/* A jitdump file: code that is loaded, moved and overwritten, and laid over what a process has
 * mapped. */
#include "resolve/jit/jits.h"

#include "symbol_list.h"

#define PID 1

/* What was told last of an address is what stands there. */
static void lay(struct jitdump *dump)
{
    const struct space_map base = {.end = UINT64_MAX, .object = 2};
    struct jit jit = {.pid = PID, .object = 1, .dump = *dump};
    struct jits jits = {.items = &jit, .count = 1};
    struct tasks tasks;
    FUZZ_CHECK(tasks_init(&tasks) == 0 && tasks_map(&tasks, PID, &base) == 0);
    FUZZ_CHECK(jits_advance(&jits, &tasks, PID, UINT64_MAX) == 0 && jit.next == dump->count);
    const struct space *space = tasks_space(&tasks, PID);
    if (dump->count) {
        const struct jitdump_step *last = &dump->steps[dump->count - 1];
        const struct space_map *map = space_find(space, last->address);
        FUZZ_CHECK(map && map->code && map->object == 1 && map->start <= last->address);
        FUZZ_CHECK(map->offset + (last->address - map->start) == last->offset);
    } else {
        FUZZ_CHECK(space_find(space, 0)->object == 2);
    }
    tasks_done(&tasks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jitdump dump = {0};
    struct symbols symbols = {0};
    struct source source = fuzz_source(data, size); /* as it stands, though it begin like a gzip */
    FUZZ_CHECK(jitdump_read(&dump, &symbols, &source) == 0);
    FUZZ_CHECK(dump.count <= size / 16);
    for (size_t i = 0; i < dump.count; i++)
        FUZZ_CHECK(dump.steps[i].size && dump.steps[i].address + dump.steps[i].size);
    symbol_list_check(&symbols);
    lay(&dump);
    jitdump_done(&dump);
    symbols_done(&symbols);
    return 0;
}
