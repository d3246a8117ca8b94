/* SPDX-License-Identifier: MIT */
/*
 * A small program to record: it writes a text, reads it back, counts its words and sorts them.
 *
 *     main
 *       round_of_work
 *         write_text    -> next_word, write(2)
 *         index_text    -> read(2), count_word -> hash_word, find_entry -> same_word
 *         sort_entries  -> merge_sort (calls itself) -> merge_halves
 *
 * gcc gives functions that call nothing no frame of their own, so the graph lacks their callers:
 * hash_word stands on index_text.
 *
 * cc -O2 -g -fno-omit-frame-pointer -o demo demo.c
 * perf record -g ./demo [SECONDS]
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Without this the compiler folds everything into main, and there is nothing to see. */
#ifdef __clang__ /* makes no clones */
#define KEEP __attribute__((noinline))
#else
#define KEEP __attribute__((noinline, noclone))
#endif

enum { WORDS = 100000, TABLE = 1 << 15, LONGEST = 24, CHUNK = 2048 };

struct entry {
    char word[LONGEST];
    uint32_t count;
};

static struct entry table[TABLE];
static struct entry *sorted[TABLE];
static struct entry *spare[TABLE];
static uint64_t seed = 42;

static KEEP size_t next_word(char *out)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    uint32_t rank = (uint32_t)(seed >> 33) % 20000u;
    if (seed >> 63)
        rank %= 200;
    size_t length = 0;
    do {
        out[length++] = (char)('a' + rank % 26);
        out[length++] = "aeiou"[rank % 5];
        rank /= 26;
    } while (rank);
    out[length++] = ' ';
    return length;
}

static KEEP int write_text(int file)
{
    char chunk[CHUNK + LONGEST];
    size_t used = 0;
    for (int i = 0; i < WORDS; i++) {
        used += next_word(chunk + used);
        if (used < CHUNK && i < WORDS - 1)
            continue;
        if (write(file, chunk, used) != (ssize_t)used)
            return -1;
        used = 0;
    }
    return 0;
}

static KEEP uint32_t hash_word(const char *word, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)word[i]) * 16777619u;
    return hash;
}

static KEEP int same_word(const struct entry *entry, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (entry->word[i] != word[i])
            return 0;
    return !entry->word[length];
}

static KEEP struct entry *find_entry(const char *word, size_t length, uint32_t hash)
{
    for (uint32_t slot = hash % TABLE;; slot = (slot + 1) % TABLE) {
        struct entry *entry = &table[slot];
        if (!entry->count)
            memcpy(entry->word, word, length);
        if (!entry->count || same_word(entry, word, length))
            return entry;
    }
}

static KEEP void count_word(const char *word, size_t length)
{
    find_entry(word, length, hash_word(word, length))->count++;
}

static KEEP int index_text(int file)
{
    char chunk[CHUNK], word[LONGEST];
    size_t length = 0;
    ssize_t got;
    while ((got = read(file, chunk, sizeof chunk)) > 0)
        for (ssize_t i = 0; i < got; i++)
            if (chunk[i] != ' ' && length < LONGEST - 1) {
                word[length++] = chunk[i];
            } else {
                count_word(word, length);
                length = 0;
            }
    return (int)got;
}

static KEEP void merge_halves(struct entry **first, size_t half, size_t count)
{
    size_t left = 0, right = half;
    for (size_t i = 0; i < count; i++) {
        int take_left =
            right == count || (left < half && first[left]->count >= first[right]->count);
        spare[i] = first[take_left ? left++ : right++];
    }
    memcpy(first, spare, count * sizeof *first);
}

static KEEP void merge_sort(struct entry **first, size_t count)
{
    if (count < 2)
        return;
    merge_sort(first, count / 2);
    merge_sort(first + count / 2, count - count / 2);
    merge_halves(first, count / 2, count);
}

static KEEP size_t sort_entries(void)
{
    size_t count = 0;
    for (size_t i = 0; i < TABLE; i++)
        if (table[i].count)
            sorted[count++] = &table[i];
    merge_sort(sorted, count);
    return count;
}

static KEEP int round_of_work(int file)
{
    memset(table, 0, sizeof table);
    if (ftruncate(file, 0) < 0 || lseek(file, 0, SEEK_SET) < 0 || write_text(file) < 0 ||
        lseek(file, 0, SEEK_SET) < 0 || index_text(file) < 0)
        return -1;
    return sort_entries() ? 0 : -1;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    double end = seconds() + (argc > 1 ? atof(argv[1]) : 2.5);
    char name[] = "/tmp/demo-XXXXXX";
    int file = mkstemp(name);
    if (file < 0 || unlink(name) < 0) {
        perror(name);
        return 1;
    }
    do {
        if (round_of_work(file) < 0) {
            perror("demo");
            return 1;
        }
    } while (seconds() < end);
    printf("most frequent word: %s, %u times\n", sorted[0]->word, (unsigned)sorted[0]->count);
    return 0;
}
