/* SPDX-License-Identifier: MIT */
/* jitted SECONDS: runs code that it makes (for x86-64), and writes the map of it that perf reads,
 * under the number that it knows itself by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* push rbp; mov rbp,rsp; mov ecx,1000000; loop: dec ecx; jnz loop; pop rbp; ret */
static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, 0xb9, 0x40, 0x42, 0x0f,
                                     0x00, 0xff, 0xc9, 0x75, 0xfc, 0x5d, 0xc3};

int main(int count, char **arguments)
{
    char path[64];
    void (*run)(void);
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (count < 2 || page == MAP_FAILED)
        return 1;
    memcpy(page, code, sizeof code);
    memcpy(&run, &page, sizeof run);
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    FILE *map = fopen(path, "w");
    if (!map)
        return 1;
    fprintf(map, "%lx %zx made_at_run_time\n", (unsigned long)page, sizeof code);
    fclose(map);
    for (time_t end = time(NULL) + atoi(arguments[1]); time(NULL) < end;)
        run();
    return 0;
}
