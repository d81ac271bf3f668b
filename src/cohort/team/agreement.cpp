#include <cohort/team/agreement.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/team/collectives.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cohort::detail {
namespace {

std::string_view text(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// "2", "2, 3 and 5" or "1 to 4" of the ranks that gave `what`.
std::string ranks_that_gave(const std::vector<Bytes>& given, std::string_view what) {
    std::vector<std::size_t> ranks;
    for (std::size_t rank = 0; rank < given.size(); ++rank) {
        if (text(given[rank]) == what) {
            ranks.push_back(rank);
        }
    }
    if (ranks.size() == 1) {
        return fmt::format("rank {}", ranks.front());
    }
    if (ranks.back() - ranks.front() + 1 == ranks.size()) {
        return fmt::format("ranks {} to {}", ranks.front(), ranks.back());
    }
    constexpr std::size_t most = 8;
    std::string list = fmt::format("ranks {}", ranks.front());
    for (std::size_t i = 1; i < std::min(ranks.size(), most); ++i) {
        list += fmt::format("{}{}", i + 1 == ranks.size() ? " and " : ", ", ranks[i]);
    }
    return ranks.size() > most ? list + " and others" : list;
}

std::string chunk_text(const Schedule& schedule) {
    return std::visit(
        [](const auto& kind) -> std::string {
            if constexpr (requires { kind.chunk; }) {
                return fmt::format(", {}", kind.chunk);
            } else if constexpr (requires { kind.minimum; }) {
                return fmt::format(", {}", kind.minimum);
            } else {
                return "";
            }
        },
        schedule);
}

}  // namespace

void expect_same_call(TeamCore& team, const std::string& what) {
    if (team.alone()) {
        return;
    }
    const std::vector<Bytes> given = gather(team, std::as_bytes(std::span(what)));
    Bytes message;
    if (team.rank() == 0) {
        const std::string_view first = text(given.front());
        const auto other = std::find_if(given.begin(), given.end(),
                                        [&](const Bytes& bytes) { return text(bytes) != first; });
        if (other != given.end()) {
            const std::string wrong = fmt::format("{} called {}, and {} {}", ranks_that_gave(given, first),
                                                  first, ranks_that_gave(given, text(*other)), text(*other));
            const auto bytes = std::as_bytes(std::span(wrong));
            message.assign(bytes.begin(), bytes.end());
        }
    }
    broadcast(team, message, 0);
    if (!message.empty()) {
        throw UsageError(text(message), "every rank of a team must make the same call, or all wait for ever",
                         "look for a call that only some ranks come to, or whose input differs");
    }
}

std::string text_of(const CallPlan& plan) {
    std::string words = fmt::format("{} of {} grains ({}{}", plan.what, plan.grains, name(plan.schedule),
                                    chunk_text(plan.schedule));
    if (plan.in_flight > 0) {
        words += fmt::format(", {} in flight", plan.in_flight);
    }
    if (plan.retries > 0) {
        words += fmt::format(", {} retries", plan.retries);
    }
    if (plan.collects) {
        words += ", failures collected";
    }
    if (plan.results_everywhere) {
        words += ", results everywhere";
    }
    return words + ")";
}

}  // namespace cohort::detail
