/* SPDX-License-Identifier: MIT */
/* jumps SECONDS: calls a short function of the C library all the time, through the jump table. */
#include <stdlib.h>
#include <time.h>

static volatile int sink;

int main(int count, char **arguments)
{
    double seconds = count > 1 ? atof(arguments[1]) : 0.1;
    clock_t end = clock() + (clock_t)(seconds * CLOCKS_PER_SEC);
    while (clock() < end)
        for (int i = 0; i < 1000000; i++)
            sink = rand();
    return 0;
}
