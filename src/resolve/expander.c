/* SPDX-License-Identifier: MIT */
#include "resolve/expander.h"

#include <signal.h>
#include <string.h>

#include "base/mem.h"

static void order_done(struct expander_order *order)
{
    for (size_t i = 0; i < sizeof order->texts / sizeof *order->texts; i++)
        mem_free(order->texts[i]);
}

/* Waits for an order; false when there will be no more. */
static bool expander_wait(struct expander *expander, struct expander_order *ret_order)
{
    pthread_mutex_lock(&expander->lock);
    while (expander->next == expander->count && !expander->closed)
        pthread_cond_wait(&expander->given, &expander->lock);
    bool more = expander->next < expander->count;
    if (more)
        *ret_order = expander->orders[expander->next++];
    pthread_mutex_unlock(&expander->lock);
    return more;
}

static void *expander_run(void *context)
{
    struct expander *expander = context;
    struct expander_order order;
    while (expander_wait(expander, &order)) {
        if (expander->result == 0)
            expander->result = dwarf_places_expand(expander->results, order.places,
                                                   order.place_count, &order.files);
        order_done(&order);
    }
    return NULL;
}

bool expander_begin(struct expander *expander, struct dwarf_places *results)
{
    sigset_t all, before;
    *expander = (struct expander){.results = results};
    pthread_mutex_init(&expander->lock, NULL); /* with default attributes Linux has no failure */
    pthread_cond_init(&expander->given, NULL);
    /* Signals are for the threads that the program knows of. */
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    expander->runs = pthread_create(&expander->thread, NULL, expander_run, expander) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return expander->runs;
}

/* A copy of a text of the files, which may be NULL. */
static bool order_copy(char **ret_copy, const char **text)
{
    *ret_copy = *text ? mem_copy_text(*text, strlen(*text)) : NULL;
    bool copied = !*text || *ret_copy;
    *text = *ret_copy;
    return copied;
}

static int expander_append(struct expander *expander, const struct expander_order *order)
{
    pthread_mutex_lock(&expander->lock);
    int r = mem_grow(&expander->orders, &expander->capacity, expander->count + 1, sizeof *order);
    if (r == 0)
        expander->orders[expander->count++] = *order;
    pthread_cond_signal(&expander->given);
    pthread_mutex_unlock(&expander->lock);
    return r;
}

int expander_give(struct expander *expander, const uint32_t *places, size_t count,
                  const struct dwarf_files *files)
{
    struct expander_order order = {.files = *files, .places = places, .place_count = count};
    if (order_copy(&order.texts[0], &order.files.program) &&
        order_copy(&order.texts[1], &order.files.debug) &&
        order_copy(&order.texts[2], &order.files.recorded) &&
        expander_append(expander, &order) == 0)
        return 0;
    order_done(&order);
    return -1;
}

int expander_end(struct expander *expander)
{
    if (!expander->runs)
        return 0;
    pthread_mutex_lock(&expander->lock);
    expander->closed = true;
    pthread_cond_signal(&expander->given);
    pthread_mutex_unlock(&expander->lock);
    pthread_join(expander->thread, NULL);
    pthread_cond_destroy(&expander->given);
    pthread_mutex_destroy(&expander->lock);
    mem_free(expander->orders);
    int result = expander->result;
    *expander = (struct expander){0};
    return result;
}
