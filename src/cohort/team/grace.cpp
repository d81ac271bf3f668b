#include <cohort/team/grace.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/team/call.hpp>
#include <cohort/team/interrupt.hpp>
#include <cohort/team/team.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace cohort::detail {
namespace {

// Between nodes one only sees that another has not come, so who is nearer to the rank that it waits for speaks first.
constexpr std::chrono::milliseconds turn{250};

std::function<void(const std::string&)>& ender() {
    static std::function<void(const std::string&)> function;
    return function;
}

int node_of(const Nodes& nodes, int rank) { return nodes.node_of[static_cast<std::size_t>(rank)]; }

// True if `node` is `top`, or below it in the tree of nodes.
bool is_below(int node, int top) {
    while (node > top) {
        node = (node - 1) / 2;
    }
    return node == top;
}

int depth(int node) { return static_cast<int>(std::bit_width(static_cast<unsigned>(node) + 1)) - 1; }

}  // namespace

void set_grace(Team& team, Grace grace) { team.core().set_grace(grace); }

void end_jobs_by(std::function<void(const std::string&)> end_job) { ender() = std::move(end_job); }

void end_job(const std::string& message) {
    if (ender()) {
        ender()(message);
    }
    std::fprintf(stderr, "cohort: %s\n", message.c_str());
    std::fflush(nullptr);
    MPI_Abort(MPI_COMM_WORLD, exit_status::task);
    std::_Exit(exit_status::task);
}

// Who has not left, as far as this rank can tell: of its own node exactly, of others by the edge of the tree of nodes that is
// silent. Empty if it is not yet its turn to say so. Only called when every rank that is not in a task has had the grace to
// notice the failure.
std::string Call::laggards(std::chrono::milliseconds late) const {
    const Nodes& nodes = team_.nodes();
    std::vector<int> ranks;
    int place = 0;
    for (int rank = 0; rank < team_.size(); ++rank) {
        if (node_of(nodes, rank) == nodes.mine &&
            team_.rank_slot(number_, place++).waiting.load(std::memory_order_relaxed) == 0) {
            ranks.push_back(rank);
        }
    }
    if (!ranks.empty()) {
        return fmt::format("rank {} ({})", fmt::join(ranks, ", "), team_.host());
    }
    if (team_.channels() == nullptr) {
        return "";
    }
    const int peer = node_of(nodes, team_.channels()->silent_peer());
    const bool below = peer > nodes.mine;
    const int deepest = depth(nodes.count() - 1);
    const int turns = below ? deepest - depth(nodes.mine) : deepest + depth(nodes.mine);
    if (late < turn * (turns + 1)) {
        return "";
    }
    for (int rank = 0; rank < team_.size(); ++rank) {
        const int node = node_of(nodes, rank);
        if (below ? is_below(node, peer) : !is_below(node, nodes.mine)) {
            ranks.push_back(rank);
        }
    }
    return fmt::format("{} {}", ranks.size() == 1 ? "rank" : "one of ranks", fmt::join(ranks, ", "));
}

void Call::mind_the_grace() {
    const std::int64_t stopped = slot_.stopped_at.load(std::memory_order_relaxed);
    if (!plan_.grace || stopped == 0 || !is_beyond(0) || interrupted() != 0 ||
        slot_.ended.load(std::memory_order_relaxed) >= number_) {
        return;
    }
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::nanoseconds(node_clock() - stopped));
    if (since < *plan_.grace) {
        return;
    }
    const Verdict verdict = verdict_so_far();
    const bool told = verdict.kind == Verdict::Kind::failure;
    if (!told && (plan_.purpose == Purpose::search || verdict.kind != Verdict::Kind::none)) {
        return;  // a hit, or an interrupt: nobody is asked to hurry
    }
    const std::string who = laggards(since - *plan_.grace);
    std::uint32_t nobody = 0;
    if (who.empty() || !slot_.given_up.compare_exchange_strong(nobody, 1)) {
        return;
    }
    const Failure& failure = verdict.failure;
    std::string cause = "a task failed on another node";
    if (told) {
        cause = failure.item == no_index
                    ? fmt::format("a callback failed on rank {} ({})", failure.rank, failure.host.data())
                    : fmt::format("item {} failed on rank {} ({})", failure.item, failure.rank,
                                  failure.host.data());
        cause += fmt::format(": {}", failure.message.data());
    }
    end_job(error_text(fmt::format("{} has not left {} for {:.1f} s after {}", who, plan_.what,
                                   std::chrono::duration<double>(since).count(), cause),
                       "the call cannot end without it, so the job was ended",
                       "let long tasks ask context.stop_requested()"));
}

}  // namespace cohort::detail
