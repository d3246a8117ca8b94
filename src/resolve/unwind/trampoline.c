/* SPDX-License-Identifier: MIT */
#include "resolve/unwind/trampoline.h"

#include <elf.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

#define CODE_MOST 9u /* bytes of the longest */
#define BLOCK     (128u * 1024)

/* asm/sigcontext.h of each machine: the registers as they follow each other, the last is pc
 * (aarch64: behind sp). The offsets before them: asm/ucontext.h, and arch/.../signal.c for the
 * frame. */
static const int8_t x86_64_context[] = {8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16};
static const int8_t i386_context[] = {7, 6, 5, 4, 3, 2, 1, 0, -1, -1, 8};
static const int8_t aarch64_context[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                         11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                         22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

static const struct form {
    unsigned machine;
    uint8_t size, last; /* bytes; where the last instruction begins; 0: sp is another there */
    uint8_t code[CODE_MOST];
    struct trampoline_frame frame;
} forms[] = {
    /* mov $15, %eax; syscall */
    {EM_X86_64, 7, 5, {0xb8, 15, 0, 0, 0, 0x0f, 0x05}, {0, 40, 17, x86_64_context}},
    /* mov $15, %rax; syscall */
    {EM_X86_64, 9, 7, {0x48, 0xc7, 0xc0, 15, 0, 0, 0, 0x0f, 0x05}, {0, 40, 17, x86_64_context}},
    /* mov x8, #139; svc #0 */
    {EM_AARCH64, 8, 4, {0x68, 0x11, 0x80, 0xd2, 1, 0, 0, 0xd4}, {0, 312, 33, aarch64_context}},
    /* mov $173, %eax; int $0x80: with siginfo, and a pointer to the ucontext */
    {EM_386, 7, 5, {0xb8, 173, 0, 0, 0, 0xcd, 0x80}, {8, 36, 11, i386_context}},
    /* pop %eax, and the form below: the sigcontext lies behind the number of the signal */
    {EM_386, 8, 0, {0x58, 0xb8, 119, 0, 0, 0, 0xcd, 0x80}, {0, 20, 11, i386_context}},
    /* mov $119, %eax; int $0x80 */
    {EM_386, 7, 5, {0xb8, 119, 0, 0, 0, 0xcd, 0x80}, {0, 16, 11, i386_context}},
};

static void seek_block(struct trampolines *trampolines, unsigned machine, const uint8_t *block,
                       size_t size, uint64_t offset)
{
    for (unsigned i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct form *form = &forms[i];
        const uint8_t *at = block, *end = block + size;
        while (form->machine == machine && trampolines->count < TRAMPOLINES &&
               (at = memmem(at, (size_t)(end - at), form->code, form->size))) {
            uint64_t found = offset + (uint64_t)(at - block);
            if (!trampolines_begin(trampolines, found))
                trampolines->items[trampolines->count++] =
                    (struct trampoline){.offset = found, .form = (uint8_t)i};
            at++;
        }
    }
}

/* Reads a range of the file in blocks that overlap by what a trampoline may lie across. */
static void seek_range(struct trampolines *trampolines, const struct elf_file *file, uint8_t *block,
                       struct elf_range range)
{
    uint64_t at = range.offset, left = range.size;
    size_t got = BLOCK;
    while (got == BLOCK && trampolines->count < TRAMPOLINES) {
        got = elf_file_read(file, at, block, left < BLOCK ? (size_t)left : BLOCK);
        seek_block(trampolines, elf_file_machine(file), block, got, at);
        at += BLOCK - CODE_MOST;
        left -= got == BLOCK ? BLOCK - CODE_MOST : 0;
    }
}

static bool is_same_file(const struct elf_file *one, const struct elf_file *other)
{
    struct elf_file_stat a = elf_file_stat(one), b = elf_file_stat(other);
    return a.inode == b.inode && a.major == b.major && a.minor == b.minor && a.written == b.written;
}

int trampolines_seek(struct trampolines *trampolines, const struct elf_file *file)
{
    CLEANUP(elf_file_cleanup) struct elf_file *again = NULL;
    CLEANUP(mem_cleanup) uint8_t *block = NULL;
    struct elf_range range;
    if (trampolines->sought)
        return 0;
    trampolines->sought = true;
    const char *path = file ? elf_file_path(file) : NULL;
    if (!path)
        return 0;
    if (elf_file_open(&again, path) < 0 || !(block = mem_alloc(BLOCK)))
        return -1;
    bool same = again && is_same_file(file, again);
    uint64_t left = LIMIT_EXPANDED_BYTES;
    for (unsigned i = 0; same && elf_file_code(again, i, &range); i++) {
        range.size = range.size < left ? range.size : left;
        left -= range.size;
        seek_range(trampolines, again, block, range);
    }
    return 0;
}

bool trampolines_begin(const struct trampolines *trampolines, uint64_t offset)
{
    for (unsigned i = 0; i < trampolines->count; i++)
        if (trampolines->items[i].offset == offset)
            return true;
    return false;
}

const struct trampoline *trampolines_at(const struct trampolines *trampolines, uint64_t offset)
{
    for (unsigned i = 0; i < trampolines->count; i++) {
        const struct trampoline *one = &trampolines->items[i];
        const struct form *form = &forms[one->form];
        if (offset == one->offset || (form->last && (offset == one->offset + form->last ||
                                                     offset == one->offset + form->size)))
            return one;
    }
    return NULL;
}

const struct trampoline_frame *trampoline_frame(unsigned form)
{
    return &forms[form].frame;
}
