// What the user of cohort-julia asks for, beside the options that all programs share.
#pragma once

#include <cohort/app/program.hpp>
#include <julia/kernel.hpp>

#include <complex>
#include <cstdint>
#include <string>

namespace cohort::julia {

class Wishes {
  public:
    // Local. Adds the options to the program, which fills this when it reads them and then refuses, by
    // UsageError, what does not fit together. To be made before the program runs, and to outlive it.
    explicit Wishes(Program& program);
    Wishes(const Wishes&) = delete;
    Wishes& operator=(const Wishes&) = delete;

    // Local. Throws UsageError if there is nothing to look at.
    [[nodiscard]] View view() const;
    [[nodiscard]] Arithmetic arithmetic() const noexcept;
    [[nodiscard]] const std::string& arithmetic_name() const noexcept { return arithmetic_; }
    // Of compression of the HDF5 file; 0: none.
    [[nodiscard]] int level() const noexcept { return static_cast<int>(level_); }
    [[nodiscard]] bool smooth() const noexcept { return smooth_; }
    // The file for the picture; empty if none is wanted.
    [[nodiscard]] const std::string& png() const noexcept { return png_; }
    [[nodiscard]] const std::string& palette() const noexcept { return palette_; }

  private:
    void check(const std::string& output) const;

    Size size_{1000, 1000};
    std::uint64_t max_iter_ = 300;
    std::complex<double> c_{-0.62772, -0.42193};
    Pair x_{-1.8, 1.8};
    Pair y_{-1.8, 1.8};
    Pair center_{0, 0};
    double span_ = 3.6;
    bool is_centred_ = false;  // by the user
    std::string arithmetic_ = "ieee";
    bool smooth_ = false;
    std::uint64_t level_ = 1;
    std::string png_;
    std::string palette_;
};

}  // namespace cohort::julia
