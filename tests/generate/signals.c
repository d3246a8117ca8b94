/* SPDX-License-Identifier: MIT */
/* A program without a library, interrupted by a signal, whose handler returns to a trampoline of
 * its own: known by its bytes alone, for it has no CFI. The handler calls leaf(), where a debugger
 * or perf finds it.
 *
 *     _start ▶ begin ▶ interrupted ─ signal ─▶ [restorer] ▶ handler ▶ leaf */
#define SIGUSR1    10
#define SA_SIGINFO 4
#define SA_NODEFER 0x40000000
#ifndef FLAGS
#define FLAGS (0x04000000 | SA_SIGINFO) /* SA_RESTORER */
#endif

/* Numbers of system calls, from asm/unistd.h, which gcc -m32 alone does not find. */
#if defined __x86_64__
enum { KILL = 62, SIGACTION = 13, GETPID = 39, EXIT = 60 };
#elif defined __aarch64__
enum { KILL = 129, SIGACTION = 134, GETPID = 172, EXIT = 93 };
#else
enum { KILL = 37, SIGACTION = 174, GETPID = 20, EXIT = 1 };
#endif

static volatile long sink;
void restorer(void);

static long ask(long number, long a, long b, long c, long d)
{
#if defined __x86_64__
    register long fourth __asm__("r10") = d;
    __asm__ volatile("syscall"
                     : "+a"(number)
                     : "D"(a), "S"(b), "d"(c), "r"(fourth)
                     : "rcx", "r11", "memory");
    return number;
#elif defined __aarch64__
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b,
                     x2 __asm__("x2") = c, x3 __asm__("x3") = d;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
#else
    __asm__ volatile("int $0x80" : "+a"(number) : "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
    return number;
#endif
}

__attribute__((noinline)) void leaf(long n)
{
    for (long i = 0; i < n; i++)
        sink += i;
}

__attribute__((noinline)) void handler(int signal)
{
    leaf(signal * 40000L);
    sink++;
}

/* Its frame pointer register holds something else. */
__attribute__((noinline)) long interrupted(long pid)
{
    long a = sink, b = a * 3, c = b ^ 5;
    for (long i = 0; i < 200; i++) {
        c += ask(KILL, pid, SIGUSR1, 0, 0);
        b += c * a;
    }
    return a + b + c;
}

__attribute__((noinline)) void begin(void)
{
    struct {
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        unsigned long mask[2];
    } action = {handler, FLAGS | SA_NODEFER, restorer, {0, 0}};
    ask(SIGACTION, SIGUSR1, (long)&action, 0, 8);
    sink = interrupted(ask(GETPID, 0, 0, 0, 0));
    ask(EXIT, 0, 0, 0, 0);
}

#define TRAMPOLINE(code)                                                                           \
    __asm__(".p2align 6\n.skip 32, 0\n.globl restorer\n.type restorer,%function\nrestorer:\n" code \
            "\n.size restorer, .-restorer\n.skip 32, 0\n")
#if defined __x86_64__
TRAMPOLINE("mov $15, %rax\nsyscall");
__asm__(".globl _start\n.type _start,@function\n_start:\n.cfi_startproc\n.cfi_undefined rip\n"
        "xor %ebp, %ebp\nand $-16, %rsp\ncall begin\nhlt\n.cfi_endproc\n.size _start, .-_start\n");
#elif defined __aarch64__
TRAMPOLINE("mov x8, #139\nsvc #0");
__asm__(".globl _start\n.type _start,%function\n_start:\n.cfi_startproc\n.cfi_undefined x30\n"
        "mov x29, #0\nbl begin\nbrk #0\n.cfi_endproc\n.size _start, .-_start\n");
#else
#if FLAGS & SA_SIGINFO
TRAMPOLINE("mov $173, %eax\nint $0x80");
#else
TRAMPOLINE("pop %eax\nmov $119, %eax\nint $0x80");
#endif
__asm__(".globl _start\n.type _start,@function\n_start:\n.cfi_startproc\n.cfi_undefined eip\n"
        "xor %ebp, %ebp\nand $-16, %esp\ncall begin\nhlt\n.cfi_endproc\n.size _start, .-_start\n");
#endif
