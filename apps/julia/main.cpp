// cohort-julia: a Julia set as a picture and as data, on every rank.
//
// Each rank takes bands of rows. It compresses their counts into the HDF5 image itself, since ranks can write at once; their
// colours go to the root, compressed as well, which writes the PNG from the top down as they arrive in order. So neither
// counts nor colours of the whole picture are ever in one memory, and the root does little that the others do not.

#include <cohort/app/output.hpp>
#include <cohort/app/program.hpp>
#include <cohort/app/waiting.hpp>
#include <cohort/report/format.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/store/file.hpp>
#include <cohort/team/team.hpp>
#include <julia/bands.hpp>
#include <julia/counts_file.hpp>
#include <julia/palette.hpp>
#include <julia/png_file.hpp>
#include <julia/smooth.hpp>
#include <julia/wishes.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <complex>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace cohort;

constexpr const char* program_name = "cohort-julia";

// What is sent of a painted band: the sum of its counts, and julia::PngBand of its rows and of its mirrored rows.
using Piece = std::tuple<std::uint64_t, std::uint32_t, std::vector<std::uint8_t>>;
using Painted = std::tuple<std::uint64_t, Piece, Piece>;

julia::PngBand band_of(Piece& piece) {
    auto& [bytes, checksum, deflated] = piece;
    return {bytes, checksum, std::move(deflated)};
}

// The work: a band's counts, where they go, and their sum.
class Picture {
  public:
    Picture(const julia::View& view, julia::Arithmetic arithmetic, julia::Colours colours)
        : view_(view), counter_(view, arithmetic, chosen_isa()), colours_(std::move(colours)) {}

    // Local. Computes a band and keeps its counts in `file`, if there is one. Returns their sum.
    std::uint64_t compute(const julia::Band& band, std::optional<julia::CountsFile>& file, Context& context) {
        return compute(band, file, file && file->wants_smooth(), context);
    }

    // Local. The same, and its colours.
    Painted paint(const julia::Band& band, std::optional<julia::CountsFile>& file, Context& context) {
        const std::uint64_t sum = compute(band, file, true, context);
        rgb_.resize(3 * counts_.size());
        colours_.paint(view_, counts_, ends_, rgb_);
        const std::span<const std::uint8_t> rgb(rgb_);
        const std::uint64_t upper = 3 * band.rows.count * view_.width;
        return {sum, piece(rgb.first(upper)), piece(rgb.subspan(upper))};
    }

  private:
    std::uint64_t compute(const julia::Band& band, std::optional<julia::CountsFile>& file, bool with_ends,
                          Context& context) {
        counts_.resize(band.row_count() * view_.width);
        ends_.resize(with_ends ? counts_.size() : 0);
        counter_.count(band, counts_, ends_, [&] { return context.stop_requested(); });
        if (context.stop_requested()) return 0;
        const std::uint64_t upper = band.rows.count * view_.width;
        const auto write = [&](const auto& numbers, const auto& write_rows) {
            const std::span all(numbers);
            write_rows(band.rows.first, all.first(upper));
            if (band.mirrored.count > 0) write_rows(band.mirrored.first, all.subspan(upper));
        };
        if (file) write(std::as_const(counts_), [&](auto first, auto rows) { file->write(first, rows); });
        if (file && file->wants_smooth()) {
            smooth_.resize(counts_.size());
            julia::smooth_counts(view_, counts_, ends_, smooth_);
            write(std::as_const(smooth_), [&](auto first, auto rows) { file->write_smooth(first, rows); });
        }
        std::uint64_t sum = 0;
        for (const std::uint32_t count : counts_) sum += count;
        return sum;
    }

    [[nodiscard]] Piece piece(std::span<const std::uint8_t> rgb) const {
        if (rgb.empty()) return {};
        julia::PngBand band = julia::png_band(rgb, view_.width);
        return {band.bytes, band.checksum, std::move(band.deflated)};
    }

    julia::View view_;
    julia::BandCounter counter_;
    julia::Colours colours_;
    std::vector<std::uint32_t> counts_;
    std::vector<std::complex<double>> ends_;
    std::vector<float> smooth_;
    std::vector<std::uint8_t> rgb_;
};

// Collective. The sum of all counts, on the root at least; `file` and `png` are filled.
std::uint64_t draw(Team& team, Program& program, const julia::View& view, Picture& picture,
                   std::optional<julia::CountsFile>& file, std::optional<julia::PngFile>& png,
                   bool with_png) {
    constexpr std::uint64_t most_bytes_in_flight = 64 << 20;
    const julia::Bands bands(view);
    const std::uint64_t pixels = view.width * view.height;
    Progress bar = program.progress("pixels");
    bar.in_grains(pixels, (pixels + bands.count() - 1) / bands.count());
    Balance balance;
    Options options{
        .schedule = program.common().schedule, .name = "picture", .observers = {&bar}, .report = &balance};
    std::uint64_t sum = 0;
    if (with_png) {
        const std::uint64_t bands_at_once = most_bytes_in_flight / (2 * 3 * bands.rows() * view.width);
        options.in_flight = std::max(std::min<std::uint64_t>(bands_at_once, 1024),
                                     4 * static_cast<std::uint64_t>(team.size()));
        Index next = 0;
        map_ordered(
            team, indices(bands.count()),
            [&](Index band, Context& context) { return picture.paint(bands[band], file, context); },
            [&](Painted painted) {
                auto& [band_sum, rows, mirrored] = painted;
                sum += band_sum;
                if (bands.is_below_mirrored(next++)) png->write_kept();
                png->write(band_of(rows));
                if (!std::get<2>(mirrored).empty()) png->keep(band_of(mirrored));
            },
            options);
    } else {
        sum = map_reduce(
            team, indices(bands.count()), std::uint64_t{0},
            [&](Index band, Context& context) { return picture.compute(bands[band], file, context); },
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
         .examples = {{"cohort-julia --png julia.png", "a picture, on one core"},
                      {"cohort-julia -j all --size 1920x1080 --span 4 --png a.png --output a.h5",
                       "picture and data, on all cores"},
                      {"cohort-julia --c -0.8+0.156i --palette ember --png e.png", "another set, in fire"}},
         .notes =
             "Lengths are those of the plane; --span is the width of the picture there, its pixels then "
             "are squares.\n"
             "Row 0 is at the top. /iterations in the HDF5 file counts the steps within |z| < 2; /smooth "
             "(--smooth) is n + 1 - log2(log2 |z|), and NaN inside.\n",
         .items = "pixels"});
    const julia::Wishes wishes(program);
    return program.run(argc, argv, [&](Team& team) {
        const Common& common = program.common();
        const julia::View view = wishes.view();
        const julia::Colours colours(wishes.palette());
        Picture picture(view, wishes.arithmetic(), colours);
        check_outputs(team, common, wishes.png());
        std::optional<julia::CountsFile> file;
        std::optional<julia::PngFile> png;
        if (std::optional<File> made = create_output(team, program))
            file.emplace(std::move(*made), view, colours,
                         julia::CountsFile::Wishes{.arithmetic = wishes.arithmetic_name(),
                                                   .smooth = wishes.smooth(),
                                                   .level = wishes.level()});
        team.agree([&] {
            if (team.is_root() && !wishes.png().empty()) {
                png.emplace(wishes.png(), program_name, common.force, static_cast<std::uint32_t>(view.width),
                            static_cast<std::uint32_t>(view.height));
            }
        });
        const std::uint64_t sum = draw(team, program, view, picture, file, png, !wishes.png().empty());
        if (file) file->complete(sum, program);
        team.agree([&] {
            if (png) png->commit();
        });
        if (team.is_root() && common.json && !common.quiet && !file && !png) {
            say(fmt::format("{}: {}", program_name, files_text(common, wishes.png())));
        }
        program.answer(
            {{"width", view.width},
             {"height", view.height},
             {"max_iter", view.max_iter},
             {"arithmetic", wishes.arithmetic_name()},
             {"sum", exact(sum)}},
            fmt::format("{} steps in {} x {} pixels, at most {} each\n{}", grouped(sum), view.width,
                        view.height, grouped(view.max_iter), files_text(common, wishes.png())));
    });
}
