/* SPDX-License-Identifier: MIT */
#include "base/errand.h"

#include <stddef.h>

#include "base/thread.h"

static void *errand_run(void *context)
{
    struct errand *errand = context;
    errand->run(errand->context);
    return NULL;
}

void errand_begin(struct errand *errand, bool away, void (*run)(void *context), void *context)
{
    *errand = (struct errand){.run = run, .context = context};
    errand->away = away && thread_begin(&errand->thread, errand_run, errand);
}

void errand_end(struct errand *errand)
{
    if (errand->run && !errand->away)
        errand->run(errand->context);
    errand_drop(errand);
}

void errand_drop(struct errand *errand)
{
    if (errand->away)
        pthread_join(errand->thread, NULL);
    *errand = (struct errand){0};
}
