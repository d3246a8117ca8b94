/* SPDX-License-Identifier: MIT */
#include "resolve/stock.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "resolve/elf/file.h"

void stock_done(struct stock *stock)
{
    intern_done(&stock->texts);
    mem_free(stock->roots);
    mem_free(stock->files);
    index_done(&stock->by_id);
    *stock = (struct stock){0};
}

static int stock_push(uint32_t **list, size_t *count, size_t *capacity, uint32_t text)
{
    if (mem_grow(list, capacity, *count + 1, sizeof **list) < 0)
        return -1;
    (*list)[(*count)++] = text;
    return 0;
}

int stock_add(struct stock *stock, const char *path)
{
    uint32_t text;
    if ((!stock->texts.count && intern_init(&stock->texts) < 0) ||
        intern_add(&stock->texts, path, strlen(path), &text) < 0)
        return -1;
    return stock_push(&stock->roots, &stock->root_count, &stock->root_capacity, text);
}

static uint64_t id_hash(const struct build_id *id)
{
    return hash_bytes(id->bytes, sizeof id->bytes);
}

static int stock_take(struct stock *stock, const struct build_id *id, enum stock_kind kind,
                      const char *path)
{
    struct stock_file file = {.id = *id, .kind = kind};
    if (mem_grow(&stock->files, &stock->capacity, stock->count + 1, sizeof file) < 0 ||
        intern_add(&stock->texts, path, strlen(path), &file.path) < 0 ||
        index_add(&stock->by_id, id_hash(id), (uint32_t)stock->count) < 0)
        return -1;
    stock->files[stock->count++] = file;
    return 0;
}

/* The build id that the folder of a file is named after. */
static struct build_id folder_id(const char *path)
{
    const char *end = strrchr(path, '/');
    uint8_t bytes[20];
    size_t digits = 0;
    for (const char *c = end; c && c > path && digits < 2 * sizeof bytes;) {
        int value = build_id_digit(*--c);
        if (value < 0 && !(*c == '/' && digits == 2 * sizeof bytes - 2))
            break;
        if (value < 0)
            continue;
        uint8_t *byte = &bytes[sizeof bytes - 1 - digits / 2];
        *byte = digits % 2 ? (uint8_t)(*byte | value << 4) : (uint8_t)value;
        digits++;
    }
    return digits == 2 * sizeof bytes ? build_id_of(bytes, sizeof bytes) : (struct build_id){0};
}

/* A compressed file is expanded only if it may be a kernel module. */
static bool is_worth_reading(const char *path)
{
    static const char *const packed[] = {".gz", ".xz", ".zst"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
        size_t tail = strlen(packed[i]);
        if (length > tail && strcmp(path + length - tail, packed[i]) == 0)
            return strstr(path, ".ko") != NULL;
    }
    return true;
}

static int stock_file(struct stock *stock, const char *path)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    const char *base = strrchr(path, '/');
    struct build_id id = {0};
    if (base && strcmp(base, "/kallsyms") == 0) {
        id = folder_id(path);
        return id.size ? stock_take(stock, &id, STOCK_KALLSYMS, path) : 0;
    }
    if (!is_worth_reading(path))
        return 0;
    if (elf_file_open(&file, path) < 0)
        return -1;
    if (file)
        id = elf_file_build_id(file);
    return id.size ? stock_take(stock, &id, STOCK_ELF, path) : 0;
}

/* The walk over folders: those that are still to be read. */
struct stock_walk {
    struct stock *stock;
    uint32_t *folders; /* numbers in the stock's texts */
    size_t count, capacity;
    size_t seen; /* files and folders so far */
    struct buffer path;
};

static void stock_walk_done(struct stock_walk *walk)
{
    mem_free(walk->folders);
    buffer_done(&walk->path);
}

/* Links to folders are not followed: they may lead in circles, and perf's cache has each of its
 * folders in plain sight as well. */
static int stock_walk_entry(struct stock_walk *walk, const char *path, bool root)
{
    struct stat st;
    uint32_t text;
    if (walk->seen++ >= LIMIT_STOCK_FILES || (root ? stat : lstat)(path, &st) < 0)
        return 0;
    if (S_ISDIR(st.st_mode))
        return intern_add(&walk->stock->texts, path, strlen(path), &text) < 0
                   ? -1
                   : stock_push(&walk->folders, &walk->count, &walk->capacity, text);
    if (S_ISLNK(st.st_mode) && (stat(path, &st) < 0 || !S_ISREG(st.st_mode)))
        return 0;
    return S_ISREG(st.st_mode) ? stock_file(walk->stock, path) : 0;
}

static int stock_walk_folder(struct stock_walk *walk, uint32_t folder)
{
    DIR *entries = opendir(intern_text(&walk->stock->texts, folder));
    int r = 0;
    for (struct dirent *entry; entries && r == 0 && (entry = readdir(entries));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        buffer_clear(&walk->path);
        buffer_printf(&walk->path, "%s/%s", intern_text(&walk->stock->texts, folder),
                      entry->d_name);
        r = walk->path.failed ? -1 : stock_walk_entry(walk, buffer_string(&walk->path), false);
    }
    if (entries)
        closedir(entries);
    return r;
}

static int stock_read(struct stock *stock)
{
    CLEANUP(stock_walk_done) struct stock_walk walk = {.stock = stock};
    stock->read = true;
    for (size_t i = 0; i < stock->root_count; i++) {
        buffer_clear(&walk.path);
        buffer_text(&walk.path, intern_text(&stock->texts, stock->roots[i]));
        if (walk.path.failed || stock_walk_entry(&walk, buffer_string(&walk.path), true) < 0)
            return -1;
    }
    while (walk.count)
        if (stock_walk_folder(&walk, walk.folders[--walk.count]) < 0)
            return -1;
    return 0;
}

int stock_find(struct stock *stock, const struct build_id *id, enum stock_kind kind, size_t nth,
               const char **ret_path)
{
    *ret_path = NULL;
    if (!stock->root_count || !id->size)
        return 0;
    if (!stock->read && stock_read(stock) < 0)
        return -1;
    struct index_probe probe = index_probe(&stock->by_id, id_hash(id));
    for (uint32_t number; (number = index_next(&probe)) != INDEX_NONE;) {
        const struct stock_file *file = &stock->files[number];
        if (file->kind == kind && build_id_equal(&file->id, id) && nth-- == 0) {
            *ret_path = intern_text(&stock->texts, file->path);
            return 0;
        }
    }
    return 0;
}
