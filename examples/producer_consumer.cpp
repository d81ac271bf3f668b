// A producer and a consumer on the root, workers on all ranks: which words are most frequent in a text.
//
//     mpirun -n 4 producer_consumer < book.txt
//
// The root reads a line when there is room for one more and counts what comes back; at most 64 lines are on their way, so
// the text may be larger than memory, and a slow consumer slows the producer.
#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace {

using Counts = std::map<std::string, std::uint64_t>;

Counts count_words(const std::string& line) {
    Counts counts;
    std::string word;
    for (const char c : line + " ") {
        if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!word.empty()) {
            ++counts[std::exchange(word, {})];
        }
    }
    return counts;
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [](cohort::Team& team) {
        const auto read_line = [] {
            std::string line;
            return std::getline(std::cin, line) ? std::optional(line) : std::nullopt;
        };
        Counts total;
        const auto add = [&](const Counts& counts) {
            for (const auto& [word, count] : counts) total[word] += count;
        };
        cohort::map_unordered(team, cohort::produced(read_line), count_words, add, {.in_flight = 64});

        std::vector<std::pair<std::uint64_t, std::string>> ranking;
        for (const auto& [word, count] : total) ranking.emplace_back(count, word);
        std::sort(ranking.rbegin(), ranking.rend());
        ranking.resize(std::min<std::size_t>(ranking.size(), 5));
        for (const auto& [count, word] : ranking) fmt::print("{:6} {}\n", count, word);
    });
}
