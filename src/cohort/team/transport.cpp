#include <cohort/team/transport.hpp>

#include <cstdlib>

namespace cohort::detail {

std::size_t piece_bytes() {
    static const std::size_t bytes = [] {
        const char* text = std::getenv("COHORT_PIECE_BYTES");
        const unsigned long long value = text != nullptr ? std::strtoull(text, nullptr, 10) : 0;
        return value > 0 && value <= (1ULL << 30) ? static_cast<std::size_t>(value) : std::size_t{1} << 30;
    }();
    return bytes;
}

Arrival Transport::wait(Request& request, bool oversubscribed) {
    Backoff backoff(oversubscribed);
    for (;;) {
        if (const auto arrival = test(request)) {
            return *arrival;
        }
        pause(backoff);
    }
}

}  // namespace cohort::detail
