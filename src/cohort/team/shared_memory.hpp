// Memory that the ranks of a node share.
//
// A window from MPI_Win_allocate_shared would do, but its pages are only promised: with a small /dev/shm, as in
// containers, the first write beyond the room ends the program with SIGBUS. It also needs a one-sided component that
// some transports lack, and a killed run leaves its file behind. So the segment is made here: every rank reserves the
// pages of its own part, which either succeeds or says that there is no room, and the name is removed as soon as all
// ranks have the segment mapped, so nothing outlives the ranks. What a run was killed with in that moment bears the name of
// its process, and goes when a later one asks whether memory can be shared.
#pragma once

#include <cstddef>

namespace cohort::detail {

class Transport;

class SharedMemory {
  public:
    // Local. Private memory of this process: for teams of one.
    [[nodiscard]] static SharedMemory alone(std::size_t bytes);

    // Collective over `node`, whose ranks must be able to share memory. Zeroed, aligned to a page. The ranks reserve
    // equal parts of it, so first touch is spread over them. Throws UsageError on every rank of the node, naming the
    // room there is, where there is not enough; `what` says in that message what the memory is for.
    [[nodiscard]] static SharedMemory over(Transport& node, std::size_t bytes, const char* what);

    // Collective over `node`. True if every rank can map what its first rank makes: false where ranks that are
    // taken to be on one machine live in containers with memory of their own. Its first rank removes the segments that
    // this user's killed runs left.
    [[nodiscard]] static bool possible(Transport& node);

    SharedMemory() = default;
    SharedMemory(SharedMemory&& other) noexcept;
    SharedMemory& operator=(SharedMemory&& other) noexcept;
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;
    ~SharedMemory();  // local: unmapping needs nobody else

    [[nodiscard]] std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_; }

  private:
    SharedMemory(std::byte* data, std::size_t bytes) noexcept : data_(data), bytes_(bytes) {}

    std::byte* data_ = nullptr;
    std::size_t bytes_ = 0;
};

}  // namespace cohort::detail
