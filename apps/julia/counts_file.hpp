// The counts of a picture in an HDF5 file: /iterations, with axes /x and /y.
//
// It is an image that HDFView and others show with the palette of the picture. Counts take 16 bits where
// max_iter does, which is nearly always and halves the file, else 32.
#pragma once

#include <cohort/app/output.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/store/image.hpp>
#include <julia/palette.hpp>

#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace cohort::julia {

class CountsFile {
  public:
    // Collective. Begins to fill `file`. Throws StoreError on every rank.
    CountsFile(File file, const View& view, const Colours& colours) : file_(std::move(file)) {
        constexpr auto most_short = std::numeric_limits<std::uint16_t>::max();
        const Palette palette = colours.table(view.max_iter);
        if (view.max_iter <= most_short) {
            image_.emplace<Image<std::uint16_t>>(file_, "iterations", view.height, view.width, palette,
                                                 view.max_iter);
        } else {
            image_.emplace<Image<std::uint32_t>>(file_, "iterations", view.height, view.width, palette,
                                                 view.max_iter);
        }
        std::vector<double> x(view.width);
        std::vector<double> y(view.height);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = view.x(i);
        for (std::size_t j = 0; j < y.size(); ++j) y[j] = view.y(j);
        with_image([&](auto& image) { image.set_axes("x", x, "y", y); });
        file_.set("c_re", view.c.real());
        file_.set("c_im", view.c.imag());
        file_.set("max_iter", std::uint64_t{view.max_iter});
    }

    // Local. Whole rows; any rank may write any, each once. Throws StoreError.
    void write(std::uint64_t first_row, std::span<const std::uint32_t> counts) {
        with_image([&]<typename T>(Image<T>& image) {
            if constexpr (std::is_same_v<T, std::uint32_t>) {
                image.write_rows(first_row, counts);
            } else {
                const std::vector<T> narrow(counts.begin(), counts.end());
                image.write_rows(first_row, narrow);
            }
        });
    }

    // Collective. Completes the file; what the root gives as the sum counts. Throws StoreError on every rank.
    void complete(std::uint64_t sum, const Program& program) {
        file_.set("sum", broadcast(file_.team(), sum));
        image_.emplace<std::monostate>();
        complete_output(file_, program);
    }

  private:
    template <typename Use>
    void with_image(const Use& use) {
        if (auto* narrow = std::get_if<Image<std::uint16_t>>(&image_)) {
            use(*narrow);
        } else if (auto* wide = std::get_if<Image<std::uint32_t>>(&image_)) {
            use(*wide);
        }
    }

    File file_;
    std::variant<std::monostate, Image<std::uint16_t>, Image<std::uint32_t>> image_;
};

}  // namespace cohort::julia
