/* SPDX-License-Identifier: MIT */
/* A program without a library, whose stack a debugger takes in leaf(): frames with much and with
 * little on them, one that aligns its stack, a function given as an argument. */
typedef long (*action)(long, const char *);

static volatile long sink;

__attribute__((noinline)) long leaf(long n, const char *text)
{
    for (long i = 0; i < n; i++)
        sink += text[i & 3];
    return sink;
}

__attribute__((noinline)) long small(long n, action act)
{
    return act(n + 1, "leaf") + 1;
}

__attribute__((noinline)) long large(long n, action act)
{
    volatile char room[700];
    for (unsigned i = 0; i < sizeof room; i++)
        room[i] = (char)(n + i);
    return small(n, act) + room[n & 127];
}

__attribute__((noinline)) long aligned(long n, action act)
{
    volatile long block[8] __attribute__((aligned(64)));
    for (int i = 0; i < 8; i++)
        block[i] = n + i;
    return large(block[n & 7], act) + block[1];
}

__attribute__((noinline)) long again(long n, action act)
{
    long a = sink, b = sink + n, c = sink * n, d = sink - n;
    long found = n > 0 ? again(n - 1, act) : aligned(3, act);
    return found + a + b * c + d;
}

__attribute__((noinline)) void begin(void)
{
    again(4, leaf);
    for (;;)
        ;
}

#ifdef __aarch64__
__asm__(".globl _start\n.type _start,%function\n_start:\n.cfi_startproc\n.cfi_undefined x30\n"
        "mov x29, #0\nbl begin\nbrk #0\n.cfi_endproc\n.size _start, .-_start\n");
#else
__asm__(".globl _start\n.type _start,@function\n_start:\n.cfi_startproc\n.cfi_undefined eip\n"
        "xor %ebp, %ebp\nand $-16, %esp\ncall begin\nhlt\n.cfi_endproc\n.size _start, .-_start\n");
#endif
