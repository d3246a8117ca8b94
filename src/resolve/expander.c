/* SPDX-License-Identifier: MIT */
#include "resolve/expander.h"

#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "resolve/dwarf/frames.h"

static void order_free(struct expander_order *order)
{
    if (!order)
        return;
    for (size_t i = 0; i < sizeof order->texts / sizeof *order->texts; i++)
        mem_free(order->texts[i]);
    dwarf_found_done(&order->found);
    mem_free(order);
}
MEM_CLEANUP(order_cleanup, struct expander_order, order_free)

static void foreseen_free(struct expander_foreseen *foreseen)
{
    if (!foreseen)
        return;
    mem_free(foreseen->program);
    mem_free(foreseen->debug);
    dwarf_file_free(foreseen->file);
    mem_free(foreseen);
}
MEM_CLEANUP(foreseen_cleanup, struct expander_foreseen, foreseen_free)

/* What comes next. By the lock. */
static struct expander_foreseen *foreseen_next(const struct expander *expander)
{
    struct expander_foreseen *foreseen = expander->foreseen;
    while (foreseen && foreseen->state != FORESEEN_WAITING)
        foreseen = foreseen->next;
    return foreseen;
}

/* Waits for work: an order, or else what is foreseen. False when there will be no more. */
static bool expander_wait(struct expander *expander, struct expander_order **ret_order,
                          struct expander_foreseen **ret_foreseen)
{
    pthread_mutex_lock(&expander->lock);
    while (!expander->todo && !(*ret_foreseen = foreseen_next(expander)) && !expander->closed)
        pthread_cond_wait(&expander->given, &expander->lock);
    if ((*ret_order = expander->todo))
        expander->todo = expander->todo->next;
    else if (*ret_foreseen)
        (*ret_foreseen)->state = FORESEEN_BEGUN;
    bool more = *ret_order || *ret_foreseen;
    pthread_mutex_unlock(&expander->lock);
    return more;
}

static void foreseen_open(struct expander *expander, struct expander_foreseen *foreseen)
{
    /* Without memory the order is the one that fails. */
    if (dwarf_frames_open(&foreseen->file, foreseen->program, foreseen->debug,
                          expander->places->symfs) == 0 &&
        foreseen->file)
        dwarf_file_unpack(foreseen->file);
    pthread_mutex_lock(&expander->lock);
    foreseen->state = FORESEEN_DONE;
    pthread_cond_broadcast(&expander->opened);
    pthread_mutex_unlock(&expander->lock);
}

/* The file of what was foreseen, as soon as it is there. */
static struct dwarf_file *foreseen_take(struct expander *expander,
                                        struct expander_foreseen *foreseen)
{
    if (!foreseen)
        return NULL;
    pthread_mutex_lock(&expander->lock);
    while (foreseen->state != FORESEEN_DONE)
        pthread_cond_wait(&expander->opened, &expander->lock);
    pthread_mutex_unlock(&expander->lock);
    return MEM_TAKE(foreseen->file);
}

static void order_do(const struct expander *expander, struct expander_order *order)
{
    order->result = dwarf_places_find(expander->places, order->places, order->place_count,
                                      &order->files, &order->found);
}

static void *expander_run(void *context)
{
    struct expander *expander = context;
    struct expander_order *order;
    struct expander_foreseen *foreseen;
    while (expander_wait(expander, &order, &foreseen)) {
        if (!order) {
            foreseen_open(expander, foreseen);
            continue;
        }
        order->files.open = foreseen_take(expander, order->foreseen);
        order_do(expander, order);
    }
    return NULL;
}

void expander_begin(struct expander *expander, struct dwarf_places *places, unsigned threads)
{
    *expander = (struct expander){.places = places};
    pthread_mutex_init(&expander->lock, NULL); /* with default attributes Linux has no failure */
    pthread_cond_init(&expander->given, NULL);
    pthread_cond_init(&expander->opened, NULL);
    while (expander->thread_count < threads && expander->thread_count < EXPANDER_THREADS &&
           thread_begin(&expander->threads[expander->thread_count], expander_run, expander))
        expander->thread_count++;
}

/* A copy of a text of the files, which may be NULL. */
static bool order_copy(char **ret_copy, const char **text)
{
    *ret_copy = *text ? mem_copy_text(*text, strlen(*text)) : NULL;
    bool copied = !*text || *ret_copy;
    *text = *ret_copy;
    return copied;
}

int expander_foresee(struct expander *expander, uint32_t object, const char *program,
                     const char *debug)
{
    CLEANUP(foreseen_cleanup)
    struct expander_foreseen *foreseen = mem_zalloc(1, sizeof *foreseen);
    if (!foreseen || !(foreseen->program = mem_copy_text(program, strlen(program))) ||
        (debug && !(foreseen->debug = mem_copy_text(debug, strlen(debug)))))
        return -1;
    foreseen->object = object;
    pthread_mutex_lock(&expander->lock);
    struct expander_foreseen **end = &expander->foreseen;
    while (*end)
        end = &(*end)->next;
    *end = MEM_TAKE(foreseen);
    pthread_cond_signal(&expander->given);
    pthread_mutex_unlock(&expander->lock);
    return 0;
}

void expander_hurry(struct expander *expander)
{
    struct expander_foreseen **at = &expander->foreseen, *foreseen;
    if (!expander->thread_count)
        return;
    pthread_mutex_lock(&expander->lock);
    while ((foreseen = *at)) {
        if (foreseen->state != FORESEEN_WAITING) {
            at = &foreseen->next;
            continue;
        }
        *at = foreseen->next;
        foreseen_free(foreseen);
    }
    pthread_mutex_unlock(&expander->lock);
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool foreseen_is(const struct expander_foreseen *foreseen, uint32_t object,
                        const struct dwarf_files *files)
{
    return foreseen->object == object && same_text(foreseen->program, files->program) &&
           same_text(foreseen->debug, files->debug);
}

/* What was begun of these files of an object; NULL if nothing was. By the lock. */
static struct expander_foreseen *foreseen_find(const struct expander *expander, uint32_t object,
                                               const struct dwarf_files *files)
{
    struct expander_foreseen *foreseen = expander->foreseen;
    while (foreseen &&
           !(foreseen->state != FORESEEN_WAITING && foreseen_is(foreseen, object, files)))
        foreseen = foreseen->next;
    return foreseen;
}

int expander_give(struct expander *expander, uint32_t object, const uint32_t *numbers, size_t count,
                  const struct dwarf_files *files)
{
    CLEANUP(order_cleanup) struct expander_order *order = mem_zalloc(1, sizeof *order);
    if (!order)
        return -1;
    order->files = *files;
    order->places = numbers;
    order->place_count = count;
    if (!order_copy(&order->texts[0], &order->files.program) ||
        !order_copy(&order->texts[1], &order->files.debug) ||
        !order_copy(&order->texts[2], &order->files.recorded))
        return -1;
    pthread_mutex_lock(&expander->lock);
    order->foreseen = foreseen_find(expander, object, files);
    if (expander->last)
        expander->last->next = order;
    else
        expander->first = order;
    expander->last = order;
    if (!expander->todo)
        expander->todo = order;
    order = NULL;
    pthread_cond_signal(&expander->given);
    pthread_mutex_unlock(&expander->lock);
    return 0;
}

/* Takes what an order has found, unless the one before failed. */
static int expander_take(struct expander *expander, struct expander_order *order, int result)
{
    if (result == 0)
        result = order->result;
    return result == 0 ? dwarf_places_take(expander->places, &order->found) : result;
}

int expander_end(struct expander *expander)
{
    int result = 0;
    if (!expander->thread_count)
        return 0;
    expander_hurry(expander);
    pthread_mutex_lock(&expander->lock);
    expander->closed = true;
    pthread_cond_broadcast(&expander->given);
    pthread_mutex_unlock(&expander->lock);
    expander_run(expander);
    for (unsigned i = 0; i < expander->thread_count; i++)
        pthread_join(expander->threads[i], NULL);
    for (struct expander_order *order = expander->first, *next; order; order = next) {
        next = order->next;
        result = expander_take(expander, order, result);
        order_free(order);
    }
    for (struct expander_foreseen *foreseen = expander->foreseen, *after; foreseen;
         foreseen = after) {
        after = foreseen->next;
        foreseen_free(foreseen);
    }
    pthread_cond_destroy(&expander->opened);
    pthread_cond_destroy(&expander->given);
    pthread_mutex_destroy(&expander->lock);
    *expander = (struct expander){0};
    return result;
}
