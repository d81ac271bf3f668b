// A program that writes one of everything, for files_test.py to look at from outside: what h5py reads, how it ends.
//
//     sample write PATH COUNT [force]     columns and an image
//     sample compress PATH COUNT [force]  a compressed column, image and growing column, beside others that are not
//     sample fail PATH COUNT              the same, but a task of the last rank throws
//     sample stay PATH COUNT              the same, but waits, with all written, to be killed
//     sample copy FROM PATH               the column of one file mapped into another
//     sample late PATH COUNT SECONDS      a compressed column by tasks that take so long and ask nobody whether to stop
//     sample each JOB + JOB + ...         several of these; prints a line for each, "done" or what a StoreError says
#include <cohort/cohort.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace cohort;

const Provenance made_by{
    .program = "sample", .version = "1.2", .command_line = "sample 'a b' \u00e9", .seed = 7};

constexpr std::uint64_t width = 601;
constexpr std::uint64_t height = 523;

std::uint32_t pixel(std::uint64_t x, std::uint64_t y) {
    return static_cast<std::uint32_t>((x * 31 + y * 17) % 70000);
}

std::vector<double> places(std::uint64_t count, double first, double step) {
    std::vector<double> values(count);
    for (std::uint64_t i = 0; i < count; ++i) values[i] = first + step * static_cast<double>(i);
    return values;
}

void write_image(Team& team, File& file) {
    Palette palette{};
    for (std::size_t i = 0; i < palette.size(); ++i)
        palette[i] = {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(255 - i), 7};
    Image<std::uint32_t> image(file, "picture", height, width, palette, 69999);
    image.set_axes("x", places(width, -1, 0.5), "y", places(height, 3, -0.25));
    constexpr Grains bands{.items = height, .size = 10};
    for_each(team, indices(bands.count()), [&](Index number) {
        const Grain band = bands[number];
        std::vector<std::uint32_t> rows;
        for (std::uint64_t y = band.first; y < band.first + band.count; ++y)
            for (std::uint64_t x = 0; x < width; ++x) rows.push_back(pixel(x, y));
        image.write_rows(band.first, rows);
    });
}

// Every rank appends its rank + 1 times its rank, three times.
void write_growing(Team& team, File& file) {
    auto growing = Column<std::int32_t>::growing(file, "growing");
    const std::vector<std::int32_t> mine(static_cast<std::size_t>(team.rank()) + 1, team.rank());
    for (int round = 0; round < 3; ++round) growing.append(mine);
}

void write(Team& team, std::string_view command, const std::string& path, std::uint64_t count, bool force) {
    File file = File::create(team, path, made_by, force);
    auto squares = Column<double>::create(file, "squares", count);
    map_into(
        team, indices(count),
        [&](Index i) {
            if (command == "fail" && i + 1 == count) throw std::runtime_error("the last one is bad");
            return static_cast<double>(i) * static_cast<double>(i);
        },
        squares);
    write_image(team, file);
    write_growing(team, file);
    file.set("wall_time", 1.5);
    if (command == "stay") std::this_thread::sleep_for(std::chrono::minutes(5));
    file.commit();
}

// Pseudorandom, so that compression gains a quarter, and the same for the same index.
std::uint64_t noise(Index i) { return (i * 0x9e3779b97f4a7c15U) >> 16; }

// `plain` and `packed` must be equal. Ranks write parts of HDF5 chunks, in no order.
void compress(Team& team, const std::string& path, std::uint64_t count, bool force) {
    File file = File::create(team, path, made_by, force);
    constexpr Layout packed{.compress = true, .chunk = 1000};
    for (const bool pack : {false, true}) {
        const std::string group = pack ? "packed/" : "plain/";
        const Layout layout = pack ? packed : Layout{};
        auto noises = Column<std::uint64_t>::create(file, group + "noise", count, layout);
        map_into(team, indices(count), noise, noises, {.schedule = Fixed{37}});
        Grid<float> grid(file, group + "grid", height, width,
                         layout.compress ? Layout{.compress = true} : layout);
        for_each(team, indices(height), [&](Index y) {
            std::vector<float> row(width);
            for (std::uint64_t x = 0; x < width; ++x) row[x] = 0.5F * static_cast<float>(pixel(x, y));
            grid.write_rows(y, row);
        });
        auto growing = Column<std::uint64_t>::growing(file, group + "growing", layout);
        const auto rank = static_cast<std::uint64_t>(team.rank());
        for (std::uint64_t round = 0; round < 5; ++round) {
            std::vector<std::uint64_t> mine(count / (rank + round + 1));
            for (std::size_t i = 0; i < mine.size(); ++i) mine[i] = round * count + rank + i;
            growing.append(mine);
        }
    }
    file.commit();
}

void copy(Team& team, const std::string& from, const std::string& path) {
    File in = File::open(team, from);
    File out = File::create(team, path, made_by);
    auto squares = Column<double>::open(in, "squares");
    auto halves = Column<double>::create(out, "halves", squares.count());
    map_into(
        team, squares, [](double square) { return square / 2; }, halves);
    out.commit();
}

// Tasks write no whole HDF5 chunks, so that there is a scratch file.
void write_late(Team& team, const std::string& path, std::uint64_t count, double seconds) {
    File file = File::create(team, path, made_by);
    auto column = Column<std::uint64_t>::create(file, "noise", count, {.compress = true, .chunk = 1000});
    constexpr std::uint64_t size = 15'000;
    const Grains parts{.items = count, .size = size};
    for_each(team, indices(parts.count()), [&](Index number) {
        const Grain part = parts[number];
        std::vector<std::uint64_t> numbers(part.count);
        for (std::uint64_t i = 0; i < part.count; ++i) numbers[i] = noise(part.first + i);
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        for (std::uint64_t i = 0; i < part.count; i += 500)
            column.write(part.first + i,
                         std::span(numbers).subspan(i, std::min(part.count - i, std::uint64_t{500})));
    });
    file.commit();
}

using Words = std::vector<std::string>;

void work(Team& team, const Words& job) {
    const std::uint64_t count = std::strtoull(job[2].c_str(), nullptr, 10);
    const bool force = job.size() > 3;
    if (job[0] == "copy") {
        copy(team, job[1], job[2]);
    } else if (job[0] == "late") {
        write_late(team, job[1], count, std::strtod(job[3].c_str(), nullptr));
    } else if (job[0] == "compress") {
        compress(team, job[1], count, force);
    } else {
        write(team, job[0], job[1], count, force);
    }
}

void work_each(Team& team, const Words& words) {
    for (auto from = words.begin() + 1, end = from; from < words.end(); from = end + 1) {
        end = std::find(from, words.end(), "+");
        std::string came_to = "done";
        try {
            work(team, {from, end});
        } catch (const StoreError& error) {
            came_to = error.what();
        }
        if (team.is_root()) std::puts(came_to.c_str());
        if (end == words.end()) break;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Words words(argv + 1, argv + argc);
    if (words.size() < 3) return 64;
    return run(argc, argv,
               [&](Team& team) { words[0] == "each" ? work_each(team, words) : work(team, words); });
}
