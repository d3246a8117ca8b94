/* SPDX-License-Identifier: MIT */
/* The threads that the library begins for itself. */
#ifndef PFL_BASE_THREAD_H
#define PFL_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Begins a thread that no signal is given to: those are for the threads that the program knows of.
 * False where none is to be had. */
bool thread_begin(pthread_t *ret_thread, void *(*run)(void *context), void *context);

#endif
