/* SPDX-License-Identifier: MIT */
#include "resolve/groups.h"

#include "base/mem.h"

void groups_done(struct groups *groups)
{
    mem_free(groups->order);
    mem_free(groups->starts);
    *groups = (struct groups){0};
}

int groups_update(struct groups *groups, const struct stacks *stacks)
{
    uint32_t count = stacks_place_count(stacks);
    size_t objects = 0;
    if (groups->starts && groups->ordered == count)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t object = stacks_place_at(stacks, i).object;
        objects = object >= objects ? object + 1 : objects;
    }
    uint32_t *order = mem_alloc(count * sizeof *order);
    uint32_t *starts = mem_zalloc(objects + 2, sizeof *starts);
    if (!order || !starts) {
        mem_free(order);
        mem_free(starts);
        return -1;
    }
    /* starts[object + 1] runs from where the object's places begin to where they end. */
    for (uint32_t i = 0; i < count; i++)
        starts[stacks_place_at(stacks, i).object + 2]++;
    for (size_t i = 2; i < objects + 2; i++)
        starts[i] += starts[i - 1];
    for (uint32_t i = 0; i < count; i++)
        order[starts[stacks_place_at(stacks, i).object + 1]++] = i;
    groups_done(groups);
    *groups = (struct groups){order, starts, count, objects};
    return 0;
}

const uint32_t *groups_of(const struct groups *groups, uint32_t object, size_t *ret_count)
{
    *ret_count = 0;
    if (object >= groups->objects)
        return groups->order;
    *ret_count = groups->starts[object + 1] - groups->starts[object];
    return groups->order + groups->starts[object];
}
