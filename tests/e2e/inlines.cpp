// SPDX-License-Identifier: MIT
// Templates, lambdas, anonymous namespaces: what C++ compilers inline, some seven frames deep.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <unordered_map>
#include <vector>
namespace work {
namespace {
struct item { int key; std::string name; double weight; };
inline bool lighter(const item &a, const item &b) { return a.weight < b.weight; }
template <typename T> struct holder {
    std::vector<T> items;
    void add(T t) { items.push_back(std::move(t)); }
    template <typename F> void each(F f) { for (auto &i : items) f(i); }
    struct inner { static inline unsigned hash(unsigned x) { x ^= x >> 16; x *= 0x7feb352dU; x ^= x >> 15; return x * 0x846ca68bU; } };
};
static inline unsigned scramble(unsigned x) { return holder<int>::inner::hash(x) ^ holder<int>::inner::hash(x + 1); }
}
class shape { public: virtual ~shape() = default; virtual double area() const = 0; };
class square : public shape { double s; public: explicit square(double s) : s(s) {} double area() const override { return s * s; } };
class circle : public shape { double r; public: explicit circle(double r) : r(r) {} double area() const override { return 3.14 * r * r; } };
__attribute__((noinline)) double run(unsigned seed)
{
    holder<item> items;
    for (int i = 0; i < 2000; i++) {
        seed = scramble(seed);
        items.add({(int)(seed % 1000), "name" + std::to_string(seed % 97), seed / 1e9});
    }
    std::sort(items.items.begin(), items.items.end(), lighter);
    std::stable_sort(items.items.begin(), items.items.end(), [](const item &a, const item &b) { return a.name < b.name; });
    std::map<std::string, double> sums;
    std::unordered_map<int, int> counts;
    items.each([&](item &i) { sums[i.name] += i.weight; counts[i.key]++; });
    std::vector<std::unique_ptr<shape>> shapes;
    for (auto &c : counts)
        shapes.push_back(c.second & 1 ? std::unique_ptr<shape>(new square(c.second)) : std::unique_ptr<shape>(new circle(c.first)));
    double total = std::accumulate(shapes.begin(), shapes.end(), 0.0, [](double a, const std::unique_ptr<shape> &s) { return a + s->area(); });
    for (auto &s : sums) total += s.second;
    return total;
}
}
int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 300;
    double t = 0;
    for (int i = 0; i < n; i++) t += work::run(i);
    printf("%f\n", t);
}
