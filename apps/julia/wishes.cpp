#include <julia/wishes.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/report/format.hpp>
#include <julia/palette.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <limits>

namespace cohort::julia {

namespace {

constexpr std::uint64_t most_side = 1'000'000;

// Throws UsageError if both options are given.
void refuse_both(const CLI::Option* one, const CLI::Option* other) {
    if (one->count() == 0 || other->count() == 0) return;
    throw UsageError(fmt::format("{} and {} are both given", one->get_name(), other->get_name()),
                     "they say the same in two ways", "leave one out");
}

bool is_stretch(double from, double to, std::uint64_t pixels) {
    const double step = (to - from) / static_cast<double>(pixels);
    return step > 0 && step <= std::numeric_limits<double>::max();
}

void check_axis(const char* option, double from, double to, std::uint64_t pixels) {
    if (is_stretch(from, to, pixels)) return;
    throw UsageError(fmt::format("{} {},{} is no stretch to look at", option, from, to),
                     "it must go from the lower end to the upper one",
                     fmt::format("try {} -1.8,1.8", option));
}

std::filesystem::path whole_name(const std::string& path) {
    std::error_code error;
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
}

}  // namespace

Wishes::Wishes(Program& program) : palette_(palette_names().front()) {
    CLI::App& options = program.options();
    const auto* width = add_whole(options, "--width", size_.width, "pixels across", {.least = 1});
    const auto* height = add_whole(options, "--height", size_.height, "pixels down", {.least = 1});
    const auto* size = add_size(options, "--size", size_, "both at once");
    add_whole(options, "--max-iter", max_iter_, "steps after which a point counts as inside",
              {.least = 1, .most = std::numeric_limits<std::uint32_t>::max()});
    add_complex(options, "--c", c_, "the constant; -0.8+0.156i is read too");
    const auto* x = add_pair(options, "--x", x_, "from left to right");
    const auto* y = add_pair(options, "--y", y_, "from bottom to top");
    const auto* center =
        add_pair(options, "--center", center_, "the middle of the picture, instead of --x and --y");
    const auto* span = add_real(options, "--span", span_, "its width in the plane");
    options.add_option("--arithmetic", arithmetic_, "ieee rounds every operation; fma fuses, and is faster")
        ->type_name("NAME")
        ->capture_default_str();
    const auto* smooth = options.add_flag("--smooth", smooth_, "keep smooth counts in --output as well");
    const auto* level =
        add_whole(options, "--compress", level_,
                  "how much to compress --output: 1 is fast, 12 small, 0 not at all", {.most = 12});
    options.add_option("--png", png_, "write a picture there")->type_name("FILE");
    options
        .add_option("--palette", palette_, fmt::format("its colours: {}", fmt::join(palette_names(), ", ")))
        ->type_name("NAME")
        ->capture_default_str();
    program.check([=, this, &program] {
        refuse_both(size, width);
        refuse_both(size, height);
        for (const CLI::Option* option : {center, span}) {
            refuse_both(option, x);
            refuse_both(option, y);
        }
        for (const CLI::Option* option : {smooth, level}) {
            if (option->count() > 0 && program.common().output.empty())
                throw UsageError(fmt::format("{} is given without --output", option->get_name()),
                                 "it is about the HDF5 file", "name one, or leave it out");
        }
        is_centred_ = center->count() > 0 || span->count() > 0;
        check(program.common().output);
    });
}

void Wishes::check(const std::string& output) const {
    (void)chosen_isa();
    (void)Colours(palette_);
    if (arithmetic_ != "ieee" && arithmetic_ != "fma")
        throw UsageError(fmt::format("there is no arithmetic {}", arithmetic_), "", "choose ieee or fma");
    (void)view();
    if (!output.empty() && !png_.empty() && whole_name(output) == whole_name(png_)) {
        throw UsageError("--output and --png both name " + png_, "one would replace the other",
                         "choose two names");
    }
}

Arithmetic Wishes::arithmetic() const noexcept {
    return arithmetic_ == "fma" ? Arithmetic::fma : Arithmetic::ieee;
}

View Wishes::view() const {
    const auto& [width, height] = size_;
    if (std::max(width, height) > most_side) {
        throw UsageError(fmt::format("{} x {} pixels are too many", grouped(width), grouped(height)),
                         fmt::format("a side has at most {}", grouped(most_side)), "choose a smaller --size");
    }
    if (width * height > std::numeric_limits<std::uint64_t>::max() / max_iter_) {
        throw UsageError(fmt::format("--max-iter {} is too much for {} x {} pixels", grouped(max_iter_),
                                     grouped(width), grouped(height)),
                         "their sum may exceed 64 bits", "choose fewer of either");
    }
    View view{.width = width,
              .height = height,
              .max_iter = static_cast<std::uint32_t>(max_iter_),
              .c = c_,
              .x1 = x_.first,
              .x2 = x_.second,
              .y1 = y_.first,
              .y2 = y_.second};
    if (is_centred_) {
        const double half = span_ / 2;
        const double half_height = half * static_cast<double>(height) / static_cast<double>(width);
        view.x1 = center_.first - half;
        view.x2 = center_.first + half;
        view.y1 = center_.second - half_height;
        view.y2 = center_.second + half_height;
        if (!is_stretch(view.x1, view.x2, width) || !is_stretch(view.y1, view.y2, height)) {
            throw UsageError(fmt::format("--span {} is no width to look at", span_),
                             "around --center nothing of it is left, or no end of it is known", "try 3.6");
        }
    }
    check_axis("--x", view.x1, view.x2, width);
    check_axis("--y", view.y1, view.y2, height);
    return view;
}

}  // namespace cohort::julia
