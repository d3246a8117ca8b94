/* SPDX-License-Identifier: MIT */
/* What every unit test includes: cmocka and the headers that cmocka.h wants before it. */
#ifndef PFL_TESTS_UNIT_CHECK_H
#define PFL_TESTS_UNIT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define RUN_TESTS(...)                                                                             \
    int main(void)                                                                                 \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        return cmocka_run_group_tests(tests, NULL, NULL);                                          \
    }
#define TEST(function) cmocka_unit_test(function)

#endif
