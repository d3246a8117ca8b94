// SPDX-License-Identifier: MIT
// real SECONDS: templates, virtual functions, lambdas and anonymous namespaces at work.
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lab
{

template <class Key, class Value> struct Table {
    std::map<Key, Value> entries;
    __attribute__((noinline)) void add(const Key &key, Value value)
    {
        entries[key] += value;
    }
};

struct Step {
    virtual ~Step() = default;
    virtual size_t go(std::vector<std::string> &words) = 0;
};

struct Sorter : Step {
    size_t go(std::vector<std::string> &words) override
    {
        std::sort(words.begin(), words.end(), [](const auto &a, const auto &b) { return a > b; });
        return words.size();
    }
};

namespace
{
__attribute__((noinline)) std::string make_word(unsigned number)
{
    return std::to_string(number * 2654435761u) + "x";
}
} // namespace

} // namespace lab

int main(int count, char **arguments)
{
    double seconds = count > 1 ? atof(arguments[1]) : 0.1;
    clock_t end = clock() + static_cast<clock_t>(seconds * CLOCKS_PER_SEC);
    size_t sum = 0;
    while (clock() < end) {
        lab::Table<std::string, int> table;
        std::vector<std::string> words;
        for (unsigned i = 0; i < 3000; i++) {
            words.push_back(lab::make_word(i));
            table.add(words.back(), static_cast<int>(i));
        }
        std::unique_ptr<lab::Step> step = std::make_unique<lab::Sorter>();
        sum += step->go(words) + table.entries.size();
    }
    return sum == 0;
}
