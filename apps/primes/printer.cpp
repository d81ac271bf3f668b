#include <primes/printer.hpp>

#include <exception>

namespace cohort::primes {

void Printer::line_done() {
    constexpr std::size_t full = 65'536;
    constexpr std::chrono::milliseconds late{100};
    if (unwritten().size() >= full || std::chrono::steady_clock::now() - last_ > late) push();
}

void Printer::push() {
    constexpr std::size_t large = 1 << 18;
    last_ = std::chrono::steady_clock::now();
    written_ += print_some(unwritten());
    if (written_ == text_.size() || written_ > large) {
        text_.erase(0, written_);
        written_ = 0;
    }
}

void Printer::wait_for_reader() {
    constexpr std::size_t much = 1 << 20;
    if (unwritten().size() > much) flush();
}

void Printer::flush() {
    last_ = std::chrono::steady_clock::now();
    try {
        print(unwritten(), ear_);
    } catch (const Error&) {
        text_.clear();  // no second attempt
        written_ = 0;
        throw;
    }
    text_.clear();
    written_ = 0;
}

Printer::~Printer() {
    try {
        ear_.tell_to_stop();  // the call has ended already
        flush();
    } catch (const std::exception&) {
        // What failed first is told.
    }
}

}  // namespace cohort::primes
