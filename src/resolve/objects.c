/* SPDX-License-Identifier: MIT */
#include "resolve/objects.h"

#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"

static uint64_t object_hash(const struct object_key *key, uint32_t path)
{
    uint64_t hash = hash_pair(((uint64_t)key->kind << 32) | path, key->recording);
    hash = hash_pair(hash, hash_bytes(key->build_id.bytes, sizeof key->build_id.bytes));
    hash = hash_pair(hash, ((uint64_t)key->major << 32) | key->minor);
    return hash_pair(hash_pair(hash, key->inode), key->generation ^ key->reference ^ key->parent);
}

static bool object_is(const struct object *object, const struct object_key *key, uint32_t path)
{
    return object->kind == key->kind && object->path == path &&
           object->recording == key->recording && object->build_id.size == key->build_id.size &&
           memcmp(object->build_id.bytes, key->build_id.bytes, sizeof key->build_id.bytes) == 0 &&
           object->major == key->major && object->minor == key->minor &&
           object->inode == key->inode && object->generation == key->generation &&
           object->reference == key->reference && object->parent == key->parent;
}

int objects_init(struct objects *objects)
{
    *objects = (struct objects){0};
    uint32_t number;
    if (intern_init(&objects->paths) < 0)
        return -1;
    if (objects_add(objects, &(struct object_key){.path = ""}, &number) < 0 ||
        objects_add(objects, &(struct object_key){.kind = OBJECT_GUEST, .path = ""}, &number) < 0) {
        objects_done(objects);
        return -1;
    }
    objects->items[OBJECTS_UNKNOWN].loaded = objects->items[OBJECTS_GUEST].loaded = true;
    return 0;
}

void objects_done(struct objects *objects)
{
    for (size_t i = 0; i < objects->count; i++)
        symbols_done(&objects->items[i].symbols);
    mem_free(objects->items);
    index_done(&objects->index);
    intern_done(&objects->paths);
    *objects = (struct objects){0};
}

int objects_add(struct objects *objects, const struct object_key *key, uint32_t *ret_object)
{
    uint32_t path;
    if (intern_add(&objects->paths, key->path, key->path_length, &path) < 0)
        return -1;
    uint64_t hash = object_hash(key, path);
    struct index_probe probe = index_probe(&objects->index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;) {
        if (object_is(&objects->items[id], key, path)) {
            *ret_object = id;
            return 0;
        }
    }
    if (objects->count >= LIMIT_OBJECTS ||
        mem_grow(&objects->items, &objects->capacity, objects->count + 1, sizeof *objects->items) <
            0 ||
        index_add(&objects->index, hash, (uint32_t)objects->count) < 0)
        return -1;
    objects->items[objects->count] = (struct object){
        .kind = key->kind,
        .path = path,
        .file = path,
        .build_id = key->build_id,
        .recording = key->recording,
        .major = key->major,
        .minor = key->minor,
        .inode = key->inode,
        .generation = key->generation,
        .reference = key->reference,
        .parent = key->parent,
    };
    *ret_object = (uint32_t)objects->count++;
    return 1;
}

bool object_may_be(const struct object *object, uint32_t major, uint32_t minor, uint64_t inode)
{
    if (!object->inode) /* not recorded */
        return true;
    if (object->major != major || object->minor != minor)
        return major == 0;
    return object->inode == inode;
}

const char *objects_base(const char *path, size_t *ret_length)
{
    static const char deleted[] = " (deleted)";
    size_t length = strlen(path), tail = sizeof deleted - 1;
    if (length > tail && memcmp(path + length - tail, deleted, tail) == 0)
        length -= tail;
    const char *slash = length ? memrchr(path, '/', length) : NULL;
    const char *base = slash ? slash + 1 : path;
    *ret_length = length - (size_t)(base - path);
    return base;
}
