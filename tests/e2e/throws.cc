// SPDX-License-Identifier: MIT
// Throws through many frames, with things to destroy on the way: its time goes to the runtime's
// own unwinder and to landing pads. Argument: how many times.
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

static volatile long sink;

template <int Depth> struct Ladder {
    __attribute__((noinline)) static long climb(long n, const std::string &name)
    {
        std::vector<long> here(8 + Depth % 5, n);
        std::string longer = name + "/" + std::to_string(Depth);
        long sum = Ladder<Depth - 1>::climb(n + 1, longer);
        for (long value : here)
            sum += value;
        sink += static_cast<long>(longer.size());
        return sum;
    }
};

template <> struct Ladder<0> {
    __attribute__((noinline)) static long climb(long n, const std::string &name)
    {
        for (int i = 0; i < 2000; i++)
            sink += i ^ n;
        if (n % 2 == 0)
            throw std::runtime_error(name);
        return n;
    }
};

static __attribute__((noinline)) long attempt(long n)
{
    try {
        return Ladder<24>::climb(n, "ladder");
    } catch (const std::exception &error) {
        sink += error.what()[0];
        return 0;
    }
}

int main(int argc, char **argv)
{
    long times = argc > 1 ? std::atol(argv[1]) : 20000, sum = 0;
    for (long i = 0; i < times; i++)
        sum += attempt(i);
    return sum == 42;
}
