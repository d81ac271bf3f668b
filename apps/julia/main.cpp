// cohort-julia: a Julia set as a picture and as data, on every rank.
//
// Each rank takes bands of rows. It writes their counts into the HDF5 image itself, since ranks can write at
// once; their colours go to the root, which writes the PNG from the top down as they arrive in order. So
// neither counts nor colours of the whole picture are ever in one memory.

#include <cohort/app/output.hpp>
#include <cohort/app/program.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/report/format.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/image.hpp>
#include <cohort/team/team.hpp>
#include <julia/bands.hpp>
#include <julia/palette.hpp>
#include <julia/png_file.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace cohort;

constexpr const char* program_name = "cohort-julia";
constexpr std::uint64_t most_side = 1'000'000;

struct Wishes {
    Size size{1000, 1000};
    std::uint64_t max_iter = 300;
    std::complex<double> c{-0.62772, -0.42193};
    Pair x{-1.8, 1.8};
    Pair y{-1.8, 1.8};
    Pair center{0, 0};
    double span = 3.6;
    bool is_centred = false;  // by the user
    std::string png;
    std::string palette{julia::palette_names().front()};
};

void check_axis(const char* option, const Pair& ends, std::uint64_t pixels) {
    const double step = (ends.second - ends.first) / static_cast<double>(pixels);
    if (step > 0 && step <= std::numeric_limits<double>::max()) return;
    throw UsageError(fmt::format("{} {},{} is no stretch to look at", option, ends.first, ends.second),
                     "it must go from the lower end to the upper one",
                     fmt::format("try {} -1.8,1.8", option));
}

// Local. Throws UsageError.
julia::View view_of(const Wishes& wishes) {
    const auto& [width, height] = wishes.size;
    if (std::max(width, height) > most_side) {
        throw UsageError(fmt::format("{} x {} pixels are too many", grouped(width), grouped(height)),
                         fmt::format("a side has at most {}", grouped(most_side)), "choose a smaller --size");
    }
    if (width * height > std::numeric_limits<std::uint64_t>::max() / wishes.max_iter) {
        throw UsageError(fmt::format("--max-iter {} is too much for {} x {} pixels", grouped(wishes.max_iter),
                                     grouped(width), grouped(height)),
                         "their sum may exceed 64 bits", "choose fewer of either");
    }
    julia::View view{.width = width,
                     .height = height,
                     .max_iter = static_cast<std::uint32_t>(wishes.max_iter),
                     .c = wishes.c,
                     .x1 = wishes.x.first,
                     .x2 = wishes.x.second,
                     .y1 = wishes.y.first,
                     .y2 = wishes.y.second};
    if (wishes.is_centred) {
        const double half = wishes.span / 2;
        const double half_height = half * static_cast<double>(height) / static_cast<double>(width);
        view.x1 = wishes.center.first - half;
        view.x2 = wishes.center.first + half;
        view.y1 = wishes.center.second - half_height;
        view.y2 = wishes.center.second + half_height;
    }
    check_axis("--x", {view.x1, view.x2}, width);
    check_axis("--y", {view.y1, view.y2}, height);
    return view;
}

// The counts of a picture in an HDF5 file.
class Counts {
  public:
    // Collective. Throws StoreError on every rank.
    Counts(File file, const julia::View& view, const julia::Colours& colours) : file_(std::move(file)) {
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

    // Local.
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

    // Collective. What the root gives as the sum counts.
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

// The work: a band's counts, where they go, and their sum.
class Picture {
  public:
    Picture(const julia::View& view, julia::Colours colours)
        : view_(view), colours_(std::move(colours)), isa_(chosen_isa()) {}

    // Local. Computes a band and keeps its counts in `file`, if there is one. Returns their sum.
    std::uint64_t compute(const Grain& band, std::optional<Counts>& file) {
        counts_.resize(band.count * view_.width);
        julia::count_steps(view_, band.items(), isa_, counts_, ends_);
        if (file) file->write(band.first, counts_);
        std::uint64_t sum = 0;
        for (const std::uint32_t count : counts_) sum += count;
        return sum;
    }

    // Local. The same, and its colours.
    std::pair<std::uint64_t, std::vector<std::uint8_t>> paint(const Grain& band,
                                                              std::optional<Counts>& file) {
        ends_.resize(band.count * view_.width);
        const std::uint64_t sum = compute(band, file);
        std::vector<std::uint8_t> rgb(3 * counts_.size());
        colours_.paint(view_, counts_, ends_, rgb);
        return {sum, std::move(rgb)};
    }

  private:
    julia::View view_;
    julia::Colours colours_;
    Isa isa_;
    std::vector<std::uint32_t> counts_;
    std::vector<std::complex<double>> ends_;
};

// Collective. The sum of all counts, on the root at least; `file` and `png` are filled.
std::uint64_t draw(Team& team, Program& program, const julia::View& view, Picture& picture,
                   std::optional<Counts>& file, std::optional<julia::PngFile>& png, bool with_png) {
    constexpr std::uint64_t most_bytes_in_flight = 64 << 20;
    const Grains bands = julia::bands_of(view);
    const std::uint64_t pixels = view.width * view.height;
    Progress bar = program.progress("pixels");
    bar.in_grains(pixels, bands.size * view.width);
    Balance balance;
    Options options{
        .schedule = program.common().schedule, .name = "picture", .observers = {&bar}, .report = &balance};
    std::uint64_t sum = 0;
    if (with_png) {
        const std::uint64_t rows_at_once = most_bytes_in_flight / (3 * bands.size * view.width);
        options.in_flight = std::max(std::min<std::uint64_t>(rows_at_once, 1024),
                                     4 * static_cast<std::uint64_t>(team.size()));
        map_ordered(
            team, indices(bands.count()), [&](Index band) { return picture.paint(bands[band], file); },
            [&](std::pair<std::uint64_t, std::vector<std::uint8_t>> painted) {
                sum += painted.first;
                const std::span<const std::uint8_t> rgb = painted.second;
                for (std::size_t at = 0; at < rgb.size(); at += 3 * view.width) {
                    png->write_row(rgb.subspan(at, 3 * view.width));
                }
            },
            options);
    } else {
        sum = map_reduce(
            team, bands, std::uint64_t{0}, [&](const Grain& band) { return picture.compute(band, file); },
            std::plus<>{}, options);
    }
    balance.items = pixels;
    program.add_balance(balance);
    return sum;
}

void check_outputs(Team& team, const Common& common, const std::string& png) {
    if (!common.output.empty()) File::check_output(team, common.output, program_name, common.force);
    team.agree([&] {
        if (team.is_root() && !png.empty()) julia::PngFile::check_output(png, program_name, common.force);
    });
}

void check_names(const std::string& output, const std::string& png) {
    if (output.empty() || png.empty()) return;
    std::error_code error;
    const auto full = [&](const std::string& path) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    };
    if (full(output) == full(png)) {
        throw UsageError("--output and --png both name " + png, "one would replace the other",
                         "choose two names");
    }
}

// What was written, or that nothing was.
std::string files_text(const Common& common, const std::string& png) {
    std::string text;
    if (!png.empty()) text += fmt::format("picture: {}\n", png);
    if (!common.output.empty()) text += fmt::format("counts: {}\n", common.output);
    if (!text.empty()) return text;
    return "nothing was written; --png FILE.png keeps the picture, --output FILE.h5 the counts\n";
}

}  // namespace

int main(int argc, char** argv) {
    Program program(
        {.name = program_name,
         .purpose = "A Julia set: how many steps of z*z + c each point of the plane stays near.",
         .examples =
             {{"cohort-julia --png julia.png", "a picture, on one core"},
              {"cohort-julia -j all --size 1920x1080 --center 0,0 --span 3.2 --png j.png --output j.h5",
               "picture and data, on all cores"},
              {"cohort-julia --c -0.8+0.156i --max-iter 2000 --palette ember --png e.png",
               "another set, in fire"}},
         .notes = "Lengths are those of the plane; --span is the width of the picture there, its pixels then "
                  "are squares.\n"
                  "Row 0 is at the top. /iterations in the HDF5 file counts the steps within |z| < 2.\n",
         .items = "pixels"});
    Wishes wishes;
    CLI::App& options = program.options();
    CLI::Option* width = add_whole(options, "--width", wishes.size.width, "pixels across", {.least = 1});
    CLI::Option* height = add_whole(options, "--height", wishes.size.height, "pixels down", {.least = 1});
    add_size(options, "--size", wishes.size, "both at once")->excludes(width)->excludes(height);
    add_whole(options, "--max-iter", wishes.max_iter, "steps after which a point counts as inside",
              {.least = 1, .most = std::numeric_limits<std::uint32_t>::max()});
    add_complex(options, "--c", wishes.c, "the constant; -0.8+0.156i is read too");
    CLI::Option* x = add_pair(options, "--x", wishes.x, "from left to right");
    CLI::Option* y = add_pair(options, "--y", wishes.y, "from bottom to top");
    const CLI::Option* center =
        add_pair(options, "--center", wishes.center, "the middle of the picture, instead of --x and --y")
            ->excludes(x)
            ->excludes(y);
    const CLI::Option* span =
        add_real(options, "--span", wishes.span, "its width in the plane")->excludes(x)->excludes(y);
    options.add_option("--png", wishes.png, "write a picture there")->type_name("FILE");
    options
        .add_option("--palette", wishes.palette,
                    fmt::format("its colours: {}", fmt::join(julia::palette_names(), ", ")))
        ->type_name("NAME")
        ->capture_default_str();
    program.check([&] {
        (void)chosen_isa();
        (void)julia::Colours(wishes.palette);
        wishes.is_centred = center->count() > 0 || span->count() > 0;
        (void)view_of(wishes);
        check_names(program.common().output, wishes.png);
    });
    return program.run(argc, argv, [&](Team& team) {
        const Common& common = program.common();
        const julia::View view = view_of(wishes);
        const julia::Colours colours(wishes.palette);
        Picture picture(view, colours);
        check_outputs(team, common, wishes.png);
        std::optional<Counts> file;
        std::optional<julia::PngFile> png;
        if (std::optional<File> made = create_output(team, program))
            file.emplace(std::move(*made), view, colours);
        team.agree([&] {
            if (team.is_root() && !wishes.png.empty()) {
                png.emplace(wishes.png, program_name, static_cast<std::uint32_t>(view.width),
                            static_cast<std::uint32_t>(view.height));
            }
        });
        const std::uint64_t sum = draw(team, program, view, picture, file, png, !wishes.png.empty());
        if (file) file->complete(sum, program);
        team.agree([&] {
            if (png) png->commit();
        });
        if (team.is_root() && common.json && !common.quiet && !file && !png) {
            fmt::print(stderr, "{}: {}", program_name, files_text(common, wishes.png));
        }
        program.answer(
            {{"width", view.width},
             {"height", view.height},
             {"max_iter", view.max_iter},
             {"sum", exact(sum)}},
            fmt::format("{} steps in {} x {} pixels, at most {} each\n{}", grouped(sum), view.width,
                        view.height, grouped(view.max_iter), files_text(common, wishes.png)));
    });
}
