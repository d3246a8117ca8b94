/* SPDX-License-Identifier: MIT */
/* Walks with a frame register that points at text, as code without frame pointers may: the kernel
 * takes the text for return addresses, and every chain ends in garbage. x86-64 alone. */
#include <stdint.h>
#include <string.h>

#define KEEP __attribute__((noinline, noclone, noipa))

static uint64_t text[6];

KEEP void walk_over_text(void)
{
    __asm__ volatile("sub $256, %%rsp\n\t" /* past the red zone */
                     "push %%rbp\n\t"
                     "mov %0, %%rbp\n\t"
                     "mov $20000000, %%rcx\n"
                     "1:\tdec %%rcx\n\t"
                     "jnz 1b\n\t"
                     "pop %%rbp\n\t"
                     "add $256, %%rsp"
                     :
                     : "r"(text)
                     : "rcx", "memory", "cc");
}

int main(void)
{
    text[0] = (uint64_t)(uintptr_t)&text[2];
    memcpy(&text[1], "garbage!", 8);
    text[2] = (uint64_t)(uintptr_t)&text[4];
    memcpy(&text[3], "and more", 8);
    for (int i = 0; i < 60; i++)
        walk_over_text();
    return 0;
}
