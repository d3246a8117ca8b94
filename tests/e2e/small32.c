/* SPDX-License-Identifier: MIT */
/* A program of 32 bits that needs none of their libraries; it stays half a second below known
 * functions, one of them inlined. */
static volatile unsigned sink;

void inner(unsigned count);
void outer(unsigned count);
void _start(void);

__attribute__((noinline)) void inner(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        sink += i * 3;
}

__attribute__((always_inline)) static inline void middle(void)
{
    inner(1000000);
    sink++;
}

__attribute__((noinline)) void outer(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        middle();
    sink++;
}

void _start(void)
{
    outer(200);
    __asm__ volatile("int $0x80" : : "a"(1), "b"(0)); /* exit(0) */
}
