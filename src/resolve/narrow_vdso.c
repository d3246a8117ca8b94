/* SPDX-License-Identifier: MIT */
/* A process may ask the kernel to map it, as CRIU does where it restores one
 * (arch/x86/kernel/process_64.c: prctl_map_vdso), if it has no other vdso any more: a child of ours
 * gives its own back, and sends what it gets.
 *
 *     child:   ... [vvar] [vdso] ...  ─▶  [ data of the kernel ] [ image ]
 *                   unmapped               NARROW_AT
 *     pipe:    the pages that can be read, in their order
 */
#include "resolve/narrow_vdso.h"

#ifdef __x86_64__

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/source.h"
#include "resolve/words.h"

#define ARCH_MAP_VDSO_32 0x2002 /* arch/x86/include/uapi/asm/prctl.h */
#define NARROW_AT        UINT64_C(0x40000000)

enum { PAGE = 4096, PAGES = 32, RANGES_MOST = 8 };

struct range {
    uint64_t begin, end;
};

/* Finds our vdso and its data. Returns how many ranges there are, or -1 without memory. */
static int vdso_ranges(struct range ranges[RANGES_MOST])
{
    CLEANUP(mem_cleanup) char *text = NULL;
    size_t size;
    int count = 0;
    if (source_read_text_if_any("/proc/self/maps", &text, &size) < 0)
        return -1;
    struct words all = {text, text ? text + size : text}, line;
    while (count < RANGES_MOST && words_line(&all, &line)) {
        const char *name = memchr(line.at, '[', (size_t)(line.end - line.at));
        char *end;
        if (!name || (strncmp(name, "[vdso]", 6) != 0 && strncmp(name, "[vvar", 5) != 0))
            continue;
        ranges[count].begin = strtoull(line.at, &end, 16);
        ranges[count++].end = strtoull(end + 1, NULL, 16);
    }
    return count;
}

/* Only asks the kernel: other threads may have held any lock when the child was born. What cannot
 * be read is no signal to write, but an error. */
static _Noreturn void child_run(int out, const struct range *ranges, int count)
{
    for (int i = 0; i < count; i++)
        (void)syscall(SYS_munmap, ranges[i].begin, ranges[i].end - ranges[i].begin);
    if (syscall(SYS_arch_prctl, ARCH_MAP_VDSO_32, NARROW_AT) > 0)
        for (int i = 0; i < PAGES; i++)
            (void)syscall(SYS_write, out, NARROW_AT + (uint64_t)i * PAGE, PAGE);
    _exit(0);
}

/* Takes what comes, up to the end. */
static void pipe_read(int in, struct buffer *pages)
{
    char block[PAGE];
    ssize_t got;
    while ((got = read(in, block, sizeof block)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            buffer_append(pages, block, (size_t)got);
}

static void child_read(struct buffer *pages, const struct range *ranges, int count)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return;
    pid_t child = fork();
    if (child == 0)
        child_run(ends[1], ranges, count);
    close(ends[1]);
    if (child > 0)
        pipe_read(ends[0], pages);
    close(ends[0]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

int narrow_vdso_read(struct buffer *image)
{
    static const char magic[] = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32};
    CLEANUP(buffer_done) struct buffer pages = {0};
    struct range ranges[RANGES_MOST];
    int count = vdso_ranges(ranges);
    if (count < 0)
        return -1;
    child_read(&pages, ranges, count);
    for (size_t at = 0; at + PAGE <= pages.size && !image->size; at += PAGE)
        if (memcmp(pages.data + at, magic, sizeof magic) == 0)
            buffer_append(image, pages.data + at, pages.size - at);
    return pages.failed || image->failed ? -1 : 0;
}

#else

int narrow_vdso_read(struct buffer *image)
{
    return 0;
}

#endif
