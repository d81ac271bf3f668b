// A column whose length is not known beforehand: the root appends to it.
//
//     auto primes = cohort::AppendColumn<std::uint64_t>::create(file, "primes");
//     cohort::map_ordered(team, grains, primes_in, [&](const auto& found) { primes.append(found); });
//
// Where the length can be known, a Column is faster: then every rank writes its own part.
#pragma once

#include <cohort/store/appender.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/number_type.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace cohort {

template <Number T>
class AppendColumn {
  public:
    // Collective. Begins an empty column, in groups that need not exist. Throws UsageError if the name is taken.
    [[nodiscard]] static AppendColumn create(File& file, const std::string& name) {
        return AppendColumn(detail::Appender::create(file, name, detail::number_type<T>()));
    }

    // Local, on the root; elsewhere a UsageError. Keeps up to 1 MiB in memory. Throws StoreError.
    void append(std::span<const T> numbers) { appender_->append(numbers.data(), numbers.size()); }
    void append(T number) { append(std::span<const T>(&number, 1)); }

    // Local, on the root. Numbers appended so far.
    [[nodiscard]] std::uint64_t count() const noexcept { return appender_->count(); }

  private:
    explicit AppendColumn(std::shared_ptr<detail::Appender> appender) : appender_(std::move(appender)) {}

    std::shared_ptr<detail::Appender> appender_;
};

}  // namespace cohort
