/* SPDX-License-Identifier: MIT */
/*
 * C++ that allocates: operator new calls malloc, and delete free. Bytes in use at the end, at
 * `main > NAME`; each function allocates a block more, which it deletes.
 *
 *     one        48        new of an object
 *     several    10 x 24   new[]
 *     quiet      64        new (std::nothrow)
 *     wide       256       new of an aligned type
 *     list       3 x 24    nodes of a std::forward_list (a pointer, and 16 bytes)
 *
 * Nothing is thrown: no exception gets through a function whose return is probed.
 */
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <forward_list>
#include <new>

#define KEEP __attribute__((noinline, noclone, noipa))

struct object {
    char bytes[48];
};
struct pair {
    uint64_t first, second;
};
struct alignas(64) wide_object {
    char bytes[256];
};

static void *volatile sink;

KEEP void one()
{
    sink = new object;
    object *volatile other = new object;
    delete other;
}

KEEP void several()
{
    sink = new char[240];
    char *volatile other = new char[240];
    delete[] other;
}

KEEP void quiet()
{
    sink = new (std::nothrow) char[64];
    char *volatile other = new (std::nothrow) char[64];
    delete[] other;
}

KEEP void wide()
{
    sink = new wide_object;
    wide_object *volatile other = new wide_object;
    delete other;
}

KEEP void list()
{
    auto *kept = new (std::malloc(sizeof(std::forward_list<pair>))) std::forward_list<pair>;
    for (uint64_t i = 0; i < 3; i++)
        kept->push_front({i, i});
    std::forward_list<pair> other;
    other.push_front({1, 1});
    sink = kept;
}

int main()
{
    one();
    several();
    quiet();
    wide();
    list();
    sink = nullptr;
    return 0;
}
