// The counts of a picture in an HDF5 file: /iterations, and /smooth if wanted, with axes /x and /y.
//
// It is an image that HDFView and others show with the palette of the picture. Counts take 16 bits where
// max_iter does, which is nearly always and halves the file, else 32.
#pragma once

#include <cohort/app/output.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/store/grid.hpp>
#include <cohort/store/image.hpp>
#include <julia/bands.hpp>
#include <julia/palette.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace cohort::julia {

class CountsFile {
  public:
    struct Wishes {
        std::string arithmetic = "ieee";  // that the counts are computed in
        bool smooth = false;
        int level = 1;  // of compression; 0: none
    };

    // Collective. Begins to fill `file`. Throws StoreError on every rank.
    CountsFile(File file, const View& view, const Colours& colours, const Wishes& wishes)
        : file_(std::move(file)) {
        constexpr auto most_short = std::numeric_limits<std::uint16_t>::max();
        const Palette palette = colours.table(view.max_iter);
        const auto layout = [&](std::uint64_t bytes) { return layout_of(view, wishes.level, bytes); };
        if (view.max_iter <= most_short) {
            image_.emplace<Image<std::uint16_t>>(file_, "iterations", view.height, view.width, palette,
                                                 view.max_iter, layout(2));
        } else {
            image_.emplace<Image<std::uint32_t>>(file_, "iterations", view.height, view.width, palette,
                                                 view.max_iter, layout(4));
        }
        std::vector<double> x(view.width);
        std::vector<double> y(view.height);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = view.x(i);
        for (std::size_t j = 0; j < y.size(); ++j) y[j] = view.y(j);
        with_image([&](auto& image) { image.set_axes("x", x, "y", y); });
        if (wishes.smooth) {
            smooth_.emplace(file_, "smooth", view.height, view.width, layout(4));
            smooth_->share_axes("x", "y");
        }
        file_.set("c_re", view.c.real());
        file_.set("c_im", view.c.imag());
        file_.set("arithmetic", wishes.arithmetic);
        file_.set("max_iter", std::uint64_t{view.max_iter});
    }

    [[nodiscard]] bool wants_smooth() const noexcept { return smooth_.has_value(); }

    // Local. Whole rows; any rank may write any, each once. Throw StoreError.
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
    void write_smooth(std::uint64_t first_row, std::span<const float> smooth) {
        smooth_->write_rows(first_row, smooth);
    }

    // Collective. Completes the file; what the root gives as the sum counts. Throws StoreError on every rank.
    void complete(std::uint64_t sum, const Program& program) {
        file_.set("sum", broadcast(file_.team(), sum));
        smooth_.reset();
        image_.emplace<std::monostate>();
        complete_output(file_, program);
    }

  private:
    // HDF5 chunks of whole bands, so that a rank can compress what it computed by itself; a few where bands are small.
    static Layout layout_of(const View& view, int level, std::uint64_t number_bytes) {
        constexpr std::uint64_t least_bytes = 1 << 17;
        if (level == 0) return {};
        const std::uint64_t band = Bands(view).rows();
        const std::uint64_t bands = least_bytes / (band * view.width * number_bytes);
        return {.compress = true, .level = level, .chunk = band * std::max<std::uint64_t>(bands, 1)};
    }

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
    std::optional<Grid<float>> smooth_;
};

}  // namespace cohort::julia
