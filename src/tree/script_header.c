/* SPDX-License-Identifier: MIT */
/* A sample's first line, as process_event and perf_sample__fprintf_start of
 * tools/perf/builtin-script.c print it. */
#include <string.h>

#include "tree/script_line.h"

struct scan {
    const char *at, *end;
};

static void scan_spaces(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t'))
        scan->at++;
}

/* The next run of bytes that are not spaces; empty at the end. */
static struct slice scan_word(struct scan *scan)
{
    scan_spaces(scan);
    struct slice word = {.text = scan->at};
    while (scan->at < scan->end && *scan->at != ' ' && *scan->at != '\t')
        scan->at++;
    word.length = (size_t)(scan->at - word.text);
    return word;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Decimal digits from the front of a slice. False where there are none, or too many. */
static bool slice_number(struct slice *slice, uint64_t *ret_value)
{
    uint64_t value = 0;
    size_t at = 0;
    for (; at < slice->length && is_digit(slice->text[at]); at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(slice->text[at] - '0'), &value))
            return false;
    if (at == 0)
        return false;
    slice->text += at;
    slice->length -= at;
    *ret_value = value;
    return true;
}

/* PID, PID/TID; -1 stands for tasks that are gone. */
static bool word_ids(struct slice word, struct script_header *header)
{
    uint32_t ids[2] = {UINT32_MAX, UINT32_MAX};
    for (int i = 0; i < 2; i++) {
        uint64_t value = UINT32_MAX;
        if (word.length >= 2 && memcmp(word.text, "-1", 2) == 0) {
            word.text += 2;
            word.length -= 2;
        } else if (!slice_number(&word, &value) || value > UINT32_MAX) {
            return false;
        }
        ids[i] = (uint32_t)value;
        if (word.length == 0) {
            /* Alone it is the thread's: perf prints the tid where it prints one number. */
            header->pid = i ? ids[0] : UINT32_MAX;
            header->tid = ids[i];
            return true;
        }
        if (word.text[0] != '/')
            return false;
        word.text++;
        word.length--;
    }
    return false;
}

static bool word_cpu(struct slice word, struct script_header *header)
{
    uint64_t cpu;
    if (word.length < 3 || word.text[0] != '[' || word.text[word.length - 1] != ']')
        return false;
    word.text++;
    word.length -= 2;
    if (!slice_number(&word, &cpu) || word.length || cpu > UINT32_MAX)
        return false;
    header->cpu = (uint32_t)cpu;
    return true;
}

/* SECONDS.FRACTION: with up to nine digits behind the point. */
static bool word_time(struct slice word, struct script_header *header)
{
    uint64_t seconds, fraction;
    if (!slice_number(&word, &seconds) || word.length < 3 || word.text[0] != '.' ||
        word.text[word.length - 1] != ':')
        return false;
    word.text++;
    word.length--;
    size_t digits = word.length - 1;
    if (digits > 9 || !slice_number(&word, &fraction) || word.length != 1)
        return false;
    for (; digits < 9; digits++)
        fraction *= 10;
    if (__builtin_mul_overflow(seconds, UINT64_C(1000000000), &seconds) ||
        __builtin_add_overflow(seconds, fraction, &header->time))
        header->time = UINT64_MAX;
    return true;
}

static bool word_period(struct slice word, struct script_header *header)
{
    header->has_period = slice_number(&word, &header->period) && word.length == 0;
    if (!header->has_period)
        header->period = 1;
    return header->has_period;
}

/* EVENT: with the colon last. No event is called like a number or like a record. */
static bool word_event(struct slice word, struct script_header *header)
{
    if (word.length < 2 || word.text[word.length - 1] != ':' || is_digit(word.text[0]) ||
        word.text[0] == '[' || (word.length > 12 && memcmp(word.text, "PERF_RECORD_", 12) == 0))
        return false;
    header->event = (struct slice){word.text, word.length - 1};
    return true;
}

/* All that follows a PID. */
static bool header_tail(struct scan scan, struct script_header *header)
{
    header->cpu = UINT32_MAX;
    header->time = 0;
    header->period = 1;
    header->has_period = false;
    struct slice word = scan_word(&scan);
    if (word_cpu(word, header))
        word = scan_word(&scan);
    if (word_time(word, header))
        word = scan_word(&scan);
    if (word_period(word, header))
        word = scan_word(&scan);
    if (!word_event(word, header))
        return false;
    scan_spaces(&scan);
    header->rest = (struct slice){scan.at, (size_t)(scan.end - scan.at)};
    return true;
}

/* The comm may have spaces and numbers in it: the PID is the first word that what follows
 * agrees with. */
bool script_header_parse(const char *line, size_t length, struct script_header *ret_header)
{
    struct scan scan = {.at = line, .end = line + length};
    struct slice first = scan_word(&scan);
    const char *comm_end = scan.at;
    if (first.length == 0)
        return false;
    /* A comm has at most 15 bytes, with spaces in it at most 8 words; 32 are generous. */
    for (int words = 0; words < 32; words++) {
        struct slice word = scan_word(&scan);
        if (word.length == 0)
            return false;
        struct script_header header = {0};
        if (word_ids(word, &header) && header_tail(scan, &header)) {
            header.comm = (struct slice){first.text, (size_t)(comm_end - first.text)};
            *ret_header = header;
            return true;
        }
        comm_end = scan.at;
    }
    return false;
}
