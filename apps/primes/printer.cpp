#include <cohort/plan/error.hpp>
#include <primes/printer.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace cohort::primes {

void Printer::line_done() {
    constexpr std::size_t full = 65'536;
    constexpr std::chrono::milliseconds late{100};
    if (text_.size() >= full || std::chrono::steady_clock::now() - written_ > late) flush();
}

void Printer::flush() {
    errno = 0;
    const bool is_written = std::fwrite(text_.data(), 1, text_.size(), stdout) == text_.size();
    if (std::fflush(stdout) != 0 || !is_written) {
        throw StoreError("cannot write to standard output", std::strerror(errno),
                         "send it elsewhere and run again");
    }
    text_.clear();
    written_ = std::chrono::steady_clock::now();
}

}  // namespace cohort::primes
