// What test and factor say of their numbers: a line each, or the entries of a JSON array.
//
// A task writes the text of its own numbers, as writing a number takes as long as testing it, and the root only joins the
// texts. That is why entries are not built as objects first; they are digits and need no escapes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cohort::primes {

enum class Form { lines, lines_with_exponents, json };

class Answers {
  public:
    explicit Answers(Form form) noexcept : form_(form) {}

    // Local. Makes room for so many bytes.
    void reserve(std::size_t bytes) { text_.reserve(bytes); }
    // Local. Says of `n`, in decimal digits, whether it is prime, and in JSON whether that is proved.
    void add_primality(std::string_view n, bool is_prime, bool is_proved);
    // Local. Says of `n` what its prime factors are, as GNU factor does. Prime is std::uint64_t or std::string.
    template <typename Prime>
    void add_factors(std::string_view n, std::span<const std::pair<Prime, std::uint32_t>> powers);

    // Local. Lines with their ends, or entries with commas between.
    [[nodiscard]] std::string take() noexcept { return std::move(text_); }

  private:
    void begin_entry(std::string_view n);

    Form form_;
    std::string text_;
};

extern template void Answers::add_factors(std::string_view,
                                          std::span<const std::pair<std::uint64_t, std::uint32_t>>);
extern template void Answers::add_factors(std::string_view,
                                          std::span<const std::pair<std::string, std::uint32_t>>);

}  // namespace cohort::primes
