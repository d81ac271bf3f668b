#include <cohort/team/team_core.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/team/collectives.hpp>
#include <cohort/team/mpi.hpp>

#include <fmt/format.h>

#include <memory>
#include <new>

namespace cohort::detail {
namespace {

constexpr int slots = 2;

bool mpi_is_over() {
    int over = 0;
    MPI_Finalized(&over);
    return over != 0;
}

}  // namespace

TeamCore::TeamCore() : host_(host_name()) {
    nodes_ = {{0}, {0}, {1}, 0, 0};
    make_window();
}

TeamCore::TeamCore(MPI_Comm comm) : comm_(comm), host_(host_name()) {
    // Without this no error of MPI would ever come back as a code.
    check_mpi(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check_mpi(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
    check_mpi(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
    nodes_ = find_nodes(comm_, node_comm_);
    oversubscribed_ = more_than_cores(node_size());
    make_window();
    if (nodes_.count() > 1) {
        if (speaks_for_node()) {
            channels_.emplace(comm_, nodes_);
        }
        if (rank_ == 0) {
            post_ask();
        }
    }
}

TeamCore::~TeamCore() {
    // A team that was never closed leaves its communicators to MPI's end: freeing them needs the other ranks.
    if (!closed_ && comm_ != MPI_COMM_NULL && mpi_is_over()) {
        if (channels_) {
            channels_->abandon();
        }
        pipes_->abandon();
        ask_request_ = MPI_REQUEST_NULL;
    }
    if (ask_request_ != MPI_REQUEST_NULL) {
        MPI_Cancel(&ask_request_);
        MPI_Wait(&ask_request_, MPI_STATUS_IGNORE);
    }
}

void TeamCore::make_window() {
    const auto ranks = static_cast<std::size_t>(node_size());
    const std::size_t rings_at = slots * (sizeof(CallSlot) + ranks * sizeof(RankSlot));
    const bool has_rings = nodes_.mine == 0 && !alone();
    const std::size_t bytes = rings_at + (has_rings ? ranks * sizeof(RingPair) : 0);
    const auto make = [&] {
        window_ =
            alone() ? SharedMemory::alone(bytes) : SharedMemory::over(node_comm_, bytes, "a team's counters");
    };
    if (alone()) {
        make();
    } else {
        agree(*this, make);
    }
    auto* rings = has_rings ? reinterpret_cast<RingPair*>(window_.data() + rings_at) : nullptr;
    if (speaks_for_node()) {
        for (std::uint64_t call = 0; call < slots; ++call) {
            new (&slot(call)) CallSlot;
            slot(call).reset();
            for (std::size_t rank = 0; rank < ranks; ++rank) {
                new (&rank_slot(call, static_cast<int>(rank))) RankSlot;
            }
        }
        if (has_rings) {
            std::uninitialized_default_construct_n(rings, ranks);
        }
    }
    barrier(*this);
    pipes_.emplace(comm_, rank_, nodes_, rings);
}

CallSlot& TeamCore::slot(std::uint64_t call) const noexcept {
    return *reinterpret_cast<CallSlot*>(window_.data() + (call % slots) * sizeof(CallSlot));
}

RankSlot& TeamCore::rank_slot(std::uint64_t call, int rank_in_node) const noexcept {
    const auto place =
        (call % slots) * static_cast<std::size_t>(node_size()) + static_cast<std::size_t>(rank_in_node);
    return *reinterpret_cast<RankSlot*>(window_.data() + slots * sizeof(CallSlot) + place * sizeof(RankSlot));
}

void TeamCore::enter(const char* what) {
    if (closed_) {
        throw UsageError(fmt::format("{} was called on a team that is closed", what), "its window is gone",
                         "close a team after its last call");
    }
    if (busy_) {
        throw UsageError(fmt::format("{} was called from inside a task of the same team", what),
                         "every rank would wait for ranks that are in tasks themselves",
                         "call it outside, or use team.split() or Team::alone() inside");
    }
    for (const std::shared_ptr<TeamCore>& child : buried_) {
        child->close();
    }
    buried_.clear();
    busy_ = true;
}

void TeamCore::post_ask() {
    check_mpi(MPI_Irecv(&ask_message_, sizeof(ask_message_), MPI_BYTE, MPI_ANY_SOURCE, tag::ask, comm_,
                        &ask_request_),
              "MPI_Irecv");
}

void TeamCore::close() {
    if (closed_) {
        return;
    }
    for (const std::shared_ptr<TeamCore>& child : buried_) {
        child->close();
    }
    buried_.clear();
    closed_ = true;
    if (comm_ == MPI_COMM_NULL) {
        return;
    }
    channels_.reset();
    pipes_.reset();
    if (ask_request_ != MPI_REQUEST_NULL) {
        check_mpi(MPI_Cancel(&ask_request_), "MPI_Cancel");
        check_mpi(MPI_Wait(&ask_request_, MPI_STATUS_IGNORE), "MPI_Wait");
    }
    check_mpi(MPI_Comm_free(&node_comm_), "MPI_Comm_free");
    check_mpi(MPI_Comm_free(&comm_), "MPI_Comm_free");
}

}  // namespace cohort::detail
