// Each rank writes whole HDF5 chunks, so that it can compress them alone: those that begin among the primes of its
// piece. It skips the few primes before the first of them, which the rank before adds to its last one.

#include <cohort/app/output.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/report/format.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/store/column.hpp>
#include <cohort/store/file.hpp>
#include <primes/combinatorial.hpp>
#include <primes/commands.hpp>
#include <primes/estimates.hpp>
#include <primes/gaps.hpp>
#include <primes/list_file.hpp>
#include <primes/list_plan.hpp>
#include <primes/sieve.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <span>
#include <vector>

namespace cohort::primes {

namespace {

constexpr std::uint64_t chunk_primes = std::uint64_t{1} << 17;  // of an HDF5 chunk: 1 MiB

using List = std::vector<std::uint64_t>;

class ListWriter {
  public:
    ListWriter(Team& team, Program& program, Range numbers, const ListPlan& plan)
        : team_(team), program_(program), numbers_(numbers), plan_(plan), block_(chunk_primes) {}

    // Collective. Counts the primes of each piece; returns how many there are in all.
    std::uint64_t place();
    // Collective.
    void write(Column<std::uint64_t>& column);

  private:
    [[nodiscard]] Range to_the_end(const Grain& piece) const noexcept {
        return {piece.first, numbers_.count - (piece.first - numbers_.first)};
    }
    std::uint64_t count(const Grain& piece, Context& context);
    std::uint64_t keep(const Grain& piece, Context& context);
    template <typename Primes>
    void write_piece(Column<std::uint64_t>& column, const Grain& piece, Primes& primes, Context& context);

    Team& team_;
    Program& program_;
    Range numbers_;
    ListPlan plan_;
    List places_;  // of the first prime of each piece, and at last the number of all
    std::map<std::uint64_t, GapList> kept_;  // by piece of this rank: its primes, and enough to end a chunk
    List block_;
};

std::uint64_t ListWriter::place() {
    Progress bar = program_.progress("numbers");
    bar.in_grains(numbers_.count, plan_.pieces.size);
    Balance balance;
    places_ = map(team_, plan_.pieces,
                  [this](const Grain& piece, Context& context) { return count(piece, context); },
                  {.schedule = StaticBlock{},
                   .name = "count",
                   .observers = {&bar},
                   .results = Results::everywhere,
                   .report = &balance});
    balance.items = 0;  // counted when they are written
    program_.add_balance(balance);
    places_.push_back(0);
    std::exclusive_scan(places_.begin(), places_.end(), places_.begin(), std::uint64_t{0});
    return places_.back();
}

std::uint64_t ListWriter::count(const Grain& piece, Context& context) {
    switch (plan_.placing) {
        case Placing::by_combinatorics: return count_combinatorially(piece.items(), 1);
        case Placing::by_keeping: return keep(piece, context);
        case Placing::by_sieving: break;
    }
    return count_primes(piece.items());
}

std::uint64_t ListWriter::keep(const Grain& piece, Context& context) {
    GapList& kept = kept_[piece.number];
    kept.reserve(static_cast<std::size_t>(about_primes_in(piece.items())) + chunk_primes);
    PrimeStream stream(numbers_);
    stream.turn_to(piece.items());
    std::uint64_t primes = 0;
    while (const std::size_t count = stream.read(block_)) {
        if (context.stop_requested()) return 0;
        kept.add(std::span(block_).first(count));
        primes += count;
    }
    const Range rest = to_the_end(piece);
    stream.turn_to({piece.first + piece.count, rest.count - piece.count});
    kept.add(std::span(block_).first(stream.read(block_)));
    return primes;
}

void ListWriter::write(Column<std::uint64_t>& column) {
    Progress bar = program_.progress("numbers");
    bar.in_grains(numbers_.count, plan_.pieces.size);
    Balance balance;
    PrimeStream stream(numbers_);
    const auto write_one = [&](const Grain& piece, Context& context) {
        if (plan_.placing == Placing::by_keeping) {
            write_piece(column, piece, kept_[piece.number], context);
        } else {
            stream.turn_to(to_the_end(piece));
            write_piece(column, piece, stream, context);
        }
    };
    // What a rank has kept it has to write.
    const Schedule schedule =
        plan_.placing == Placing::by_keeping ? StaticBlock{} : program_.common().schedule;
    for_each(team_, plan_.pieces, write_one,
             {.schedule = schedule, .name = "write", .observers = {&bar}, .report = &balance});
    balance.items = numbers_.count;
    program_.add_balance(balance);
}

template <typename Primes>
void ListWriter::write_piece(Column<std::uint64_t>& column, const Grain& piece, Primes& primes,
                             Context& context) {
    const std::uint64_t end = places_[piece.number + 1];
    std::uint64_t at = places_[piece.number];
    const std::uint64_t skipped = (chunk_primes - at % chunk_primes) % chunk_primes;
    at += primes.read(std::span(block_).first(skipped));
    while (at < end && !context.stop_requested()) {
        const std::size_t count = primes.read(block_);
        column.write(at, std::span(block_).first(count));
        at += count;
    }
}

}  // namespace

void check_list_output(Team& team, const Program& program, Range numbers) {
    const std::string& output = program.common().output;
    File::check_output(team, output, program.name(), program.common().force);
    on_root(team, [&] {
        namespace fs = std::filesystem;
        const fs::path folder = fs::absolute(output).parent_path();
        const double bytes = about_primes_in(numbers);  // what is left of 8 bytes each
        std::error_code unknown;
        const auto free = fs::space(folder, unknown).available;
        if (unknown || bytes * 0.9 <= static_cast<double>(free)) return;
        throw StoreError(fmt::format("{} cannot have the primes in {}", output, in_brackets(numbers)),
                         fmt::format("they take about {}, and {} are free",
                                     byte_size(static_cast<std::uint64_t>(bytes)), byte_size(free)),
                         "take a shorter range, or another disk");
    });
}

void write_list(Team& team, Program& program, Range numbers, std::uint64_t memory) {
    check_list_output(team, program, numbers);
    ListWriter writer(team, program, numbers, plan_list(numbers, team.size(), memory));
    const std::uint64_t count = writer.place();

    File file = create_output(team, program).value();
    auto column =
        Column<std::uint64_t>::create(file, "primes", count, {.compress = true, .chunk = chunk_primes});
    writer.write(column);
    file.set("range", in_brackets(numbers));
    complete_output(file, program);
    program.answer({{"count", exact(count)}, {"output", program.common().output}},
                   fmt::format("{} in {} written to {}\n", primes_in_words(count), in_brackets(numbers),
                               program.common().output));
}

}  // namespace cohort::primes
