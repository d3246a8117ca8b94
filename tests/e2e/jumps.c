/* SPDX-License-Identifier: MIT */
/* jumps SECONDS: calls a very short function of the C library all the time, through the jump table.
 * With CHOSEN, the table has an entry for a function that is chosen as the program is loaded. (Of
 * one that calls rand(), which waits for a lock, no sample was met in main once.) */
#define __NO_CTYPE /* it shall be called */
#include <ctype.h>
#include <stdlib.h>
#include <time.h>

static volatile int sink;

#ifdef CHOSEN
static int plain(void)
{
    return 1;
}

static int (*choose(void))(void)
{
    return plain;
}

__attribute__((visibility("hidden"), ifunc("choose"))) int chosen(void);
#else
#define chosen() 1
#endif

int main(int count, char **arguments)
{
    double seconds = count > 1 ? atof(arguments[1]) : 0.1;
    sink = chosen();
    clock_t end = clock() + (clock_t)(seconds * CLOCKS_PER_SEC);
    while (clock() < end)
        for (int i = 0; i < 1000000; i++)
            sink = (toupper)(sink) + chosen();
    return 0;
}
