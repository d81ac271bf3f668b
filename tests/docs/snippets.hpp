// What the snippets of the pages are about: f, g, good and xs as docs/from-python.md defines them.
#pragma once

#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#define SNIPPET_ARGUMENTS [[maybe_unused]] cohort::Team &team, [[maybe_unused]] std::vector<double>&xs

struct Snippet {
    const char* where;
    void (*run)(SNIPPET_ARGUMENTS);
};
extern const std::vector<Snippet> snippets;

inline double f(double x) { return x * x; }
inline double g(double x, double y) { return x + 2 * y; }
inline bool good(double x) { return x > 500; }
