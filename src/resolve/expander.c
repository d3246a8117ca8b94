/* SPDX-License-Identifier: MIT */
#include "resolve/expander.h"

#include <string.h>

#include "base/mem.h"
#include "base/thread.h"

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

/* Waits for an order; NULL when there will be no more. */
static struct expander_order *expander_wait(struct expander *expander)
{
    pthread_mutex_lock(&expander->lock);
    while (!expander->todo && !expander->closed)
        pthread_cond_wait(&expander->given, &expander->lock);
    struct expander_order *order = expander->todo;
    if (order)
        expander->todo = order->next;
    pthread_mutex_unlock(&expander->lock);
    return order;
}

static void *expander_run(void *context)
{
    struct expander *expander = context;
    struct expander_order *order;
    while ((order = expander_wait(expander)))
        order->result = dwarf_places_find(expander->places, order->places, order->place_count,
                                          &order->files, &order->found);
    return NULL;
}

void expander_begin(struct expander *expander, struct dwarf_places *places, unsigned threads)
{
    *expander = (struct expander){.places = places};
    pthread_mutex_init(&expander->lock, NULL); /* with default attributes Linux has no failure */
    pthread_cond_init(&expander->given, NULL);
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

int expander_give(struct expander *expander, const uint32_t *numbers, size_t count,
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
    pthread_cond_destroy(&expander->given);
    pthread_mutex_destroy(&expander->lock);
    *expander = (struct expander){0};
    return result;
}
