/* SPDX-License-Identifier: MIT */
/* Functions that are called as compilers of other languages call theirs; tests/e2e/test_oracle.py
 * gives some their names, which no assembler takes. */
#include <stdio.h>
#include <time.h>

#define FUNCTION(name, symbol)                                                                     \
    unsigned long name(unsigned long x) __asm__(symbol);                                           \
    __attribute__((noinline)) unsigned long name(unsigned long x)                                  \
    {                                                                                              \
        for (int i = 0; i < 1000000; i++)                                                          \
            x = x * 6364136223846793005UL + 1442695040888963407UL;                                 \
        return x;                                                                                  \
    }

FUNCTION(ocaml_module, "camlStdlib__list__map_123")
FUNCTION(ocaml_operator, "camlFoo__$2b$2b_17")
FUNCTION(ocaml_runtime, "caml_alloc")
FUNCTION(java_method, "java_method")
FUNCTION(java_agent, "java_agent")
FUNCTION(java_path, "java_path")
FUNCTION(d_function, "_D8demangle4testFaZv")

int main(void)
{
    clock_t end = clock() + CLOCKS_PER_SEC / 2;
    unsigned long x = 1;
    while (clock() < end)
        x = ocaml_module(
            ocaml_operator(ocaml_runtime(java_method(java_agent(java_path(d_function(x)))))));
    printf("%lu\n", x);
    return 0;
}
