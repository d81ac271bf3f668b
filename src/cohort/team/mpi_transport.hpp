// A team's transport over MPI: a private communicator.
#pragma once

#include <cohort/team/transport.hpp>

namespace cohort::detail {

class MpiTransport : public Transport {
  public:
    // Local. `comm` becomes the transport's own, and returns error codes from now on.
    explicit MpiTransport(MPI_Comm comm);
    // Collective over `comm`, which is duplicated.
    [[nodiscard]] static std::unique_ptr<Transport> over(MPI_Comm comm);

    [[nodiscard]] int rank() const noexcept override { return rank_; }
    [[nodiscard]] int size() const noexcept override { return size_; }

    [[nodiscard]] Request start_send(int to, int tag, ConstBytes bytes) override;
    [[nodiscard]] Request start_synchronous_send(int to, int tag, ConstBytes bytes) override;
    [[nodiscard]] Request start_receive(int from, int tag, Bytes bytes) override;
    [[nodiscard]] std::optional<Arrival> test(Request& request) override;
    void drive() override;
    void cancel(Request& request) noexcept override;
    void forget(Request& request) noexcept override;

    [[nodiscard]] Request start_barrier() override;
    [[nodiscard]] Request start_broadcast(int from, Bytes bytes) override;
    [[nodiscard]] Request start_gather(const std::uint64_t& mine, std::span<std::uint64_t> all) override;
    [[nodiscard]] Request start_scatter(std::span<const std::uint64_t> all, std::uint64_t& mine) override;
    [[nodiscard]] Request start_lowest(std::int64_t& value) override;

    [[nodiscard]] std::unique_ptr<Transport> split(int colour) override;
    [[nodiscard]] std::unique_ptr<Transport> split_by_machine() override;
    void close() override;

    [[nodiscard]] bool takes_threads() const noexcept override { return takes_threads_; }
    [[nodiscard]] MPI_Comm comm() const noexcept override { return comm_; }

  private:
    MPI_Comm comm_;
    int rank_ = 0;
    int size_ = 1;
    bool takes_threads_ = false;
};

}  // namespace cohort::detail
