#include <cohort/team/team.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/team/agreement.hpp>
#include <cohort/team/collectives.hpp>
#include <cohort/team/mpi_transport.hpp>
#include <cohort/team/team_core.hpp>

#include <utility>

namespace cohort {

using detail::TeamCore;

Team::Team(std::shared_ptr<TeamCore> core) noexcept : core_(std::move(core)) {}

Team::Team(Team&&) noexcept = default;

Team& Team::operator=(Team&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
}

Team::~Team() {
    if (core_ != nullptr) {
        if (const std::shared_ptr<TeamCore> parent = core_->parent()) {
            parent->bury(std::move(core_));
        }
    }
}

Team Team::alone() { return Team(std::make_shared<TeamCore>()); }

Team Team::over(MPI_Comm comm) { return over(detail::MpiTransport::over(comm)); }

Team Team::over(std::unique_ptr<detail::Transport> transport) {
    return Team(std::make_shared<TeamCore>(std::move(transport)));
}

int Team::rank() const noexcept { return core_->rank(); }
int Team::size() const noexcept { return core_->size(); }
int Team::nodes() const noexcept { return core_->nodes().count(); }
int Team::node_number() const noexcept { return core_->nodes().mine; }
int Team::node_rank() const noexcept { return core_->nodes().rank_in_node; }
int Team::node_size() const noexcept { return core_->node_size(); }
int Team::node_of(int rank) const { return core_->nodes().node_of.at(static_cast<std::size_t>(rank)); }
std::string Team::host() const { return core_->host(); }
MPI_Comm Team::comm() const noexcept {
    return core_->has_transport() ? core_->transport().comm() : MPI_COMM_NULL;
}

Team Team::split(int colour) {
    const detail::Use use(*core_, "split");
    agree([&] {
        if (colour < 0) {
            throw UsageError("a colour of split is below zero", "MPI takes that for no colour at all",
                             "give 0 or more");
        }
    });
    auto part = core_->has_transport() ? std::make_shared<TeamCore>(core_->transport().split(colour))
                                       : std::make_shared<TeamCore>();
    part->set_parent(core_);
    part->set_grace(core_->grace());
    return Team(std::move(part));
}

Team Team::node() { return split(node_number()); }

void Team::barrier() {
    const detail::Use use(*core_, "barrier");
    detail::barrier(*core_);
}

void Team::agree(const std::function<void()>& body) {
    if constexpr (detail::checks_calls) {
        detail::expect_same_call(*core_, "agree");
    }
    detail::agree(*core_, body);
}

void Team::close() { core_->close(); }

}  // namespace cohort
